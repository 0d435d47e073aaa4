import FlowLanguage

extension LayoutBuilder {
  private static let modifierWords: Set<String> = ["timeout", "retry", "optional", "else", "detach", "undo", "on"]

  mutating func statement() -> LayoutRow {
    guard cursor.at(.word) else { return unknownRow() }
    switch cursor.peek().kind {
    case .equals:
      let isLoop = cursor.text(cursor.peek(2)) == "for" && cursor.peek(3).kind == .word
      return isLoop ? blockStatement() : use(binding: cursor.next())
    case .leftParenthesis: return use(binding: nil)
    default: break
    }
    switch cursor.text(cursor.current) {
    case "done": return use(binding: nil)
    case "choose": return choice()
    case "parallel", "when", "branch", "for": return blockStatement()
    default: return unknownRow()
    }
  }

  // MARK: Steps

  /// `name = step(arguments) timeout 100ms`, in the columns name, call and modifiers.
  private mutating func use(binding: Layout?) -> LayoutRow {
    var call: [Layout] = []
    if binding != nil { take(&call, if: .equals) } else if cursor.at("done"), cursor.peek().kind == .word { take(&call) }
    self.call(&call)
    var modifiers: [Layout] = []
    while let modifier = modifier() {
      if !modifiers.isEmpty { modifiers.append(.line(flat: "  ")) }
      modifiers.append(.sequence(modifier))
    }
    var parts: [Layout] = binding.map { [.indented($0), .space] } ?? []
    parts.append(.sequence(call))
    let group = Layout.group(.sequence(modifiers))
    if !modifiers.isEmpty { parts.append(.indented(.sequence([.line(flat: "  "), group]))) }
    return LayoutRow(
      .group(.sequence(parts)), kind: .statement,
      cells: [
        binding.map { .init(layout: $0, gap: 0) }, .init(layout: .sequence(call), gap: 1),
        modifiers.isEmpty ? nil : .init(layout: group, gap: 2),
      ])
  }

  private mutating func modifier() -> [Layout]? {
    guard cursor.at(anyOf: Self.modifierWords), cursor.peek().kind != .equals, cursor.peek().kind != .leftParenthesis else {
      return nil
    }
    let word = cursor.text(cursor.current)
    var parts: [Layout] = []
    take(&parts)
    switch word {
    case "timeout": take(&parts, if: .number)
    case "retry": retry(&parts)
    case "undo": call(&parts)
    case "else":
      if cursor.at("default"), cursor.peek().kind != .leftParenthesis { take(&parts) } else { call(&parts) }
    case "on":
      take(&parts, count: 2)
      if cursor.at(.number) || cursor.at(.word) { take(&parts) }
    default: break
    }
    return parts
  }

  /// `retry 2 backoff 10ms..80ms`
  private mutating func retry(_ parts: inout [Layout]) {
    take(&parts, if: .number)
    guard cursor.at("backoff"), cursor.peek().kind == .number else { return }
    take(&parts, count: 2)
    if cursor.at(.range) { take(&parts, count: 2) }
  }

  // MARK: Blocks

  /// `when … { … } otherwise { … }`, `parallel { … }`, `branch { … }`, `name = for each … { … }`
  private mutating func blockStatement() -> LayoutRow {
    var head: [Layout] = []
    takeHead(&head)
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    var parts: [Layout] = [.indented(.sequence(head)), .space, block { $0.statement() }]
    if cursor.at("otherwise"), cursor.peek().kind == .leftBrace {
      parts += [.space, cursor.next(), .space, block { $0.statement() }]
    }
    return LayoutRow(.sequence(parts))
  }

  /// `choose order.status { paid { … } otherwise { … } }`
  private mutating func choice() -> LayoutRow {
    var head: [Layout] = []
    takeHead(&head)
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    let arms = block { $0.arm() }
    return LayoutRow(.sequence([.indented(.sequence(head)), .space, arms]))
  }

  private mutating func arm() -> LayoutRow {
    guard cursor.at(.word) else { return unknownRow() }
    var head: [Layout] = []
    takeHead(&head)
    guard cursor.at(.leftBrace) else { return LayoutRow(.indented(.sequence(head))) }
    let body = block { $0.statement() }
    return LayoutRow(.sequence([.indented(.sequence(head)), .space, body]))
  }
}
