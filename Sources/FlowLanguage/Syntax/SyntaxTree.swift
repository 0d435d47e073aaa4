/// A parsed file. Declarations hold spans, and the tokens and comments of the file are kept beside them, so that nothing
/// of the file is lost.
package struct SyntaxTree {
  package let file: SourceFile
  package let tokens: [Token]
  package let comments: [Comment]
  package var uses: [NameSyntax] = []
  package var records: [RecordSyntax] = []
  package var newtypes: [NewtypeSyntax] = []
  package var enums: [EnumSyntax] = []
  package var errors: [ErrorSyntax] = []
  package var externs: [NameSyntax] = []
  package var steps: [StepSyntax] = []
  /// Fragments that stand outside a flow.
  package var fragments: [FragmentDeclarationSyntax] = []
  package var flows: [FlowSyntax] = []
  package var profiles: [ProfileSyntax] = []
  package var reservations: [ReservationSyntax] = []
  package var tombstones: [TombstoneSyntax] = []
  package var fixtures: [FixtureSyntax] = []
}

package struct NameSyntax: Hashable {
  package let text: String
  package let span: SourceSpan
}

/// Text or a number in the source, by its span.
package struct Spanned<Value> {
  package let value: Value
  package let span: SourceSpan
}

package indirect enum TypeSyntax {
  case named(NameSyntax)
  case list(TypeSyntax, SourceSpan)
  case map(TypeSyntax, SourceSpan)
  case optional(TypeSyntax, SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .named(let name): name.span
    case .list(_, let span), .map(_, let span), .optional(_, let span): span
    }
  }
}

package struct RecordSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package let fields: [FieldSyntax]
  /// A field could not be read: what is missing was reported.
  package let isBroken: Bool
}

package struct FieldSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package let type: TypeSyntax
  package let constraints: [ConstraintSyntax]
  package let defaultValue: LiteralSyntax?
  package let isSensitive: Bool
}

/// `newtype CartId: string length 1..64 sensitive`
package struct NewtypeSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  /// `nil` when the line could not be read that far.
  package var wrapped: TypeSyntax?
  package var constraints: [ConstraintSyntax] = []
  package var isSensitive = false
  /// A part could not be read, so values are not checked against it.
  package var isBroken = false
}

package struct ConstraintSyntax {
  package enum Kind {
    case length(NumberSyntax, NumberSyntax)
    case range(NumberSyntax, NumberSyntax)
    case items(NumberSyntax, NumberSyntax)
    /// Between the quotes, as written: a backslash belongs to the pattern.
    case pattern(String, SourceSpan)
    case unique

    package var word: String {
      switch self {
      case .length: "length"
      case .range: "range"
      case .items: "items"
      case .pattern: "pattern"
      case .unique: "unique"
      }
    }
  }
  package let kind: Kind
  package let span: SourceSpan
}

package struct NumberSyntax {
  package enum Value: Equatable {
    case int(Int)
    case float(Double)
  }
  package let value: Value
  package let span: SourceSpan
}

package enum LiteralSyntax {
  case string(String, SourceSpan)
  case number(NumberSyntax)
  /// `true`, `false` or a case of an enum.
  case word(NameSyntax)
  /// `[]`
  case emptyList(SourceSpan)
  /// `{}`
  case emptyMap(SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .string(_, let span), .emptyList(let span), .emptyMap(let span): span
    case .number(let number): number.span
    case .word(let name): name.span
    }
  }
}

package struct EnumSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package let cases: [NameSyntax]
  package let isBroken: Bool
}

package struct ErrorSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package let fields: [FieldSyntax]
  package let isBroken: Bool
}

package struct StepSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package var parameters: [ParameterSyntax] = []
  package var output: TypeSyntax?
  /// The word `stream`. The output is the list of what is streamed then.
  package var stream: SourceSpan?
  package var needs: [NameSyntax] = []
  package var fails: [NameSyntax] = []
  package var cooperative: SourceSpan?
  /// The words `safe` and `idempotent`.
  package var safe: SourceSpan?
  package var idempotent: SourceSpan?
  package var mayInsert: [NameSyntax] = []
  package var mayReplace: [NameSyntax] = []
  /// A part could not be read, so a plan that uses the step is not checked against it.
  package var isBroken = false
}

/// `fragment credit-check(user: User, quote: Quote) -> Approval { … }`, outside a flow: a plan uses it like a step.
package struct FragmentDeclarationSyntax {
  /// Name, parameters and output: what a step line says, too.
  package let signature: StepSyntax
  /// `nil` for a fragment in Swift.
  package let body: BlockSyntax?
  /// The type behind `swift`.
  package let swiftPlan: NameSyntax?
}

package struct ParameterSyntax {
  package let name: NameSyntax
  /// The word `stream`: the step takes the input of a flow in parts. The type is that of an element then.
  package var stream: SourceSpan?
  package let type: TypeSyntax
}
