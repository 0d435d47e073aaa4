import Logging
import Synchronization
import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@testable import ZerverDatabase

/// The two databases that every behaviour is tested on.
enum TestedDatabase: String, CaseIterable, CustomTestStringConvertible {
  case sqlite, postgres
  var testDescription: String { rawValue }
}

/// One PostgreSQL server for the tests that do not kill it. It goes with the test process.
enum SharedCluster {
  // Created once, under the lock of a lazy global; afterwards only its URLs are read.
  nonisolated(unsafe) private static let started = Result { () throws(PostgresClusterError) in try PostgresCluster() }
  private static let schemas = Atomic(0)

  static func get() throws -> PostgresCluster { try started.get() }

  /// The URL of a fresh, empty schema.
  static func freshURL() throws -> String {
    let name = "test_\(schemas.add(1, ordering: .relaxed).newValue)"
    let cluster = try get()
    try DatabaseAdmin.run(script: "CREATE SCHEMA \(name)", on: .postgres(url: cluster.url))
    return cluster.url + "?options=-csearch_path%3D\(name)"
  }
}

/// A database with a schema, a worker and its capability.
struct Bench {
  let database: Database
  let worker: TestWorker
  let capability: any Capability

  init(
    _ kind: TestedDatabase, schema: String = Bench.schema, limits: (inout DatabaseLimits) -> Void = { _ in }
  ) throws {
    var chosen = DatabaseLimits()
    chosen.jitterSeed = 1
    limits(&chosen)
    database =
      switch kind {
      case .sqlite: try .sqlite(path: try TemporaryDirectory.fresh() + "/test.sqlite", limits: chosen)
      case .postgres: try .postgres(url: try SharedCluster.freshURL(), limits: chosen)
      }
    try DatabaseAdmin.run(script: schema, on: database)
    worker = TestWorker()
    capability = worker.start(database.capability(logger: Self.logger)())
  }

  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Understood by both.
  static let schema = """
    CREATE TABLE items (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, stock BIGINT NOT NULL DEFAULT 0 CHECK (stock >= 0), note TEXT
    );
    INSERT INTO items (id, name, stock) VALUES (1, 'pen', 10), (2, 'ink', 0), (3, 'paper', 500);
    """

  func query(_ sql: StaticString, _ parameters: DatabaseValue...) throws -> EffectOutcome {
    try worker.perform(.database(.query(Statement(sql, parameters))), with: capability)
  }

  func execute(_ sql: StaticString, _ parameters: DatabaseValue...) throws -> EffectOutcome {
    try worker.perform(.database(.execute(Statement(sql, parameters))), with: capability)
  }

  func transaction(_ statements: Statement...) throws -> EffectOutcome {
    try worker.perform(.database(.transaction(statements)), with: capability)
  }

  func submit(_ request: DatabaseRequest, within time: Duration = .seconds(30)) -> OperationID {
    worker.submit(.database(request), to: capability, within: time)
  }

  func stock(of id: Int) throws -> Int {
    try query("SELECT stock FROM items WHERE id = $1", .int(id)).onlyRows[0].int("stock")
  }
}

struct Mismatch: Error, CustomStringConvertible {
  let description: String
}

extension EffectOutcome {
  /// The rows of a request with one statement.
  var onlyRows: Rows {
    get throws {
      guard case .rows(let sets) = self, sets.count == 1 else { throw Mismatch(description: "no single row set: \(self)") }
      return sets[0]
    }
  }

  var allRows: [Rows] {
    get throws {
      guard case .rows(let sets) = self else { throw Mismatch(description: "no rows: \(self)") }
      return sets
    }
  }

  var failureReason: EffectFailure.Reason? {
    if case .failed(let failure) = self { failure.reason } else { nil }
  }

  var failureDetail: String {
    if case .failed(let failure) = self { failure.detail } else { "" }
  }
}
