import FlowLanguage

extension LayoutBuilder {
  private static let lifeCycle: Set<String> = ["deprecated", "sunset", "successor"]

  mutating func property() -> LayoutRow {
    guard cursor.at(.word) else { return unknownRow() }
    switch cursor.text(cursor.current) {
    case "plan": return plan()
    case "fragment": return fragment()
    case "on": return errorMapping()
    case "example": return example()
    case "header": return header()
    default: return property(valueTokens: nil)
    }
  }

  /// The keyword in one column, its value in the next.
  mutating func property(valueTokens count: Int?) -> LayoutRow {
    let word = cursor.text(cursor.current)
    let keyword = cursor.next()
    var value: [Layout] = []
    if let count { take(&value, count: count) } else { propertyValue(of: word, &value) }
    guard !value.isEmpty else { return LayoutRow(.indented(keyword)) }
    while Self.lifeCycle.contains(word), cursor.at(anyOf: Self.lifeCycle), cursor.isJoined {
      let next = cursor.text(cursor.current)
      value += [.line(flat: "  "), cursor.next(), .space]
      var more: [Layout] = []
      propertyValue(of: next, &more)
      value += more
    }
    return row(keyword, .group(.indented(.sequence(value))))
  }

  private func row(_ keyword: Layout, _ value: Layout) -> LayoutRow {
    LayoutRow(
      .sequence([.indented(keyword), .space, value]), kind: .property,
      cells: [.init(layout: keyword, gap: 0), .init(layout: value, gap: 1)])
  }

  private mutating func propertyValue(of word: String, _ parts: inout [Layout]) {
    switch word {
    case "tags": list(&parts)
    case "alias":
      take(&parts, if: .word)
      if cursor.at("serve") { take(&parts) }
    case "bind":
      take(&parts, if: .word)
      route(&parts)
    case "deadline", "deprecated": take(&parts, if: .number)
    case "sunset":
      take(&parts, if: .number)
      if cursor.at("then") { take(&parts, count: 2) }
    case "successor": reference(&parts)
    case "guide": take(&parts, if: .string)
    case "requires": take(&parts, count: 2)
    case "idempotency": take(&parts, count: 3)
    case "input": input(&parts)
    case "output": output(&parts)
    case "owner", "method", "profile", "status", "tenant": take(&parts, if: .word)
    default: while !cursor.isAtEnd, !cursor.current.startsLine, !cursor.at(.rightBrace), !cursor.at(.leftBrace) { take(&parts) }
    }
  }

  /// `/orders/{order-id}`
  private mutating func route(_ parts: inout [Layout]) {
    var isFirst = true
    while cursor.at(.slash) {
      // Two slashes side by side would begin a comment.
      if isFirst || cursor.previous?.kind == .slash { parts.append(.space) }
      isFirst = false
      parts.append(cursor.next())
      if cursor.at(.leftBrace) {
        for kind in [Token.Kind.leftBrace, .word, .rightBrace] where cursor.at(kind) { parts.append(cursor.next()) }
      } else if cursor.at(.word) || cursor.at(.number) {
        parts.append(cursor.next())
      }
    }
  }

  private mutating func input(_ parts: inout [Layout]) {
    streamedType(&parts)
    if cursor.at("from") { take(&parts, count: 2) }
  }

  /// The word `stream` before a type.
  mutating func stream(_ parts: inout [Layout]) {
    guard cursor.at("stream") else { return }
    let next = cursor.peek()
    if next.kind == .leftBracket || next.kind == .word && Parser.mayBeType(cursor.text(next)) { take(&parts) }
  }

  /// A type, with the word `stream` before it or without.
  mutating func streamedType(_ parts: inout [Layout]) {
    stream(&parts)
    if !parts.isEmpty { separate(&parts) }
    var kind: [Layout] = []
    type(&kind)
    parts += kind
  }

  private mutating func output(_ parts: inout [Layout]) {
    streamedType(&parts)
    // A flow has a property of this name, too; its value is a word.
    if cursor.at("status"), cursor.peek().kind == .number { take(&parts, count: 2) }
  }

  // MARK: Lines with columns of their own

  /// `header location "/orders/{order-id}"`
  private mutating func header() -> LayoutRow {
    let keyword = cursor.next()
    guard cursor.at(.word) else { return LayoutRow(.indented(keyword)) }
    let name = cursor.next()
    guard cursor.at(.string) else { return row(keyword, name) }
    let text = cursor.next()
    return LayoutRow(
      .indented(.sequence([keyword, .space, name, .space, text])), kind: .property,
      cells: [.init(layout: keyword, gap: 0), .init(layout: name, gap: 1), .init(layout: text, gap: 1)])
  }

  /// `on cart-not-found -> 404`
  private mutating func errorMapping() -> LayoutRow {
    var error: [Layout] = []
    take(&error, count: 2)
    var status: [Layout] = []
    take(&status, if: .arrow)
    take(&status, if: .number)
    let cells = [Layout.sequence(error), .sequence(status)]
    return LayoutRow(
      .indented(.sequence([cells[0], .space, cells[1]])), kind: .errorMapping,
      cells: [.init(layout: cells[0], gap: 0), .init(layout: cells[1], gap: 1)])
  }

  private mutating func plan() -> LayoutRow {
    let keyword = cursor.next()
    if cursor.at(.leftBrace) { return LayoutRow(.sequence([.indented(keyword), .space, block { $0.statement() }])) }
    var name: [Layout] = []
    if cursor.at("swift") { take(&name, count: 2) }
    return row(keyword, .indented(.sequence(name)))
  }

  // MARK: Examples

  private static let exampleWords: Set<String> = ["input", "given", "expect"]

  private mutating func example() -> LayoutRow {
    var head: [Layout] = []
    take(&head)
    take(&head, if: .string)
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    let body = block { $0.exampleLine() }
    return LayoutRow(.sequence([.indented(.sequence(head)), .space, body]))
  }

  private mutating func exampleLine() -> LayoutRow {
    guard cursor.at(anyOf: Self.exampleWords) else { return unknownRow() }
    let word = cursor.text(cursor.current)
    let keyword = cursor.next()
    switch word {
    case "input": return row(keyword, value())
    case "expect":
      var parts: [Layout] = []
      take(&parts, if: .number)
      if cursor.at(.word), !isAtValue, !cursor.at(anyOf: Self.exampleWords) { take(&parts) }
      if isAtValue { parts += [.space, value()] }
      return row(keyword, .sequence(parts))
    default: return given(keyword)
    }
  }

  /// `given load-cart = fixture empty-cart`, `given lock-cart passes`, `given load-cart fails cart-not-found { … }`
  private mutating func given(_ keyword: Layout) -> LayoutRow {
    guard cursor.at(.word) else { return LayoutRow(.indented(keyword)) }
    let name = cursor.next()
    var rest: [Layout] = []
    if cursor.at("fails") {
      take(&rest, count: 2)
      if isAtValue { rest += [.space, value()] }
    } else if cursor.at(.equals) {
      take(&rest)
      rest += [.space, value()]
    } else if cursor.at("passes") {
      take(&rest)
    }
    guard !rest.isEmpty else { return row(keyword, name) }
    let text = Layout.sequence(rest)
    return LayoutRow(
      .sequence([keyword, .space, name, .space, text]), kind: .property,
      cells: [.init(layout: keyword, gap: 0), .init(layout: name, gap: 1), .init(layout: text, gap: 1)])
  }

  // MARK: Values

  private var isAtValue: Bool {
    cursor.at(.leftBrace) || cursor.at(.leftBracket) || cursor.at(.string) || cursor.at(.number) || isAtFixture
      || cursor.at(anyOf: ["true", "false", "null"])
  }

  /// The word is also a value: a case of an enum, behind which no name follows, or one that is the next member's.
  private var isAtFixture: Bool {
    let next = cursor.peek()
    // The next fixture of the file: `fixture kind: Kind fixture` stands above it.
    if cursor.text(next) == "fixture", cursor.peek(3).kind == .colon { return false }
    return cursor.at("fixture") && next.kind == .word && cursor.peek(2).kind != .colon
      && !Self.exampleWords.contains(cursor.text(next))
  }

  /// As examples and fixtures write it.
  mutating func value() -> Layout {
    if cursor.at(.leftBrace) { return block(flatSeparator: "  ") { $0.member() } }
    if cursor.at(.leftBracket) { return listValue() }
    if cursor.at(.rightBrace) || cursor.at(.rightBracket) || cursor.isAtEnd { return .sequence([]) }
    if isAtFixture { return .sequence([cursor.next(), .space, cursor.next()]) }
    return cursor.next()
  }

  private mutating func listValue() -> Layout {
    let open = cursor.next()
    let holdsBlocks = cursor.at(.leftBrace)
    var items: [Layout] = []
    var count = 0
    while !cursor.at(.rightBracket), !cursor.at(.rightBrace), !cursor.isAtEnd {
      items.append(.line(flat: items.isEmpty ? "" : " "))
      items.append(value())
      count += 1
      if cursor.at(.comma) { items.append(cursor.next()) }
    }
    let close = cursor.at(.rightBracket) ? cursor.next() : .sequence([])
    // The braces of a single object break the list well enough.
    if holdsBlocks, count == 1 { return .sequence([open] + items.dropFirst() + [close]) }
    return .group(.sequence([open, .indented(.sequence(items)), items.isEmpty ? .text("") : .line(flat: ""), close]))
  }

  private mutating func member() -> LayoutRow {
    guard cursor.at(.word) || cursor.at(.string), cursor.peek().kind == .colon else { return unknownRow() }
    var name: [Layout] = []
    take(&name, count: 2)
    var value = value()
    if cursor.at(.comma) { value = .sequence([value, cursor.next()]) }
    var row = LayoutRow(
      .sequence([.indented(.sequence(name)), .space, value]), kind: .field,
      cells: [.init(layout: .sequence(name), gap: 0), .init(layout: value, gap: 1)])
    row.endsWithComma = cursor.previous?.kind == .comma
    return row
  }
}
