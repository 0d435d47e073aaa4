import ZerverCore

/// Rows as `INSERT` statements of many rows each: one script takes far fewer round trips than a statement for each row.
///
/// The values stand in the text, so this is for data that the program itself has made and never for a client's.
struct SQLScript {
  /// Long enough that the cost of a statement does not count, short enough to parse without much memory.
  private static let rowsMax = 500

  private var tables: [(table: String, text: String, rows: Int)] = []

  /// Tables are written in the order in which they first occur, so that a row comes after the rows that it refers to.
  mutating func insert(into table: String, columns: [String], _ values: [DatabaseValue]) {
    let row = "(" + values.map(literal).joined(separator: ", ") + ")"
    guard let index = tables.firstIndex(where: { $0.table == table }) else {
      tables.append((table, "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES\n\(row)", 1))
      return
    }
    if tables[index].rows % Self.rowsMax == 0 {
      tables[index].text += ";\nINSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES\n\(row)"
    } else {
      tables[index].text += ",\n\(row)"
    }
    tables[index].rows += 1
  }

  consuming func finish() -> String { tables.map { $0.text + ";\n" }.joined() }

  private func literal(_ value: DatabaseValue) -> String {
    switch value {
    case .null: "NULL"
    case .bool(let bool): bool ? "1" : "0"
    case .int(let int): String(int)
    case .double(let double): String(double)
    case .text(let text): "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    case .bytes: preconditionFailure("the shop stores no bytes")
    }
  }
}
