import FlowLanguage

extension LayoutBuilder {
  mutating func declaration() -> LayoutRow {
    guard cursor.at(.word) else { return unknownRow() }
    switch cursor.text(cursor.current) {
    case "use", "extern": return words(cursor.at("use") ? 2 : 3)
    case "record": return named(flatSeparator: nil) { $0.field() }
    case "error": return named(flatSeparator: "  ") { $0.field() }
    case "enum": return named(flatSeparator: " ") { $0.enumCase() }
    case "profile": return named(flatSeparator: nil) { $0.profileProperty() }
    case "newtype": return newtype()
    case "step": return step()
    case "fixture": return fixture()
    case "reserved": return reservation()
    case "tombstone": return tombstone()
    case "fragment": return fragment()
    case "flow": return named(flatSeparator: nil) { $0.property() }
    default: return unknownRow()
    }
  }

  mutating func words(_ count: Int) -> LayoutRow {
    var parts: [Layout] = []
    take(&parts, count: count)
    return LayoutRow(.indented(.sequence(parts)))
  }

  /// `keyword name { … }`
  private mutating func named(flatSeparator: String?, _ content: (inout LayoutBuilder) -> LayoutRow) -> LayoutRow {
    var head: [Layout] = []
    take(&head, count: 2)
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    let body = block(flatSeparator: flatSeparator, content)
    return LayoutRow(.sequence([.indented(.sequence(head)), .space, body]))
  }

  // MARK: Members

  /// `cart-id: string length 1..64`
  mutating func field() -> LayoutRow {
    guard cursor.at(.word), cursor.peek().kind == .colon else { return unknownRow() }
    var name: [Layout] = []
    take(&name, count: 2)
    var row = typed(name: .sequence(name), kind: .field)
    row.endsWithComma = cursor.previous?.kind == .comma
    return row
  }

  /// What follows the colon of a field and of a newtype: a type and its constraints.
  private mutating func typed(name: Layout, kind: LayoutRow.Kind) -> LayoutRow {
    var rest: [Layout] = []
    type(&rest)
    var constraints: [Layout] = []
    while let constraint = constraint() { constraints.append(.group(.sequence([.line(flat: " "), .sequence(constraint)]))) }
    rest.append(.indented(.sequence(constraints)))
    if kind == .field, cursor.at(.comma) { rest.append(cursor.next()) }
    let type = Layout.sequence(rest)
    return LayoutRow(
      .sequence([.indented(name), .space, type]), kind: kind, cells: [.init(layout: name, gap: 0), .init(layout: type, gap: 1)])
  }

  private mutating func constraint() -> [Layout]? {
    var parts: [Layout] = []
    if cursor.at(.equals) {
      take(&parts)
      let isEmptyCollection = cursor.at(.leftBracket) || cursor.at(.leftBrace)
      take(&parts)
      if isEmptyCollection, cursor.at(.rightBracket) || cursor.at(.rightBrace) { take(&parts) }
      return parts
    }
    guard cursor.at(anyOf: ["length", "range", "items", "pattern", "unique", "sensitive"]), cursor.peek().kind != .colon else {
      return nil
    }
    let word = cursor.text(cursor.current)
    take(&parts)
    switch word {
    case "length", "range", "items": take(&parts, count: 3)
    case "pattern": take(&parts, if: .string)
    default: break
    }
    return parts
  }

  private mutating func enumCase() -> LayoutRow {
    guard cursor.at(.word) else { return unknownRow() }
    var parts: [Layout] = []
    take(&parts)
    take(&parts, if: .comma)
    var row = LayoutRow(.sequence(parts))
    row.endsWithComma = cursor.previous?.kind == .comma
    return row
  }

  private mutating func profileProperty() -> LayoutRow { property(valueTokens: 1) }

  // MARK: Single lines

  private mutating func newtype() -> LayoutRow {
    guard cursor.peek(2).kind == .colon else { return unknownRow() }
    var name: [Layout] = []
    take(&name, count: 3)
    return typed(name: .sequence(name), kind: .newtype)
  }

  private mutating func reservation() -> LayoutRow {
    var name: [Layout] = []
    take(&name, count: 2)
    var reason: [Layout] = []
    take(&reason, if: .string)
    let cells = [Layout.sequence(name), .sequence(reason)]
    return LayoutRow(
      .indented(.sequence([cells[0], .space, cells[1]])), kind: reason.isEmpty ? nil : .reservation,
      cells: [.init(layout: cells[0], gap: 0), .init(layout: cells[1], gap: 1)])
  }

  /// `tombstone v1/pay-cart  successor v2/checkout-cart  "why"`
  private mutating func tombstone() -> LayoutRow {
    var parts: [Layout] = []
    take(&parts)
    reference(&parts)
    if cursor.at("successor") {
      parts.append(.line(flat: "  "))
      var successor: [Layout] = []
      take(&successor)
      reference(&successor)
      parts.append(.sequence(successor))
    }
    if cursor.at(.string) { parts += [.line(flat: "  "), cursor.next()] }
    return LayoutRow(.group(.indented(.sequence(parts))))
  }

  /// `v2/checkout-cart`
  mutating func reference(_ parts: inout [Layout]) {
    take(&parts, if: .word)
    if cursor.at(.slash) { take(&parts, count: 2) }
  }

  private mutating func fixture() -> LayoutRow {
    var parts: [Layout] = []
    take(&parts, count: 2)
    if cursor.at(.colon) {
      take(&parts)
      type(&parts)
    }
    let value = value()
    return LayoutRow(.sequence([.indented(.sequence(parts)), .space, value]))
  }

  // MARK: Steps and fragments

  private mutating func step() -> LayoutRow {
    var parts: [Layout] = []
    take(&parts, count: 2)
    signature(&parts)
    var attributes: [Layout] = []
    while let attribute = attribute() {
      if !attributes.isEmpty { attributes.append(.line(flat: "  ")) }
      attributes.append(.sequence(attribute))
    }
    let head = Layout.sequence(parts)
    guard !attributes.isEmpty else { return LayoutRow(.group(head)) }
    return LayoutRow(.group(.sequence([head, .indented(.sequence([.line(flat: "  "), .group(.sequence(attributes))]))])))
  }

  /// `(cart: Cart) -> Quote`
  private mutating func signature(_ parts: inout [Layout]) {
    parentheses(&parts) { builder, item in
      builder.take(&item, if: .word)
      builder.take(&item, if: .colon)
      if !item.isEmpty { builder.separateType(&item) }
    }
    guard cursor.at(.arrow) else { return }
    take(&parts)
    stream(&parts)
    type(&parts)
  }

  private mutating func separateType(_ parts: inout [Layout]) {
    if cursor.at(.word) || cursor.at(.leftBracket) { streamedType(&parts) }
  }

  private mutating func attribute() -> [Layout]? {
    guard cursor.at(anyOf: ["needs", "fails", "cooperative", "safe", "idempotent", "may"]) else { return nil }
    let word = cursor.text(cursor.current)
    var parts: [Layout] = []
    take(&parts)
    switch word {
    case "needs", "fails": list(&parts)
    case "may":
      take(&parts, if: .word)
      list(&parts)
    default: break
    }
    return parts
  }

  /// Outside a flow with parameters, inside a flow with its name alone.
  mutating func fragment() -> LayoutRow {
    var head: [Layout] = []
    take(&head, count: 2)
    signature(&head)
    if cursor.at("swift") {
      take(&head, count: 2)
      return LayoutRow(.indented(.sequence(head)))
    }
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    let body = block { $0.statement() }
    return LayoutRow(.sequence([.sequence(head), .space, body]))
  }
}
