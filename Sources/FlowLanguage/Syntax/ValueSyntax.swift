/// A value as fixtures and examples write it. What it means depends on the type that it is a value of.
package indirect enum ValueSyntax {
  case string(String, SourceSpan)
  case number(NumberSyntax)
  /// `true`, `false`, `null` or a case of an enum.
  case word(NameSyntax)
  /// `fixture empty-cart`: the name, and the whole.
  case fixture(NameSyntax, SourceSpan)
  case list([ValueSyntax], SourceSpan)
  case object(ObjectSyntax)

  package var span: SourceSpan {
    switch self {
    case .string(_, let span), .fixture(_, let span), .list(_, let span): span
    case .number(let number): number.span
    case .word(let name): name.span
    case .object(let object): object.span
    }
  }
}

/// `{ cart-id: "c-1"  lines: [] }`: a record or a map.
package struct ObjectSyntax {
  package struct Member {
    /// The key of a map may stand in quotes, so that it can be any text.
    package let name: NameSyntax
    package let value: ValueSyntax
  }
  package let members: [Member]
  package let span: SourceSpan
  /// A member could not be read: what is missing was reported.
  package let isBroken: Bool
}

/// `fixture empty-cart: Cart { … }`
package struct FixtureSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  /// `nil` when the declaration could not be read that far.
  package var type: TypeSyntax?
  package var value: ValueSyntax?
}

/// `example "an empty cart is refused" { … }`
package struct ExampleSyntax {
  package struct Given {
    package enum Kind {
      case value(ValueSyntax)
      /// `given check-credit passes`: the step writes nothing and does not fail.
      case passes(SourceSpan)
      case fails(NameSyntax, ValueSyntax?)
    }
    package let step: NameSyntax
    package let kind: Kind
  }

  package struct Expectation {
    package let status: Spanned<Int>
    package let error: NameSyntax?
    package let body: ValueSyntax?
  }

  package let name: Spanned<String>
  package var input: ValueSyntax?
  package var givens: [Given] = []
  package var expectation: Expectation?
  /// A line could not be read: what is missing was reported.
  package var isBroken = false
}
