/// What a piece of a file may look like, before it is known how much room there is (P. Wadler, "A prettier printer").
indirect enum Layout {
  case text(String)
  /// Behind the text that stands before it, whatever line break has been written since. What follows begins a new line.
  case trailingComment(String)
  /// On a line of its own.
  case ownLineComment(String)
  /// A line break, or this text where the group around it fits on one line.
  case line(flat: String)
  case sequence([Layout])
  /// Lines inside begin two columns further to the right.
  case indented(Layout)
  /// On one line if it fits, otherwise with all of its own `line`s broken.
  case group(Layout)
  case block(LayoutBlock)

  static var space: Layout { .text(" ") }
}

/// Rows between braces.
struct LayoutBlock {
  var open: Layout
  /// Behind the opening brace.
  var openComment: String?
  var rows: [LayoutRow]
  var close: Layout
  /// What stands between two rows without a comma when the block is written on one line; `nil` for a block that never is.
  var flatSeparator: String?
}

/// One line of a block or file, which may break into several when it is too long.
struct LayoutRow {
  struct LeadingComment {
    let text: String
    let followsBlankLine: Bool
  }

  /// Rows of the same kind that follow each other without an empty line have their columns aligned.
  enum Kind {
    case property, errorMapping, field, newtype, reservation, statement
  }

  struct Cell {
    let layout: Layout
    /// Spaces in front of it, at least.
    let gap: Int
  }

  var leading: [LeadingComment] = []
  var followsBlankLine = false
  /// `nil` for comments without anything behind them.
  var layout: Layout?
  var kind: Kind?
  /// The row by columns; `nil` where it has no text in one. Empty for a row that is never aligned.
  var cells: [Cell?] = []
  /// The row ends with a comma.
  var endsWithComma = false
  var trailing: String?

  init(_ layout: Layout? = nil, kind: Kind? = nil, cells: [Cell?] = []) {
    self.layout = layout
    self.kind = kind
    self.cells = cells
  }
}

extension Layout {
  /// Characters on one line; `nil` when it cannot be written on one.
  var flatWidth: Int? {
    switch self {
    case .text(let text), .line(let text): text.count
    case .trailingComment, .ownLineComment: nil
    case .indented(let inner), .group(let inner): inner.flatWidth
    case .sequence(let items): Self.sum(items.map(\.flatWidth))
    case .block(let block): block.flatWidth
    }
  }

  /// Characters up to the first place where the line may end, and whether there is such a place.
  var leadingWidth: (width: Int, ends: Bool) {
    switch self {
    case .text(let text): return (text.count, false)
    case .trailingComment, .ownLineComment, .line: return (0, true)
    case .indented(let inner), .group(let inner): return inner.leadingWidth
    case .sequence(let items): return Self.leadingWidth(items[...])
    case .block(let block): return (block.open.leadingWidth.width, true)
    }
  }

  static func leadingWidth(_ items: ArraySlice<Layout>) -> (width: Int, ends: Bool) {
    var width = 0
    for item in items {
      let (more, ends) = item.leadingWidth
      width += more
      if ends { return (width, true) }
    }
    return (width, false)
  }

  static func sum(_ widths: [Int?]) -> Int? {
    widths.reduce(0) { sum, width in sum.flatMap { sum in width.map { sum + $0 } } }
  }
}

extension LayoutBlock {
  /// `{ a  b }` on one line; `{}` without rows.
  var flatWidth: Int? {
    guard openComment == nil else { return nil }
    if rows.isEmpty { return Layout.sum([open.flatWidth, close.flatWidth]) }
    guard let flatSeparator else { return nil }
    var widths = [open.flatWidth, 1, 1, close.flatWidth]
    for (index, row) in rows.enumerated() {
      guard row.leading.isEmpty, row.trailing == nil, let layout = row.layout else { return nil }
      widths.append(layout.flatWidth)
      if index < rows.count - 1 { widths.append(row.endsWithComma ? 1 : flatSeparator.count) }
    }
    return Layout.sum(widths)
  }
}
