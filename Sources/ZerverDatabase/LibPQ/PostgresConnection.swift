import CPostgres
import Logging
import ZerverCore

/// One libpq connection in non-blocking pipeline mode. It owns the `PGconn`: nobody else keeps the pointer, and it is
/// closed with this object. Used on one worker's thread only.
final class PostgresConnection {
  enum Progress: Equatable {
    case wantsRead
    case wantsWrite
    case established
    case failed(String)
  }

  private let raw: OpaquePointer
  /// libpq keeps its address for the notice processor, so it lives as long as the connection.
  private let notices: NoticeLog
  /// By statement number: names with a terminating zero, and the columns since the first result.
  private var names: [[CChar]] = []
  private var layouts: [ResultDecoder.Layout?] = []

  /// Begins to connect. `nil` when libpq is out of memory; every other failure shows in `advance`.
  init?(url: String, logger: Logger) {
    guard let raw = Self.start(url: url) else { return nil }
    self.raw = raw
    notices = NoticeLog(logger: logger)
    PQsetNoticeProcessor(
      raw,
      { context, message in
        guard let context, let message else { return }
        Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().log(String(cString: message))
      }, Unmanaged.passUnretained(notices).toOpaque())
  }

  deinit { PQfinish(raw) }

  private static func start(url: String) -> OpaquePointer? {
    // Later keywords win, so the URL may override what stands before it and nothing behind it. A peer that has vanished
    // without a word is noticed within half a minute.
    let parameters = [
      ("fallback_application_name", "zerver"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "30000"), ("dbname", url), ("client_encoding", "UTF8"),
    ]
    return withCStrings(parameters.map(\.0)) { keywords in
      withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
    }
  }

  // MARK: Connecting

  var descriptor: Int32 { PQsocket(raw) }

  var hasFailed: Bool { PQstatus(raw) == CONNECTION_BAD }

  var message: String { String(cString: PQerrorMessage(raw)).trimmingWhitespace() }

  /// The next step of connecting, when the descriptor is ready for what the last one wanted.
  func advance() -> Progress {
    switch PQconnectPoll(raw) {
    case PGRES_POLLING_READING: return .wantsRead
    case PGRES_POLLING_OK:
      guard PQsetnonblocking(raw, 1) == 0, PQenterPipelineMode(raw) == 1 else { return .failed(message) }
      return .established
    case PGRES_POLLING_FAILED: return .failed(message)
    default: return .wantsWrite
    }
  }

  // MARK: Sending. False when the connection has failed.

  func sendSettings(statementTimeout: Duration) -> Bool {
    // 0 would mean no limit.
    let milliseconds = max(1, statementTimeout.nanosecondsWhole / 1_000_000)
    // Formats of values must not depend on the role's or the server's settings.
    return send(
      """
      SELECT set_config('statement_timeout', '\(milliseconds)', false), set_config('bytea_output', 'hex', false),
        set_config('datestyle', 'ISO', false), set_config('timezone', 'UTC', false)
      """)
  }

  func send(_ sql: String) -> Bool { PQsendQueryParams(raw, sql, 0, nil, nil, nil, nil, 0) == 1 }

  func prepare(_ statement: Int, generation: Int, sql: StaticString) -> Bool {
    while names.count <= statement {
      names.append([])
      layouts.append(nil)
    }
    names[statement] = Array("s\(statement)_\(generation)".utf8CString)
    layouts[statement] = nil
    return PQsendPrepare(raw, names[statement], sql.description, 0, nil) == 1
  }

  func send(_ statement: Int, parameters: borrowing ParameterBuffer) -> Bool {
    PQsendQueryPrepared(
      raw, names[statement], parameters.count, parameters.values, parameters.lengths, parameters.formats, 0) == 1
  }

  func sync() -> Bool { PQpipelineSync(raw) == 1 }

  /// `nil` when the connection has failed; otherwise whether everything has been written.
  func flush() -> Bool? {
    switch PQflush(raw) {
    case 0: true
    case 1: false
    default: nil
    }
  }

  // MARK: Receiving

  func consumeInput() -> Bool { PQconsumeInput(raw) == 1 }

  var isBusy: Bool { PQisBusy(raw) == 1 }

  enum Received {
    case result(StatementResult)
    /// The end of one statement's results.
    case terminator
    case connectionFailed
  }

  /// The next result, which must be there (`isBusy` is false). `statement` is the one whose rows are wanted; without it
  /// rows are not decoded.
  func nextResult(of statement: Int?) -> Received {
    guard let result = PQgetResult(raw) else { return .terminator }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK: return .result(.rows(rows(of: result, statement: statement)))
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      return .result(.rows(Rows(columns: [], values: [], affected: ResultDecoder.affected(by: result))))
    case PGRES_PIPELINE_SYNC: return .result(.synced)
    case PGRES_PIPELINE_ABORTED: return .result(.aborted)
    default:
      let error = ResultDecoder.error(of: result)
      // libpq's own errors carry no SQLSTATE: the connection has failed, or the server began a COPY.
      return error.sqlState.isEmpty ? .connectionFailed : .result(.failed(error))
    }
  }

  private func rows(of result: OpaquePointer, statement: Int?) -> Rows {
    guard let statement else { return Rows(columns: [], values: []) }
    if let layout = layouts[statement] { return ResultDecoder.rows(of: result, layout: layout) }
    let layout = ResultDecoder.layout(of: result)
    layouts[statement] = layout
    return ResultDecoder.rows(of: result, layout: layout)
  }
}

/// libpq's notices belong to the log, not to standard error.
private final class NoticeLog {
  private let logger: Logger
  init(logger: Logger) { self.logger = logger }
  func log(_ message: String) { logger.notice("PostgreSQL: \(message.trimmingWhitespace())") }
}

/// The strings as a C array that ends with a null pointer, valid while `body` runs.
func withCStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
  let arrays = strings.map { Array($0.utf8CString) }
  // One block for all, so that no pointer depends on a temporary.
  let block = UnsafeMutablePointer<CChar>.allocate(capacity: arrays.reduce(0) { $0 + $1.count })
  defer { block.deallocate() }
  var pointers: [UnsafePointer<CChar>?] = []
  var offset = 0
  for array in arrays {
    (block + offset).initialize(from: array, count: array.count)
    pointers.append(UnsafePointer(block + offset))
    offset += array.count
  }
  pointers.append(nil)
  return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
