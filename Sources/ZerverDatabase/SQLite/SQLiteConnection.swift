import CSQLite
import ZerverCore
import ZerverServer

/// One SQLite connection with its prepared statements. It owns the `sqlite3` handle and is used by one thread at a time.
final class SQLiteConnection {
  enum Role {
    case reader
    case writer
  }

  private let raw: OpaquePointer
  private var table = StatementTable()
  private var statements: [SQLiteStatement?] = []
  /// What the progress handler watches. Set by the thread that runs the statement.
  private let watched = WatchedJob()

  init(path: String, role: Role, limits: DatabaseLimits) throws(EffectFailure) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let status = sqlite3_open_v2(path, &handle, flags, nil)
    guard let handle else { throw EffectFailure(.unavailable, detail: "SQLite is out of memory") }
    guard status == SQLITE_OK else {
      defer { sqlite3_close_v2(handle) }
      throw EffectFailure(.unavailable, detail: "SQLite cannot open \(path): \(String(cString: sqlite3_errmsg(handle)))")
    }
    raw = handle
    sqlite3_extended_result_codes(raw, 1)
    // Asked every 4,096 steps of the virtual machine, some 50 µs: rare enough to cost nothing, and soon enough.
    sqlite3_progress_handler(
      raw, 4096,
      { context in
        guard let context else { return 0 }
        return Unmanaged<WatchedJob>.fromOpaque(context).takeUnretainedValue().shouldStop ? 1 : 0
      }, Unmanaged.passUnretained(watched).toOpaque())
    setBusyTimeout(limits.busyTimeout)
    try script("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")
    switch role {
    case .reader: try script("PRAGMA query_only = ON;")
    case .writer:
      // The mode stays in the file. Readers do not set it: two connections that change it at once refuse each other.
      try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(limits.durability == .full ? "FULL" : "NORMAL");")
    }
  }

  deinit {
    // Statements hold the connection open until they are finalised.
    statements.removeAll()
    sqlite3_close_v2(raw)
  }

  func setBusyTimeout(_ timeout: Duration) {
    sqlite3_busy_timeout(raw, Int32(clamping: max(0, timeout.nanosecondsWhole / 1_000_000)))
  }

  /// Statements that run from now on stop when this job is cancelled (a read) or its deadline passes.
  func watch(_ job: SQLiteJob?) { watched.job = job }

  /// SQLite rolls a whole transaction back on some errors (`SQLITE_FULL`, `SQLITE_INTERRUPT` …).
  var isInTransaction: Bool { sqlite3_get_autocommit(raw) == 0 }

  /// Any number of statements without parameters, whose rows nobody wants.
  func script(_ sql: String) throws(EffectFailure) {
    guard sqlite3_exec(raw, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  /// A statement of the framework's own, such as `COMMIT`.
  func control(_ sql: StaticString) throws(EffectFailure) { _ = try run(Statement(sql)) }

  func run(_ statement: Statement, isQuery: Bool = false) throws(EffectFailure) -> Rows {
    let index = table.index(of: statement.sql)
    if isQuery, let refusal = table.entries[index].refusalAsQuery { throw EffectFailure(.refused, detail: refusal) }
    while statements.count <= index { statements.append(nil) }
    if let prepared = statements[index] { return try run(prepared, statement.parameters) }
    let prepared = try prepare(statement.sql.description)
    statements[index] = prepared
    return try run(prepared, statement.parameters)
  }

  /// A text that is used once, or for which the caller keeps the statement.
  func prepare(_ sql: String) throws(EffectFailure) -> SQLiteStatement {
    do throws(SQLiteError) {
      return try SQLiteStatement(connection: raw, sql: sql)
    } catch {
      throw error.failure
    }
  }

  func run(_ statement: SQLiteStatement, _ parameters: [DatabaseValue]) throws(EffectFailure) -> Rows {
    do throws(SQLiteError) {
      return try statement.run(parameters)
    } catch {
      throw error.failure
    }
  }

  private func failure() -> EffectFailure { SQLiteError(connection: raw).failure }
}

/// What the progress handler looks at. The connection keeps it alive as long as SQLite has its address; handler and setter
/// run on the same thread.
private final class WatchedJob {
  var job: SQLiteJob?

  var shouldStop: Bool {
    guard let job else { return false }
    // A write goes on when its requester has left: to stop it would roll back the writes that share its commit.
    return job.hasExpired || (job.isRead && job.isCancelled)
  }
}

/// An error code of SQLite with the sentence that belongs to it.
struct SQLiteError: Error {
  let code: Int32
  let message: String

  init(connection: OpaquePointer) {
    code = sqlite3_extended_errcode(connection)
    message = String(cString: sqlite3_errmsg(connection))
  }

  init(refused message: String) {
    code = SQLITE_ERROR
    self.message = message
  }

  /// The one place where a result code becomes a reason (https://sqlite.org/rescode.html).
  var failure: EffectFailure {
    let detail = "SQLite \(code): \(message)"
    // The low byte is the primary code.
    return switch code & 0xFF {
    case SQLITE_CONSTRAINT: EffectFailure(.constraintViolated, detail: detail)
    case SQLITE_INTERRUPT: EffectFailure(.timedOut, detail: detail)
    case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_MISUSE, SQLITE_AUTH:
      EffectFailure(.refused, detail: detail)
    default: EffectFailure(.unavailable, detail: detail)
    }
  }
}
