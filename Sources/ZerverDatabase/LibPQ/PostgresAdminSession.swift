import CPostgres
import ZerverCore

/// PostgreSQL for set-up work: blocking calls of libpq. It owns its `PGconn`.
final class PostgresAdminSession: AdminSession {
  private let raw: OpaquePointer
  private var parameters = ParameterBuffer()

  init(url: String, limits: DatabaseLimits) throws(DatabaseAdminError) {
    // Whole seconds, and libpq takes 1 for 2.
    let timeout = max(2, limits.connectTimeout.components.seconds)
    let raw = withCStrings(["fallback_application_name", "connect_timeout", "dbname", "client_encoding"]) { keywords in
      withCStrings(["zerver", "\(timeout)", url, "UTF8"]) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let raw else { throw DatabaseAdminError("libpq is out of memory") }
    self.raw = raw
    guard PQstatus(raw) == CONNECTION_OK else { throw DatabaseAdminError(message) }
    // "NOTICE: relation exists, skipping" and the like are no news during a set-up.
    PQsetNoticeProcessor(raw, { _, _ in }, nil)
    _ = try checked(PQexec(raw, "SET bytea_output = 'hex'; SET datestyle = 'ISO'; SET timezone = 'UTC'"))
  }

  deinit { PQfinish(raw) }

  func begin() throws(DatabaseAdminError) { try run(script: "BEGIN") }
  func commit() throws(DatabaseAdminError) { try run(script: "COMMIT") }

  /// The server runs the statements of one message as one transaction.
  func run(script: String) throws(DatabaseAdminError) { _ = try checked(PQexec(raw, script)) }

  func run(_ sql: String, _ values: [DatabaseValue]) throws(DatabaseAdminError) -> Rows {
    if let refusal = ParameterBuffer.refusal(of: values) { throw DatabaseAdminError(refusal) }
    parameters.encode(values)
    return try checked(
      PQexecParams(
        raw, sql, parameters.count, nil, parameters.values, parameters.lengths, parameters.formats, 0))
  }

  private func checked(_ result: OpaquePointer?) throws(DatabaseAdminError) -> Rows {
    guard let result else { throw DatabaseAdminError(message) }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK: return ResultDecoder.rows(of: result, layout: ResultDecoder.layout(of: result))
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      return Rows(columns: [], values: [], affected: ResultDecoder.affected(by: result))
    default:
      let error = ResultDecoder.error(of: result)
      throw DatabaseAdminError(error.sqlState.isEmpty ? message : "SQLSTATE \(error.sqlState): \(error.message)")
    }
  }

  private var message: String { String(cString: PQerrorMessage(raw)).trimmingWhitespace() }
}
