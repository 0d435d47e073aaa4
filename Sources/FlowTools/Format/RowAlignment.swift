/// Decides in which column the cells of neighbouring rows begin.
struct RowAlignment {
  /// For each row the column of each cell, counted from the indentation; `nil` for a row that is not aligned.
  private(set) var columns: [[Int?]?]
  private let rows: [LayoutRow]
  private let indent: Int

  init(_ rows: [LayoutRow], indent: Int) {
    self.rows = rows
    self.indent = indent
    columns = Array(repeating: nil, count: rows.count)
    var start = 0
    while start < rows.count {
      var end = start
      while end < rows.count, isAlignable(rows[end]), end == start || continues(rows[end], rows[end - 1]) { end += 1 }
      if end > start { align(start..<end) }
      start = max(end, start + 1)
    }
  }

  /// All cells but the last have to be of one line, and the row has to fit without any alignment.
  private func isAlignable(_ row: LayoutRow) -> Bool {
    guard row.kind != nil, !row.cells.isEmpty, let layout = row.layout else { return false }
    let present = row.cells.compactMap { $0 }
    guard present.dropLast().allSatisfy({ $0.layout.flatWidth != nil }) else { return false }
    guard let width = layout.flatWidth else {
      // A value over several lines behind its name; a statement with a comment inside is left alone.
      return row.kind != .statement && row.kind != .errorMapping
    }
    return indent + width <= LayoutPrinter.widthMax || row.kind == .property
  }

  private func continues(_ row: LayoutRow, _ previous: LayoutRow) -> Bool {
    row.kind == previous.kind && !row.followsBlankLine && !row.leading.contains(where: \.followsBlankLine)
  }

  /// A column that would push a row over the edge is not aligned.
  private mutating func align(_ range: Range<Int>) {
    let count = rows[range].map(\.cells.count).max() ?? 0
    for aligned in (0...count).reversed() {
      let candidate = positions(range, alignedColumns: aligned)
      let fits = zip(rows[range], candidate).allSatisfy { row, columns in end(of: row, columns) <= LayoutPrinter.widthMax }
      guard fits || aligned == 0 else { continue }
      for (index, position) in zip(range, candidate) { columns[index] = position }
      return
    }
  }

  private func positions(_ range: Range<Int>, alignedColumns: Int) -> [[Int?]] {
    var ends = Array(repeating: 0, count: range.count)
    var result = Array(repeating: [Int?](), count: range.count)
    for column in 0..<(rows[range].map(\.cells.count).max() ?? 0) {
      let cells = rows[range].map { column < $0.cells.count ? $0.cells[column] : nil }
      let starts = zip(cells, ends).map { cell, end in cell.map { end == 0 ? 0 : end + $0.gap } }
      // A row that begins in this column is not moved away from the edge.
      let widest = zip(starts, ends).compactMap { start, end in end == 0 ? nil : start }.max() ?? 0
      for (index, start) in starts.enumerated() {
        let isMoved = column < alignedColumns && ends[index] > 0
        let position = start.map { isMoved ? widest : $0 }
        result[index].append(position)
        if let position, let cell = cells[index] { ends[index] = position + (cell.layout.flatWidth ?? 0) }
      }
    }
    return result
  }

  private func end(of row: LayoutRow, _ columns: [Int?]) -> Int {
    guard let index = row.cells.indices.last(where: { row.cells[$0] != nil }), let start = columns[index] else { return 0 }
    // What does not fit on one line anyway breaks inside its cell.
    return indent + start + (row.kind == .property ? 0 : row.cells[index]?.layout.flatWidth ?? 0)
  }
}
