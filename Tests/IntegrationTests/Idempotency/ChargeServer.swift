import Logging
import Synchronization
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// What the servers of one test share: a database with an empty table of charges, a clock that the test sets, a gate for
/// sleeps, and a log.
final class ChargeOffice: Sendable {
  let database: Database
  let gate: Gate
  let log = MessageLog()
  private let clock = Mutex<Int64>(1_790_000_000)
  private let losing = Mutex(false)

  /// Claims of keys are made, and nobody learns of it.
  var losesClaims: Bool {
    get { losing.withLock { $0 } }
    set { losing.withLock { $0 = newValue } }
  }

  var unixSeconds: Int { Int(clock.withLock { $0 }) }

  convenience init(_ kind: Shop.Kind) throws {
    switch kind {
    case .sqlite: try self.init(.sqlite(path: TemporaryDirectory.fresh() + "/charges.sqlite"))
    case .postgres: try self.init(.postgres(url: SharedCluster.freshURL()))
    }
  }

  init(_ database: Database) throws {
    self.database = database
    gate = Gate()
    try DatabaseAdmin.run(script: "CREATE TABLE charges (order_id text NOT NULL)", on: database)
  }

  /// - Parameter seconds: of the time of day. Workers read it ten times a second at most.
  func advance(seconds: Int64) { clock.withLock { $0 += seconds } }

  func charges(_ order: String) throws -> Int? {
    try DatabaseAdmin.query("SELECT COUNT(*) AS number FROM charges WHERE order_id = $1", [.text(order)], on: database)
      .first?.int("number")
  }

  func records() throws -> Int? {
    try DatabaseAdmin.query("SELECT COUNT(*) AS number FROM zerver_idempotency", on: database).first?.int("number")
  }

  /// When the claim of the only record ends.
  func leaseUntil() throws -> Int? {
    try DatabaseAdmin.query("SELECT lease_until FROM zerver_idempotency", on: database).first?.int("lease_until")
  }

  /// Runs a server for as long as `body` takes, or until it stops the server.
  func serve<Result>(
    _ proactor: ProactorChoice = .automatic, workers: Int = 2, configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer) throws -> Result
  ) throws -> Result {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.workers = workers
    configuration.proactor = proactor
    configuration.log.requests = .none
    configure(&configuration)
    let make = database.capability(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let gate = gate
    let capabilities = Capabilities.standard.with(.database) { [self] in LossyDatabase(make(), of: self) }.with(.time) { GateTime(gate) }
    var server = try Server(
      catalogs: [ChargeFlows.catalog], capabilities: capabilities,
      authenticator: BearerTokens(text: "ada-ada-ada-ada-ada-ada subject=ada tenant=acme\nbob-bob-bob-bob-bob-bob subject=bob tenant=acme"),
      configuration: configuration, logger: log.logger)
    server.wallClock = { [self] in clock.withLock { $0 } }
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    return try body(running)
  }
}

extension TestClient {
  func charge(
    _ order: String, key: String?, _ slug: String = "charge-card", headers: [String] = []
  ) throws -> Answer {
    try sendCharge(order, key: key, slug, headers: headers)
    return Answer(try readResponse())
  }

  func sendCharge(_ order: String, key: String?, _ slug: String = "charge-card", headers: [String] = []) throws {
    let body = "\"\(order)\""
    let lines =
      ["POST /flow/v1/\(slug) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"]
      + (key.map { ["Idempotency-Key: \"\($0)\""] } ?? []) + headers
    try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// A counter of the metrics.
  func keyed(_ event: String) throws -> Int? {
    let text = try request("GET", "/metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix("zerver_idempotency_total{event=\"\(event)\"}") }
    return line?.split(separator: " ").last.flatMap { Int($0) }
  }
}

/// Keeps the messages of a log.
final class MessageLog: Sendable {
  private let storage = Mutex<[String]>([])
  var messages: [String] { storage.withLock { $0 } }
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  func contains(_ text: String) -> Bool { messages.contains { $0.contains(text) } }

  private struct Handler: LogHandler {
    let log: MessageLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { log.storage.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") } }
  }
}
