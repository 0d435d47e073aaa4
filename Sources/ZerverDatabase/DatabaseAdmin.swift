public import ZerverCore

/// Set-up work before a server starts: schema, seed data, and checks. Each call connects, works and disconnects, and blocks
/// its thread meanwhile: never call it from a step or on a worker.
public enum DatabaseAdmin {
  /// Rows of one `INSERT` at most. Together with the limit on parameters it keeps statements small enough for both
  /// databases.
  static let insertRowsMax = 500
  /// SQLite's limit is 32,766 and PostgreSQL's is 65,535.
  static let insertParametersMax = 30_000

  /// Runs a script of statements that are divided by semicolons, as one transaction: all of it or nothing. It has no
  /// `BEGIN` and `COMMIT` of its own.
  public static func run(script: String, on database: Database) throws(DatabaseAdminError) {
    try withSession(on: database) { (session) throws(DatabaseAdminError) in try session.run(script: script) }
  }

  /// Inserts all rows in one transaction. `table` and `columns` are quoted as identifiers; each row has a value for each
  /// column.
  public static func insert(
    into table: String, columns: [String], rows: some Sequence<[DatabaseValue]>, on database: Database
  ) throws(DatabaseAdminError) {
    try withSession(on: database) { (session) throws(DatabaseAdminError) in
      try session.begin()
      let together = max(1, min(insertRowsMax, insertParametersMax / max(1, columns.count)))
      var waiting: [DatabaseValue] = []
      func flush() throws(DatabaseAdminError) {
        guard !waiting.isEmpty else { return }
        _ = try session.run(insertion(into: table, columns: columns, rows: waiting.count / columns.count), waiting)
        waiting.removeAll(keepingCapacity: true)
      }
      for row in rows {
        guard row.count == columns.count else {
          throw DatabaseAdminError("a row for \(table) has \(row.count) values for \(columns.count) columns")
        }
        waiting.append(contentsOf: row)
        if waiting.count == together * columns.count { try flush() }
      }
      try flush()
      // What threw before this leaves with the connection, and an open transaction is rolled back then.
      try session.commit()
    }
  }

  /// Runs one statement with numbered parameters and returns its rows.
  @discardableResult
  public static func query(
    _ sql: String, _ parameters: [DatabaseValue] = [], on database: Database
  ) throws(DatabaseAdminError) -> Rows {
    try withSession(on: database) { (session) throws(DatabaseAdminError) in try session.run(sql, parameters) }
  }

  private static func withSession<Result>(
    on database: Database, _ body: (any AdminSession) throws(DatabaseAdminError) -> Result
  ) throws(DatabaseAdminError) -> Result {
    switch database.kind {
    case .postgres(let url): try body(PostgresAdminSession(url: url, limits: database.limits))
    case .sqlite(let path): try body(SQLiteAdminSession(path: path, limits: database.limits))
    }
  }

  private static func insertion(into table: String, columns: [String], rows: Int) -> String {
    let names = columns.map(quoted).joined(separator: ", ")
    let values = (0..<rows).map { row in
      "(" + columns.indices.map { "$\(row * columns.count + $0 + 1)" }.joined(separator: ", ") + ")"
    }
    return "INSERT INTO \(quoted(table)) (\(names)) VALUES \(values.joined(separator: ", "))"
  }

  private static func quoted(_ identifier: String) -> String {
    "\"" + identifier.replacing("\"", with: "\"\"") + "\""
  }
}

/// What the database said to set-up work. `description` names no password.
public struct DatabaseAdminError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// One blocking connection. It closes with the last reference to it.
protocol AdminSession: AnyObject {
  func begin() throws(DatabaseAdminError)
  func commit() throws(DatabaseAdminError)
  /// All of it or nothing.
  func run(script: String) throws(DatabaseAdminError)
  func run(_ sql: String, _ parameters: [DatabaseValue]) throws(DatabaseAdminError) -> Rows
}
