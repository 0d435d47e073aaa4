/// Writes a layout into lines of limited width.
struct LayoutPrinter {
  /// The longest line of the reference catalog is this long; a diff of two such lines still fits on a screen.
  static let widthMax = 120
  private static let indentation = 2

  private(set) var text = ""
  private var column = 0
  private var isAtLineStart = true
  /// A comment has been written: whatever comes next begins a line.
  private var mustBreak = false
  /// Of the first line. Lines behind it may begin further to the right.
  private let margin: Int

  init(margin: Int) { self.margin = margin }

  // MARK: Layouts

  /// - Parameters:
  ///   - isFlat: the group around it fits on its line.
  ///   - indent: of a line that begins inside the layout.
  ///   - trailing: characters that follow on the same line, whatever happens.
  mutating func write(_ layout: Layout, isFlat: Bool = false, indent: Int, trailing: Int = 0) {
    switch layout {
    case .text(let text): write(text, indent: indent)
    case .trailingComment(let comment): writeTrailing(comment)
    case .ownLineComment(let comment):
      if !isAtLineStart { breakLine() }
      write(comment, indent: indent)
      mustBreak = true
    case .line(let flat):
      if isFlat { write(flat, indent: indent) } else { breakLine() }
    case .sequence(let items): write(items, isFlat: isFlat, indent: indent, trailing: trailing)
    case .indented(let inner): write(inner, isFlat: isFlat, indent: indent + Self.indentation, trailing: trailing)
    case .group(let inner):
      write(inner, isFlat: isFlat || fits(inner, indent: indent, trailing: trailing), indent: indent, trailing: trailing)
    case .block(let block): write(block, isFlat: isFlat, indent: indent, trailing: trailing)
    }
  }

  private mutating func write(_ items: [Layout], isFlat: Bool, indent: Int, trailing: Int) {
    for (index, item) in items.enumerated() {
      let (width, ends) = Layout.leadingWidth(items[(index + 1)...])
      write(item, isFlat: isFlat, indent: indent, trailing: ends && !isFlat ? width : width + trailing)
    }
  }

  private func fits(_ layout: Layout, indent: Int, trailing: Int) -> Bool {
    guard let width = layout.flatWidth else { return false }
    return (text.isEmpty ? margin : isAtLineStart || mustBreak ? indent : column) + width + trailing <= Self.widthMax
  }

  private mutating func write(_ block: LayoutBlock, isFlat: Bool, indent: Int, trailing: Int) {
    if isFlat || fits(.block(block), indent: indent, trailing: trailing) { return writeFlat(block, indent: indent) }
    write(block.open, indent: indent)
    if let comment = block.openComment { writeTrailing(comment) }
    breakLine()
    text += Self.lines(block.rows, indent: indent + Self.indentation)
    write(block.close, indent: indent)
  }

  private mutating func writeFlat(_ block: LayoutBlock, indent: Int) {
    write(block.open, indent: indent)
    for (index, row) in block.rows.enumerated() {
      if index == 0 || block.rows[index - 1].endsWithComma { write(" ", indent: indent) } else {
        write(block.flatSeparator ?? " ", indent: indent)
      }
      if let layout = row.layout { write(layout, isFlat: true, indent: indent) }
    }
    if !block.rows.isEmpty { write(" ", indent: indent) }
    write(block.close, indent: indent)
  }

  // MARK: Characters

  private mutating func write(_ piece: String, indent: Int) {
    if piece.isEmpty { return }
    if mustBreak { breakLine() }
    if isAtLineStart {
      if piece == " " { return }
      column = text.isEmpty ? margin : indent
      text += String(repeating: " ", count: column)
      isAtLineStart = false
    }
    text += piece
    column += piece.count
  }

  private mutating func writeTrailing(_ comment: String) {
    trim { $0 == " " || $0 == "\n" }
    text += "  " + comment
    isAtLineStart = false
    mustBreak = true
  }

  private mutating func breakLine() {
    mustBreak = false
    if isAtLineStart { return }
    trim { $0 == " " }
    text += "\n"
    column = 0
    isAtLineStart = true
  }

  private mutating func trim(_ isTrimmed: (Character) -> Bool) {
    while let last = text.last, isTrimmed(last) { text.removeLast() }
  }

  // MARK: Rows

  /// The rows as whole lines, columns and comments aligned.
  static func lines(_ rows: [LayoutRow], indent: Int) -> String {
    let columns = RowAlignment(rows, indent: indent).columns
    let rendered = rows.indices.map { Self.line(rows[$0], columns: columns[$0], indent: indent) }
    let commentColumns = commentColumns(rows, rendered)
    let margin = String(repeating: " ", count: indent)
    var text = ""
    for (index, row) in rows.enumerated() {
      for comment in row.leading {
        if comment.followsBlankLine, !text.isEmpty { text += "\n" }
        text += margin + comment.text + "\n"
      }
      guard row.layout != nil else { continue }
      if row.followsBlankLine, !text.isEmpty { text += "\n" }
      text += rendered[index]
      if let comment = row.trailing {
        text += String(repeating: " ", count: commentColumns[index] - lastLineWidth(rendered[index])) + comment
      }
      text += "\n"
    }
    return text
  }

  private static func line(_ row: LayoutRow, columns: [Int?]?, indent: Int) -> String {
    var printer = LayoutPrinter(margin: indent)
    if let columns {
      for (cell, column) in zip(row.cells, columns) {
        guard let cell, let column else { continue }
        let gap = indent + column - (printer.isAtLineStart ? indent : printer.column)
        printer.write(String(repeating: " ", count: max(0, gap)), indent: indent)
        printer.write(cell.layout, indent: indent)
      }
    } else if let layout = row.layout {
      printer.write(layout, indent: indent)
    }
    return printer.text
  }

  /// Comments behind rows that follow each other begin in the same column.
  private static func commentColumns(_ rows: [LayoutRow], _ rendered: [String]) -> [Int] {
    var columns = rendered.map { lastLineWidth($0) + 2 }
    var start = 0
    while start < rows.count {
      var end = start
      while end < rows.count, rows[end].trailing != nil, !rendered[end].contains("\n"),
        end == start || (!rows[end].followsBlankLine && rows[end].leading.isEmpty)
      { end += 1 }
      if end > start, let widest = columns[start..<end].max() {
        for index in start..<end { columns[index] = widest }
      }
      start = max(end, start + 1)
    }
    return columns
  }

  private static func lastLineWidth(_ text: String) -> Int {
    text.reversed().prefix { $0 != "\n" }.count
  }
}
