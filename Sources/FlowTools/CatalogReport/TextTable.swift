/// Aligned columns of text. Where they do not fit, whole columns are left out, the least important first, and named below
/// the table: half a cell tells nobody anything.
struct TextTable {
  let titles: [String]
  let rows: [[String]]
  /// How important each column is; 0 is never left out.
  let ranks: [Int]

  private static let gap = 2

  func text(width: Int?) -> String {
    let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
    let shown = shownColumns(widths, width)
    var text = ""
    for row in [titles] + rows { text += line(row, shown, widths) }
    let hidden = titles.indices.filter { !shown.contains($0) }.map { titles[$0].lowercased() }
    if !hidden.isEmpty { text += "\nNot shown in this width: \(hidden.joined(separator: ", ")). --format json has all of it.\n" }
    return text
  }

  private func shownColumns(_ widths: [Int], _ width: Int?) -> [Int] {
    guard let width else { return Array(titles.indices) }
    var shown = Array(titles.indices)
    func total() -> Int { shown.reduce(0) { $0 + widths[$1] + Self.gap } - Self.gap }
    while total() > width, let least = shown.max(by: { ranks[$0] < ranks[$1] }), ranks[least] > 0 {
      shown.removeAll { $0 == least }
    }
    return shown
  }

  private func line(_ cells: [String], _ shown: [Int], _ widths: [Int]) -> String {
    var line = ""
    for column in shown {
      line += cells[column] + String(repeating: " ", count: widths[column] - cells[column].count + Self.gap)
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }
}
