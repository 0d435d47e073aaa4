import ZerverCore

/// SQLite for set-up work.
final class SQLiteAdminSession: AdminSession {
  private let connection: SQLiteConnection
  /// The statement of the last call: a bulk insert repeats one text.
  private var last: (sql: String, statement: SQLiteStatement)?

  init(path: String, limits: DatabaseLimits) throws(DatabaseAdminError) {
    do throws(EffectFailure) {
      connection = try SQLiteConnection(path: path, role: .writer, limits: limits)
    } catch {
      throw DatabaseAdminError(error.detail)
    }
  }

  deinit {
    // A statement ends before its connection.
    last = nil
  }

  func begin() throws(DatabaseAdminError) { try control("BEGIN IMMEDIATE") }
  func commit() throws(DatabaseAdminError) { try control("COMMIT") }

  func run(script: String) throws(DatabaseAdminError) {
    // One transaction also spares a force to disk for each statement.
    try begin()
    do throws(DatabaseAdminError) {
      try control(script)
      try commit()
    } catch {
      if connection.isInTransaction { try? control("ROLLBACK") }
      throw error
    }
  }

  private func control(_ sql: String) throws(DatabaseAdminError) {
    do throws(EffectFailure) {
      try connection.script(sql)
    } catch {
      throw DatabaseAdminError(error.detail)
    }
  }

  func run(_ sql: String, _ parameters: [DatabaseValue]) throws(DatabaseAdminError) -> Rows {
    do throws(EffectFailure) {
      if last?.sql != sql { last = (sql, try connection.prepare(sql)) }
      guard let last else { return Rows(columns: [], values: []) }
      return try connection.run(last.statement, parameters)
    } catch {
      throw DatabaseAdminError(error.detail)
    }
  }
}
