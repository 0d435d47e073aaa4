package import FlowLanguage

/// What a name in a `.flow` file stands for. Two places that mean the same thing have equal symbols.
package struct Symbol: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case module, record, newtype, enumeration, extern, field, enumCase, error, step, parameter, flow, binding, fragment
    case fixture, profile

    /// As hovers and lists of completions call it.
    package var word: String {
      switch self {
      case .enumeration: "enum"
      case .enumCase: "case"
      case .extern: "Swift type"
      default: rawValue
      }
    }
  }

  package let kind: Kind
  package let name: String
  /// Where the name is unique: a module, or a declaration of one (`CheckoutSteps.Cart`, `ReferenceRoutes.v2/checkout-cart`).
  package let scope: String

  /// The scope of what this symbol declares: a record's fields, a flow's bindings.
  var inner: String { "\(scope).\(name)" }
}

/// One place where a symbol stands.
package struct Occurrence: Sendable {
  package let symbol: Symbol
  package let span: SourceSpan
  package let isDeclaration: Bool
}

/// What a symbol's declaration says.
package struct SymbolDeclaration: Sendable {
  package let symbol: Symbol
  package let name: SourceSpan
  /// The declaration on one line or a few, as a reader would write it.
  package let detail: String
  package let documentation: [String]
  /// Of a field or a binding: the declared type that it has, options taken off; `nil` for lists, maps and the language's own
  /// types.
  package let type: Symbol?
}
