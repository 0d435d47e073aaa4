import CSQLite
import ZerverCore

/// One prepared statement. It owns the `sqlite3_stmt` and must end before its connection; only the connection's thread
/// uses it.
final class SQLiteStatement {
  private let connection: OpaquePointer
  /// `nil` for a text without a statement, such as a comment.
  private let raw: OpaquePointer?
  /// The number behind the `$` of each of SQLite's parameters, which it counts in the order of their appearance.
  private let parameterNumbers: [Int]
  private let isReadOnly: Bool
  private var columns: [String] = []
  private var isBool: [Bool] = []
  /// SQLite prepares a statement anew by itself when the schema changes; the columns are then read again.
  private var preparations: Int32 = -1

  init(connection: OpaquePointer, sql: String) throws(SQLiteError) {
    var statement: OpaquePointer?
    var rest = ""
    let status = sql.withCString { start in
      var tail: UnsafePointer<CChar>?
      let status = sqlite3_prepare_v3(connection, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail)
      rest = tail.map { String(cString: $0) } ?? ""
      return status
    }
    guard status == SQLITE_OK else { throw SQLiteError(connection: connection) }
    guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
      sqlite3_finalize(statement)
      throw SQLiteError(refused: "one statement at a time; a transaction has a list of them")
    }
    guard let numbers = Self.parameterNumbers(of: statement) else {
      sqlite3_finalize(statement)
      throw SQLiteError(refused: "parameters are numbered: $1, $2 and so on")
    }
    raw = statement
    parameterNumbers = numbers
    self.connection = connection
    isReadOnly = sqlite3_stmt_readonly(statement) != 0
  }

  deinit { sqlite3_finalize(raw) }

  private static func parameterNumbers(of statement: OpaquePointer?) -> [Int]? {
    var numbers: [Int] = []
    for index in 0..<sqlite3_bind_parameter_count(statement) {
      guard let name = sqlite3_bind_parameter_name(statement, index + 1).map({ String(cString: $0) }),
        name.hasPrefix("$"), let number = Int(name.dropFirst()), number > 0
      else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  func run(_ parameters: [DatabaseValue]) throws(SQLiteError) -> Rows {
    let needed = parameterNumbers.max() ?? 0
    guard parameters.count == needed else {
      throw SQLiteError(refused: "the statement has \(needed) parameters and got \(parameters.count)")
    }
    guard let raw else { return Rows(columns: [], values: []) }
    // A statement that is not reset keeps its lock; bound text would keep its memory.
    defer {
      sqlite3_reset(raw)
      sqlite3_clear_bindings(raw)
    }
    for (index, number) in parameterNumbers.enumerated() { try bind(parameters[number - 1], at: Int32(index + 1), of: raw) }
    let changesBefore = sqlite3_total_changes(connection)
    var values: [DatabaseValue] = []
    while true {
      let status = sqlite3_step(raw)
      guard status == SQLITE_ROW || status == SQLITE_DONE else { throw SQLiteError(connection: connection) }
      if preparations != sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_REPREPARE, 0) { readColumns(of: raw) }
      if status == SQLITE_DONE { break }
      for column in columns.indices { values.append(value(of: raw, column)) }
    }
    guard !isReadOnly else { return Rows(columns: columns, values: values) }
    // sqlite3_changes keeps the number of the statement before when this one changes no table.
    let hasChanged = sqlite3_total_changes(connection) != changesBefore
    return Rows(columns: columns, values: values, affected: hasChanged ? Int(sqlite3_changes(connection)) : 0)
  }

  private func readColumns(of raw: OpaquePointer) {
    preparations = sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_REPREPARE, 0)
    let indices = 0..<sqlite3_column_count(raw)
    columns = indices.map { String(cString: sqlite3_column_name(raw, $0)) }
    isBool = indices.map { column in
      guard let type = sqlite3_column_decltype(raw, column) else { return false }
      return ["boolean", "bool"].contains(String(cString: type).lowercased())
    }
  }

  private func bind(_ value: DatabaseValue, at index: Int32, of raw: OpaquePointer) throws(SQLiteError) {
    // SQLITE_TRANSIENT, a cast that is no constant for Swift: SQLite copies the bytes before it returns.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let status =
      switch value {
      case .null: sqlite3_bind_null(raw, index)
      case .bool(let bool): sqlite3_bind_int64(raw, index, bool ? 1 : 0)
      case .int(let int): sqlite3_bind_int64(raw, index, Int64(int))
      case .double(let double): sqlite3_bind_double(raw, index, double)
      case .text(var text):
        text.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { characters in
            // A null pointer would bind NULL.
            characters.isEmpty
              ? sqlite3_bind_text(raw, index, "", 0, copied)
              : sqlite3_bind_text64(
                raw, index, characters.baseAddress, UInt64(characters.count), copied, UInt8(SQLITE_UTF8))
          }
        }
      case .bytes(let bytes):
        bytes.isEmpty
          ? sqlite3_bind_zeroblob(raw, index, 0)
          : bytes.withUnsafeBytes { sqlite3_bind_blob64(raw, index, $0.baseAddress, UInt64($0.count), copied) }
      }
    guard status == SQLITE_OK else { throw SQLiteError(connection: connection) }
  }

  private func value(of raw: OpaquePointer, _ position: Int) -> DatabaseValue {
    let column = Int32(position)
    switch sqlite3_column_type(raw, column) {
    case SQLITE_INTEGER:
      let int = Int(sqlite3_column_int64(raw, column))
      // SQLite has no booleans; what a column declares says what its numbers mean.
      return isBool[position] && (int == 0 || int == 1) ? .bool(int == 1) : .int(int)
    case SQLITE_FLOAT: return .double(sqlite3_column_double(raw, column))
    case SQLITE_TEXT:
      // The pointer before the length: asking for it may convert the value.
      let start = sqlite3_column_text(raw, column)
      let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(raw, column)
      return .bytes(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column)))))
    default: return .null
    }
  }
}
