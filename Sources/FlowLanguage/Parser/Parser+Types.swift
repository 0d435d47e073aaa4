// Types, constraints, literals, numbers and durations.

extension Parser {
  mutating func type() throws(SyntaxFailure) -> TypeSyntax {
    try nested { parser throws(SyntaxFailure) in
      let first = parser.current
      var type = try parser.plainType()
      if let question = parser.take(.question) {
        type = .optional(type, parser.span(first).through(parser.span(question)))
        if parser.at(.question) { throw parser.failure(.optionalTwice(parser.span(parser.current))) }
      }
      return type
    }
  }

  private mutating func plainType() throws(SyntaxFailure) -> TypeSyntax {
    guard let bracket = take(.leftBracket) else {
      return .named(
        try expectName(
          "a type", hint: "a type is `string`, `int`, `float`, `bool`, a declared name, `[T]`, `[string: T]` or `T?`."))
    }
    let element = try type()
    if take(.colon) != nil {
      if case .named(let key) = element, key.text == "string" {
        let value = try type()
        let close = try expect(.rightBracket, "`]`, which ends the type")
        return .map(value, span(bracket).through(span(close)))
      }
      throw failure(.mapKey(element.span))
    }
    let close = try expect(.rightBracket, "`]`, which ends the type")
    return .list(element, span(bracket).through(span(close)))
  }

  private static let constraintWords = ["length", "range", "items", "pattern", "unique", "sensitive"]

  mutating func constraint() throws(SyntaxFailure) -> ConstraintSyntax {
    let word = advance()
    let kind: ConstraintSyntax.Kind
    switch text(word) {
    case "length":
      let bounds = try bounds("length", example: "length 1..64")
      kind = .length(bounds.0, bounds.1)
    case "range":
      let bounds = try bounds("range", example: "range 1..100")
      kind = .range(bounds.0, bounds.1)
    case "items":
      let bounds = try bounds("items", example: "items 1..50")
      kind = .items(bounds.0, bounds.1)
    case "pattern":
      let token = try expect(.string, "a pattern in quotes", hint: "for example `pattern \"[A-Z0-9-]+\"`.")
      kind = .pattern(file.text(token.start + 1..<token.end - 1), span(token))
    case "unique": kind = .unique
    default:
      // The rest of a name that was reported.
      if at(.malformed) { throw SyntaxFailure() }
      throw failure(.unknownWord(name(word), role: "constraint", words: Self.constraintWords))
    }
    return ConstraintSyntax(kind: kind, span: span(from: word))
  }

  private mutating func bounds(_ word: String, example: String) throws(SyntaxFailure) -> (NumberSyntax, NumberSyntax) {
    let hint = "both ends are given and belong to it, for example `\(example)`."
    let low = try number("the lower end of `\(word)`", hint: hint)
    try expect(.range, "`..` and the upper end of `\(word)`", hint: hint)
    return (low, try number("the upper end of `\(word)`", hint: hint))
  }

  mutating func number(_ expected: String, hint: String? = nil) throws(SyntaxFailure) -> NumberSyntax {
    let token = try expect(.number, expected, hint: hint)
    let text = text(token)
    if let int = Int(text) { return NumberSyntax(value: .int(int), span: span(token)) }
    let isFraction = text.utf8.allSatisfy { Lexer.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    if isFraction, text.utf8.contains(UInt8(ascii: ".")), let double = Double(text), double.isFinite {
      return NumberSyntax(value: .float(double), span: span(token))
    }
    throw failure(.malformedNumber(span(token), expected: expected))
  }

  mutating func wholeNumber(_ expected: String, hint: String? = nil) throws(SyntaxFailure) -> Spanned<Int> {
    let number = try number(expected, hint: hint)
    guard case .int(let int) = number.value else { throw failure(.malformedNumber(number.span, expected: expected)) }
    return Spanned(value: int, span: number.span)
  }

  mutating func literal() throws(SyntaxFailure) -> LiteralSyntax {
    switch current.kind {
    case .string:
      let string = try string("a value")
      return .string(string.value, string.span)
    case .number: return .number(try number("a number"))
    case .word: return .word(name(advance()))
    case .leftBracket:
      let open = advance()
      let close = try expect(.rightBracket, "`]`", hint: "the default value of a list is the empty one: `= []`.")
      return .emptyList(span(open).through(span(close)))
    case .leftBrace:
      let open = advance()
      let close = try expect(.rightBrace, "`}`", hint: "the default value of a map is the empty one: `= {}`.")
      return .emptyMap(span(open).through(span(close)))
    default:
      throw unexpected(
        "a value", hint: "a default value is a text in quotes, a number, `true`, `false`, a case of an enum, `[]` or `{}`.")
    }
  }

  /// A text in quotes, with its escapes replaced.
  mutating func string(_ expected: String, hint: String? = nil) throws(SyntaxFailure) -> Spanned<String> {
    let token = try expect(.string, expected, hint: hint)
    var bytes: [UInt8] = []
    var offset = token.start + 1
    while offset < token.end - 1 {
      guard file.bytes[offset] == UInt8(ascii: "\\") else {
        bytes.append(file.bytes[offset])
        offset += 1
        continue
      }
      switch file.bytes[offset + 1] {
      case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): bytes.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes.append(file.bytes[offset + 1])
      default: report(.unknownEscape(SourceSpan(file: file, start: offset, end: offset + 2)))
      }
      offset += 2
    }
    return Spanned(value: String(decoding: bytes, as: UTF8.self), span: span(token))
  }

  private static let units = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]
  /// A day: nothing that a client waits for takes longer.
  private static let durationMax = 86_400_000_000_000

  /// - Parameter max: in nanoseconds.
  mutating func duration(_ expected: String, max: Int = durationMax) throws(SyntaxFailure) -> DurationSyntax {
    let token = try expect(.number, expected, hint: "a duration is a whole number with its unit, for example `800ms`.")
    let text = text(token)
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count)
    guard let count = Int(digits), let factor = Self.units.first(where: { $0.0 == unit })?.1 else {
      throw failure(.malformedDuration(span(token)))
    }
    let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: factor)
    guard !overflow, nanoseconds > 0, nanoseconds <= max else {
      throw failure(.durationRange(span(token), max: max == Self.durationMax ? "24h" : "\(max / Self.durationMax)d"))
    }
    return DurationSyntax(nanoseconds: nanoseconds, span: span(token))
  }
}
