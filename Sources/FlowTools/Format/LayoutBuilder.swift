import FlowLanguage

/// Finds the lines and columns of a file in its tokens.
///
/// It takes each token exactly once and in order. Where the grammar ends, a row ends with its line of the source, so that
/// no input is lost and none is an endless loop.
struct LayoutBuilder {
  var cursor: TokenCursor
  /// As deep as the parser lets blocks and types be, and some more for those that share a level there.
  private static let nestingMax = 100
  private var nesting = 0

  init(_ cursor: TokenCursor) { self.cursor = cursor }

  // MARK: Rows

  mutating func file() -> [LayoutRow] {
    var rows: [LayoutRow] = []
    while !cursor.isAtEnd { rows.append(row { $0.declaration() }) }
    appendComments(to: &rows)
    return rows
  }

  /// `{`, the rows up to `}`, and `}`.
  mutating func block(flatSeparator: String? = nil, _ content: (inout LayoutBuilder) -> LayoutRow) -> Layout {
    nesting += 1
    defer { nesting -= 1 }
    var block = LayoutBlock(open: cursor.next(), rows: [], close: .sequence([]), flatSeparator: flatSeparator)
    block.openComment = cursor.takeTrailing()
    while !cursor.at(.rightBrace), !cursor.isAtEnd {
      block.rows.append(row { $0.nesting > Self.nestingMax ? $0.unknownRow() : content(&$0) })
    }
    appendComments(to: &block.rows)
    block.close = cursor.next()
    return .block(block)
  }

  private mutating func row(_ content: (inout LayoutBuilder) -> LayoutRow) -> LayoutRow {
    let (comments, blank) = cursor.takeLeading()
    let start = cursor.index
    var row = content(&self)
    if cursor.index == start { row = unknownRow() }
    row.leading = comments
    row.followsBlankLine = blank
    row.trailing = cursor.takeTrailing()
    return row
  }

  private mutating func appendComments(to rows: inout [LayoutRow]) {
    let comments = cursor.takeLeading().comments
    guard !comments.isEmpty else { return }
    var row = LayoutRow()
    row.leading = comments
    rows.append(row)
  }

  /// A line of the source as it is, with canonical spaces.
  mutating func unknownRow() -> LayoutRow {
    var parts: [Layout] = []
    repeat {
      if cursor.at(.leftBrace), nesting <= Self.nestingMax {
        separate(&parts)
        parts.append(block { $0.unknownRow() })
      } else {
        take(&parts)
      }
    } while !cursor.isAtEnd && !cursor.current.startsLine && !cursor.at(.rightBrace)
    return LayoutRow(.indented(.sequence(parts)))
  }

  // MARK: Words of a row

  /// The current token, with a space in front of it where one belongs.
  mutating func take(_ parts: inout [Layout]) {
    separate(&parts)
    parts.append(cursor.next())
  }

  mutating func take(_ parts: inout [Layout], count: Int) {
    for _ in 0..<count where !cursor.isAtEnd && !cursor.at(.rightBrace) { take(&parts) }
  }

  mutating func take(_ parts: inout [Layout], if kind: Token.Kind) {
    if cursor.at(kind) { take(&parts) }
  }

  /// Everything in front of the block that a row opens.
  mutating func takeHead(_ parts: inout [Layout]) {
    repeat { take(&parts) } while !cursor.at(.leftBrace) && !cursor.at(.rightBrace) && !cursor.isAtEnd
  }

  func separate(_ parts: inout [Layout]) {
    if !parts.isEmpty, let previous = cursor.previous, Self.isSeparated(previous.kind, cursor.current.kind) {
      parts.append(.space)
    }
  }

  static func isSeparated(_ left: Token.Kind, _ right: Token.Kind) -> Bool {
    switch (left, right) {
    // Without a space these would be other tokens.
    case (.slash, .slash), (.dot, .dot), (.dot, .range), (.range, .dot), (.range, .range), (.dot, .number): true
    case (_, .comma), (_, .colon), (_, .rightParenthesis), (_, .rightBracket), (_, .question): false
    case (.leftParenthesis, _), (.leftBracket, _): false
    case (.dot, _), (_, .dot), (.range, _), (_, .range), (.slash, _), (_, .slash): false
    case (.word, .leftParenthesis), (.leftBrace, .rightBrace): false
    default: true
    }
  }

  /// `a, b, c`, broken behind a comma where the line ends.
  mutating func list(_ parts: inout [Layout]) {
    var items: [Layout] = []
    take(&items)
    while cursor.at(.comma) {
      items.append(cursor.next())
      guard !cursor.isAtEnd, !cursor.at(.rightBrace) else { break }
      items.append(.group(.sequence([.line(flat: " "), cursor.next()])))
    }
    if !parts.isEmpty { parts.append(.space) }
    parts.append(.indented(.sequence(items)))
  }

  /// `string`, `Cart?`, `[string: [int]]`
  mutating func type(_ parts: inout [Layout]) {
    nesting += 1
    defer { nesting -= 1 }
    if cursor.at(.leftBracket), nesting <= Self.nestingMax {
      take(&parts)
      type(&parts)
      if cursor.at(.colon) {
        take(&parts)
        type(&parts)
      }
      take(&parts, if: .rightBracket)
    } else {
      take(&parts, if: .word)
    }
    while cursor.at(.question) { take(&parts) }
  }

  /// `(a: A, b: B)`, one on each line when the line is too short for all.
  mutating func parentheses(_ parts: inout [Layout], item: (inout LayoutBuilder, inout [Layout]) -> Void) {
    guard cursor.at(.leftParenthesis) else { return }
    separate(&parts)
    let open = cursor.next()
    var items: [Layout] = [.line(flat: "")]
    while !cursor.at(.rightParenthesis), !cursor.at(.rightBrace), !cursor.isAtEnd {
      let start = cursor.index
      var one: [Layout] = []
      item(&self, &one)
      if cursor.index == start { one.append(cursor.next()) }
      items += one
      if cursor.at(.comma) { items.append(cursor.next()) }
      if !cursor.at(.rightParenthesis) { items.append(.line(flat: " ")) }
    }
    let isEmpty = items.count == 1
    let close = cursor.at(.rightParenthesis) ? cursor.next() : .sequence([])
    parts.append(.group(.sequence([open, .indented(.sequence(isEmpty ? [] : items)), isEmpty ? .text("") : .line(flat: ""), close])))
  }

  /// `step(path, path)`
  mutating func call(_ parts: inout [Layout]) {
    take(&parts, if: .word)
    parentheses(&parts) { builder, item in builder.path(&item) }
  }

  /// `order.customer.name`
  mutating func path(_ parts: inout [Layout]) {
    take(&parts, if: .word)
    while cursor.at(.dot) { take(&parts, count: 2) }
  }
}
