// Values, and what consists of them: fixtures and examples.

extension Parser {
  private static let valueHint = """
    a value is a text in quotes, a number, `true`, `false`, `null`, a case of an enum, a list `[…]`, an object `{ name: value }`, \
    or `fixture` and a name.
    """

  mutating func value() throws(SyntaxFailure) -> ValueSyntax {
    try nested { parser throws(SyntaxFailure) in try parser.plainValue() }
  }

  private mutating func plainValue() throws(SyntaxFailure) -> ValueSyntax {
    switch current.kind {
    case .string:
      let text = try string("a value")
      return .string(text.value, text.span)
    case .number: return .number(try number("a number"))
    case .word:
      let word = advance()
      guard isFixtureReference(word) else { return .word(name(word)) }
      let fixture = name(advance())
      return .fixture(fixture, span(word).through(fixture.span))
    case .leftBracket: return try list()
    case .leftBrace: return try object()
    default: throw unexpected("a value", hint: Self.valueHint)
    }
  }

  /// An enum may have a case called `fixture`: then no name follows, or one that begins something else.
  private func isFixtureReference(_ word: Token) -> Bool {
    text(word) == "fixture" && at(.word) && peek().kind != .colon && !isAtDeclaration
      && !Self.exampleWords.contains(text(current))
  }

  private mutating func list() throws(SyntaxFailure) -> ValueSyntax {
    let open = advance()
    var elements: [ValueSyntax] = []
    while true {
      if let close = take(.rightBracket) { return .list(elements, span(open).through(span(close))) }
      elements.append(try value())
      if take(.comma) == nil, !at(.rightBracket) {
        throw unexpected("`,` and another element, or `]`", hint: "for example `[1, 2, 3]`.")
      }
    }
  }

  private mutating func object() throws(SyntaxFailure) -> ValueSyntax {
    let block = try block(of: "a value", allowsCommas: true) { parser throws(SyntaxFailure) in
      let name = try parser.memberName()
      try parser.expect(.colon, "`:` and the value of `\(name.text)`", hint: "for example `{ cart-id: \"c-1\" }`.")
      return ObjectSyntax.Member(name: name, value: try parser.value())
    }
    return .object(ObjectSyntax(members: block.items, span: block.open.through(block.close), isBroken: block.isBroken))
  }

  private mutating func memberName() throws(SyntaxFailure) -> NameSyntax {
    guard at(.string) else { return try expectName("the name of a member, or `}`") }
    let text = try string("the key of a map")
    return NameSyntax(text: text.value, span: text.span)
  }

  // MARK: Fixtures

  /// Behind the word `fixture`.
  mutating func fixture(_ documentation: [String]) throws(SyntaxFailure) -> FixtureSyntax {
    let name = try declaredName(.kebab, "the name of a fixture")
    var fixture = FixtureSyntax(name: name, documentation: documentation)
    let start = position
    do throws(SyntaxFailure) {
      try expect(.colon, "`:` and the type of `\(name.text)`", hint: "for example `fixture \(name.text): Cart { … }`.")
      fixture.type = try type()
      fixture.value = try value()
    } catch {
      // The name is known, so that examples can refer to it.
      recoverDeclaration(from: start)
    }
    return fixture
  }

  // MARK: Examples

  private static let exampleWords = ["input", "given", "expect"]

  /// Behind the word `example`.
  mutating func example() throws(SyntaxFailure) -> ExampleSyntax {
    var example = ExampleSyntax(
      name: try string("what the example shows, in quotes", hint: "for example `example \"an empty cart is refused\" { … }`."))
    let block = try block(of: "an example") { parser throws(SyntaxFailure) in try parser.item(of: &example) }
    example.isBroken = block.isBroken
    return example
  }

  private mutating func item(of example: inout ExampleSyntax) throws(SyntaxFailure) {
    guard at(.word) else {
      throw unexpected("a line of the example", hint: "the lines are \(DiagnosticText.words(Self.exampleWords)).")
    }
    let word = name(advance())
    switch word.text {
    case "input":
      let value = try value()
      if example.input != nil { report(.secondLine(word, of: example.name)) } else { example.input = value }
    case "given": example.givens.append(try given())
    case "expect":
      let expectation = try expectation()
      if example.expectation != nil { report(.secondLine(word, of: example.name)) } else { example.expectation = expectation }
    default: throw failure(.unknownWord(word, role: "line of an example", words: Self.exampleWords))
    }
  }

  private mutating func given() throws(SyntaxFailure) -> ExampleSyntax.Given {
    let step = try expectName("the name of a step", hint: "for example `given load-cart = fixture empty-cart`.")
    if take(.equals) != nil { return ExampleSyntax.Given(step: step, kind: .value(try value())) }
    if let passes = take(word: "passes") { return ExampleSyntax.Given(step: step, kind: .passes(span(passes))) }
    guard take(word: "fails") != nil else {
      throw unexpected(
        "`=` and a value, `passes` or `fails`",
        hint: "for example `given \(step.text) = { … }`, or `given \(step.text) fails cart-not-found`.")
    }
    let error = try expectName("the name of an error", hint: "for example `given load-cart fails cart-not-found`.")
    return ExampleSyntax.Given(step: step, kind: .fails(error, at(.leftBrace) ? try value() : nil))
  }

  private mutating func expectation() throws(SyntaxFailure) -> ExampleSyntax.Expectation {
    let status = try wholeNumber("the status of the answer", hint: "for example `expect 200` or `expect 409 out-of-stock`.")
    let error = isAtErrorName ? name(advance()) : nil
    return ExampleSyntax.Expectation(status: status, error: error, body: isAtValue ? try value() : nil)
  }

  private var isAtErrorName: Bool {
    at(.word) && !isAtValue && !Self.exampleWords.contains(text(current))
  }

  /// Whether a value begins here that cannot be the name of an error.
  private var isAtValue: Bool {
    switch current.kind {
    case .string, .number, .leftBrace, .leftBracket: true
    case .word: ["true", "false", "null"].contains(text(current)) || (at(word: "fixture") && peek().kind == .word)
    default: false
    }
  }
}
