import Logging
import Synchronization
import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@testable import ZerverDatabase

/// A PostgreSQL server that is killed, restarted, or was never there.
@Suite("PostgreSQL that fails")
struct PostgresFailureTests {
  @Test("after kill -9 under load no acknowledged write is missing, and the pool recovers by itself")
  func killUnderLoad() throws {
    let cluster = try PostgresCluster()
    var limits = DatabaseLimits()
    limits.jitterSeed = 7
    let database = try Database.postgres(url: cluster.url, limits: limits)
    try DatabaseAdmin.run(
      script: "CREATE TABLE orders (id BIGINT PRIMARY KEY); CREATE TABLE stock (n BIGINT); INSERT INTO stock VALUES (0)",
      on: database)
    let worker = TestWorker()
    let capability = worker.start(database.capability(logger: Bench.logger)())
    var load = Load(worker: worker, capability: capability)

    try load.run(until: "200 orders are acknowledged") { $0.acknowledged.count >= 200 }
    load.submitRound()
    worker.turn()
    cluster.kill()
    load.submitRound()
    try load.drain()
    #expect(load.reads.allSatisfy { $0 == nil || $0 == .unavailable })

    // Down: at once, and not after a deadline.
    for _ in 0..<3 {
      let outcome = try worker.perform(.database(.query(Statement("SELECT 1 AS one"))), with: capability)
      #expect(outcome.failureReason == .unavailable)
    }

    try cluster.start()
    let before = load.acknowledged.count
    try load.run(until: "100 more orders are acknowledged") { $0.acknowledged.count >= before + 100 }
    try load.drain()
    let stored = Set(try DatabaseAdmin.query("SELECT id FROM orders", on: database).map { row in try row.int("id") })
    #expect(load.acknowledged.subtracting(stored).isEmpty, "acknowledged orders are missing")
    #expect(load.denied.intersection(stored).isEmpty, "orders that were denied are stored")
    #expect(stored.subtracting(load.acknowledged).isSubset(of: load.unknown))
    #expect(worker.answeredTwice.isEmpty)
  }

  @Test("what waits for a lock on a connection that breaks: a read and an open transaction start again, a write is unknown")
  func terminated() throws {
    let bench = try Bench(.postgres) { $0.connectionsPerWorker = 3 }
    let pool = try #require(bench.capability as? PostgresCapability)
    try bench.worker.run(until: "all connections are ready") { pool.connectionsReady == 3 }
    let holder = try lock(bench)
    let read = bench.submit(.query(Statement("SELECT stock FROM items WHERE id = 1 FOR UPDATE")))
    let write = bench.submit(.execute(Statement("UPDATE items SET stock = stock + 100 WHERE id = 1")))
    let guarded = bench.submit(
      .transaction([Statement("UPDATE items SET stock = stock + 1 WHERE id = 1", requiredRows: 1)]))
    try waitForBlocked(3, bench)
    try terminateBlocked(bench)
    #expect(try bench.worker.outcome(of: write).failureReason == .outcomeUnknown)
    // The first connection that is back may take both, one behind the other.
    try waitForBlocked(1...2, bench)
    try holder.commit()
    #expect(try bench.worker.outcome(of: guarded).allRows[0].affected == 1)
    #expect(try bench.worker.outcome(of: read).onlyRows.count == 1)
    #expect(try bench.stock(of: 1) == 11)
    #expect(bench.worker.answeredTwice.isEmpty)
  }

  @Test("a read is not sent for ever")
  func terminatedAgain() throws {
    let bench = try Bench(.postgres) { $0.connectionsPerWorker = 1 }
    let holder = try lock(bench)
    let read = bench.submit(.query(Statement("SELECT stock FROM items WHERE id = 1 FOR UPDATE")))
    for _ in 0...PoolMachine.retriesMax {
      try waitForBlocked(1, bench)
      try terminateBlocked(bench)
      try bench.worker.run(until: "the connection is gone") {
        (try? self.blocked(bench)) == 0
      }
    }
    #expect(try bench.worker.outcome(of: read).failureReason == .unavailable)
    try holder.commit()
    #expect(try bench.stock(of: 1) == 10)
  }

  @Test("the deadline of a write that was sent leaves its outcome unknown; an open transaction is rolled back")
  func deadlineOfWrites() throws {
    let bench = try Bench(.postgres) { $0.connectionsPerWorker = 2 }
    let pool = try #require(bench.capability as? PostgresCapability)
    try bench.worker.run(until: "all connections are ready") { pool.connectionsReady == 2 }
    let holder = try lock(bench)
    let write = bench.submit(.execute(Statement("UPDATE items SET stock = stock + 100 WHERE id = 1")), within: .seconds(5))
    let guarded = bench.submit(
      .transaction([Statement("UPDATE items SET stock = stock + 1 WHERE id = 1", requiredRows: 1)]), within: .seconds(5))
    try waitForBlocked(2, bench)
    bench.worker.advance(by: .seconds(6))
    #expect(try bench.worker.outcome(of: write).failureReason == .outcomeUnknown)
    #expect(try bench.worker.outcome(of: guarded).failureReason == .timedOut)
    try holder.commit()
    try bench.worker.run(until: "nothing is blocked") { (try? self.blocked(bench)) == 0 }
    #expect(try bench.stock(of: 1) == 110)
    #expect(bench.worker.answeredTwice.isEmpty)
  }

  @Test("a cancelled transaction that waits for a lock is rolled back, and its connection goes on")
  func cancelledTransaction() throws {
    let bench = try Bench(.postgres) { $0.connectionsPerWorker = 1 }
    let holder = try lock(bench)
    let guarded = bench.submit(.transaction([Statement("UPDATE items SET stock = 77 WHERE id = 1", requiredRows: 1)]))
    try waitForBlocked(1, bench)
    bench.capability.cancel(guarded)
    try holder.commit()
    #expect(try bench.stock(of: 1) == 10)
    #expect(bench.worker.outcomes[guarded] == nil)
  }

  @Test("a transaction that lost a race starts again")
  func conflict() throws {
    let bench = try Bench(
      .postgres,
      schema: """
        CREATE TABLE items (id BIGINT PRIMARY KEY, stock BIGINT);
        INSERT INTO items VALUES (1, 10);
        CREATE SEQUENCE tries;
        CREATE FUNCTION lose(times BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('tries') <= times THEN RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure'; END IF;
          RETURN 1;
        END $$;
        """)
    let requests: [DatabaseRequest] = [
      .execute(Statement("UPDATE items SET stock = stock + lose($1)", [1])),
      .transaction([Statement("UPDATE items SET stock = stock + lose($1)", [1], requiredRows: 1)]),
      .transaction([Statement("UPDATE items SET stock = stock + 1"), Statement("SELECT lose($1)", [1])]),
      .query(Statement("SELECT lose($1)", [1])),
    ]
    for request in requests {
      try DatabaseAdmin.query("SELECT setval('tries', 1, false)", on: bench.database)
      #expect(try bench.worker.outcome(of: bench.submit(request)).failureReason == nil)
    }
    #expect(try bench.stock(of: 1) == 13)
    try DatabaseAdmin.query("SELECT setval('tries', 1, false)", on: bench.database)
    let hopeless = bench.submit(.execute(Statement("UPDATE items SET stock = stock + lose($1)", [100])))
    #expect(try bench.worker.outcome(of: hopeless).failureReason == .unavailable)
    #expect(try bench.stock(of: 1) == 13)
  }

  @Test("the server ends a statement that runs too long")
  func statementTimeout() throws {
    let bench = try Bench(.postgres) { $0.statementTimeout = .milliseconds(20) }
    let holder = try lock(bench)
    let write = bench.submit(.execute(Statement("UPDATE items SET stock = 0 WHERE id = 1")))
    #expect(try bench.worker.outcome(of: write).failureReason == .timedOut)
    try holder.commit()
    #expect(try bench.stock(of: 1) == 10)
  }

  @Test("a wrong password and a closed port are named, and the password is not")
  func cannotConnect() throws {
    let cluster = try SharedCluster.get()
    let cases = [
      (cluster.url(password: "open-sesame"), "password authentication failed"),
      ("postgresql://postgres:open-sesame@127.0.0.1:1/postgres", "Connection refused"),
      ("\(cluster.url)?dbname=nowhere", "database \"nowhere\" does not exist"),
    ]
    for (url, message) in cases {
      let database = try Database.postgres(url: url)
      let worker = TestWorker()
      let capability = worker.start(database.capability(logger: Bench.logger)())
      let outcome = try worker.perform(.database(.query(Statement("SELECT 1"))), with: capability)
      #expect(outcome.failureReason == .unavailable)
      #expect(outcome.failureDetail.contains(message), "\(outcome.failureDetail)")
      #expect(!outcome.failureDetail.contains("open-sesame"))
      let admin = #expect(throws: DatabaseAdminError.self) { try DatabaseAdmin.query("SELECT 1", on: database) }
      #expect(admin?.description.contains(message) == true)
    }
  }

  @Test("a server that starts after the worker is found")
  func lateServer() throws {
    let cluster = try PostgresCluster()
    cluster.kill()
    let worker = TestWorker()
    let capability = worker.start(try Database.postgres(url: cluster.url).capability(logger: Bench.logger)())
    let early = try worker.perform(.database(.query(Statement("SELECT 1 AS one"))), with: capability)
    #expect(early.failureReason == .unavailable)
    try cluster.start()
    try worker.run(until: "a query works") {
      worker.advance(by: .milliseconds(500))
      return (try? worker.perform(.database(.query(Statement("SELECT 1 AS one"))), with: capability))?.failureReason == nil
    }
  }

  @Test("the server's notices go to the log")
  func notices() throws {
    let messages = RecordedMessages()
    let logger = Logger(label: "test") { _ in messages }
    let worker = TestWorker()
    let capability = worker.start(try Database.postgres(url: SharedCluster.get().url).capability(logger: logger)())
    let notice = Statement("DO $$ BEGIN RAISE NOTICE 'look here'; END $$")
    #expect(try worker.perform(.database(.execute(notice)), with: capability).failureReason == nil)
    #expect(messages.all.contains { $0.contains("look here") })
  }

  // MARK: Help

  /// A session that holds the lock of item 1 until it commits.
  private func lock(_ bench: Bench) throws -> PostgresAdminSession {
    guard case .postgres(let url) = bench.database.kind else { throw Mismatch(description: "only PostgreSQL has row locks") }
    let holder = try PostgresAdminSession(url: url, limits: DatabaseLimits())
    try holder.begin()
    _ = try holder.run("SELECT id FROM items WHERE id = 1 FOR UPDATE", [])
    return holder
  }

  private static let blockedBackends = """
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND application_name = 'zerver' AND query LIKE '%items%' AND pid = ANY (
      SELECT a.pid FROM pg_stat_activity a, LATERAL unnest(pg_blocking_pids(a.pid)) b(pid)
    ) AND EXISTS (
      SELECT 1 FROM pg_locks r JOIN pg_class c ON c.oid = r.relation JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE r.pid = pg_locks.pid AND n.nspname = current_schema()
    )
    """

  private func blocked(_ bench: Bench) throws -> Int {
    try DatabaseAdmin.query("SELECT count(DISTINCT pid) AS n \(Self.blockedBackends)", on: bench.database)[0].int("n")
  }

  private func waitForBlocked(_ count: Int, _ bench: Bench) throws { try waitForBlocked(count...count, bench) }

  private func waitForBlocked(_ counts: ClosedRange<Int>, _ bench: Bench) throws {
    try bench.worker.run(until: "\(counts) backends wait for a lock") {
      (try? self.blocked(bench)).map(counts.contains) == true
    }
  }

  private func terminateBlocked(_ bench: Bench) throws {
    try DatabaseAdmin.query("SELECT pg_terminate_backend(pid) \(Self.blockedBackends)", on: bench.database)
  }
}

/// Orders, counters and reads in a mix, with a record of what was promised.
private struct Load {
  let worker: TestWorker
  let capability: any Capability
  var acknowledged: Set<Int> = []
  var unknown: Set<Int> = []
  /// The pool said that nothing was stored.
  var denied: Set<Int> = []
  var reads: [EffectFailure.Reason?] = []
  private var nextOrder = 0
  private var writesOut: [(OperationID, order: Int)] = []
  private var readsOut: [OperationID] = []

  init(worker: TestWorker, capability: any Capability) {
    self.worker = worker
    self.capability = capability
  }

  mutating func submitRound() {
    for _ in 0..<10 {
      nextOrder += 1
      let insert: StaticString = "INSERT INTO orders VALUES ($1)"
      let request: DatabaseRequest =
        switch nextOrder % 3 {
        case 0: .execute(Statement(insert, [.int(nextOrder)]))
        case 1: .transaction([Statement(insert, [.int(nextOrder)]), Statement("SELECT n FROM stock")])
        default: .transaction([Statement(insert, [.int(nextOrder)], requiredRows: 1)])
        }
      writesOut.append((worker.submit(.database(request), to: capability), nextOrder))
      readsOut.append(worker.submit(.database(.query(Statement("SELECT n FROM stock"))), to: capability))
    }
  }

  mutating func run(until what: String, _ condition: (Load) -> Bool) throws {
    var rounds = 0
    while !condition(self) {
      rounds += 1
      guard rounds < 20_000 else { throw Mismatch(description: "not within \(rounds) rounds: \(what)") }
      if writesOut.count < 40 { submitRound() }
      worker.turn(waiting: .milliseconds(20))
      collect()
    }
  }

  /// Until everything is answered.
  mutating func drain() throws {
    var rounds = 0
    while !writesOut.isEmpty || !readsOut.isEmpty {
      rounds += 1
      guard rounds < 2_000 else { throw Mismatch(description: "\(writesOut.count) writes are never answered") }
      worker.turn(waiting: .milliseconds(20))
      collect()
    }
  }

  private mutating func collect() {
    for (operation, order) in writesOut {
      guard let outcome = worker.outcomes[operation] else { continue }
      switch outcome.failureReason {
      case nil: acknowledged.insert(order)
      case .outcomeUnknown: unknown.insert(order)
      case .unavailable, .timedOut: denied.insert(order)
      case let reason: Issue.record("an order was answered with \(String(describing: reason)): \(outcome.failureDetail)")
      }
    }
    writesOut.removeAll { worker.outcomes[$0.0] != nil }
    for operation in readsOut where worker.outcomes[operation] != nil {
      reads.append(worker.outcomes[operation]?.failureReason)
    }
    readsOut.removeAll { worker.outcomes[$0] != nil }
  }
}

/// A log that a test can read.
private final class RecordedMessages: LogHandler, Sendable {
  private let messages = Mutex<[String]>([])
  var all: [String] { messages.withLock { $0 } }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(
    level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String,
    line: UInt
  ) {
    messages.withLock { $0.append(message.description) }
  }
}
