import Testing
import ZerverCore
import ZerverServer

@testable import ZerverDatabase

/// The pool's decisions, event by event, without a server and without a clock.
@Suite("the connection pool")
struct PoolMachineTests {
  // MARK: Starting

  @Test("it asks for every connection at its start, and sends nothing before the session is set up")
  func starts() {
    var pool = Pool(connections: 2)
    #expect(pool.takeActions() == [.connect(0), .connect(1)])
    pool.submit(Self.read)
    #expect(pool.turn() == [])
    pool.machine.connected(0, now: pool.now)
    #expect(pool.takeActions() == [.send(.settings, on: 0), .send(.sync, on: 0)])
    #expect(pool.turn() == [])
    pool.answer(Self.oneRow, .synced)
    #expect(pool.takeActions() == [.report(.connected(0))])
    #expect(pool.turn().contains(.send(Self.statement(0), on: 0)))
  }

  @Test("an attempt to connect has an end, and the next one a growing pause with jitter")
  func connectTimeout() {
    var pool = Pool(connections: 1)
    _ = pool.takeActions()
    var pauses: [Duration] = []
    for attempt in 1...8 {
      pool.advance(by: .seconds(5))
      var actions = pool.takeActions()
      #expect(actions.removeFirst() == .close(0))
      guard case .report(.connectFailed(0, _, attempt, let pause))? = actions.first else {
        Issue.record("attempt \(attempt): \(actions)")
        return
      }
      pauses.append(pause)
      pool.advance(by: pause)
      #expect(pool.takeActions() == [.connect(0)])
    }
    for (index, pause) in pauses.enumerated() { #expect(pause <= min(.seconds(5), .milliseconds(50) * (1 << index))) }
    #expect(Set(pauses).count == pauses.count, "jitter makes every pause another one: \(pauses)")
  }

  @Test("the same seed makes the same pauses")
  func seeded() {
    func pauses(_ seed: UInt64) -> [Duration] {
      var backoff = Backoff(first: .milliseconds(50), max: .seconds(5), seed: seed)
      return (1...10).map { backoff.delay(afterFailures: $0) }
    }
    #expect(pauses(3) == pauses(3))
    #expect(pauses(3) != pauses(4))
  }

  @Test("when no connection can be had, what waits is refused, and what comes is refused at once")
  func down() {
    var pool = Pool(connections: 2)
    let waiting = pool.submit(Self.read)
    _ = pool.takeActions()
    pool.machine.connectFailed(0, message: "refused", now: pool.now)
    #expect(pool.takeCompletions().isEmpty, "the other connection may still come")
    pool.machine.connectFailed(1, message: "refused", now: pool.now)
    #expect(pool.takeReasons() == [waiting: .unavailable])
    let late = pool.submit(Self.write)
    #expect(pool.takeReasons() == [late: .unavailable])
  }

  // MARK: Reads

  @Test("reads of one turn share a sync, and a statement is prepared once for each connection")
  func sharedSync() {
    var pool = Pool.ready(connections: 1)
    for _ in 0..<3 { pool.submit(Self.read) }
    #expect(
      pool.turn() == [
        .send(.prepare(statement: 0, generation: 0), on: 0), .send(.sync, on: 0),
        .send(Self.statement(0), on: 0), .send(Self.statement(1), on: 0), .send(Self.statement(2), on: 0),
        .send(.sync, on: 0),
      ])
    pool.answer(Self.done, .synced, Self.oneRow, Self.oneRow, Self.oneRow, .synced)
    #expect(pool.takeCompletions().count == 3)
    pool.submit(Self.read)
    #expect(pool.turn().count == 2)
  }

  @Test("a read that fails is answered; those behind it are sent again, and nobody twice")
  func failingNeighbour() {
    var pool = Pool.ready(connections: 1)
    let first = pool.submit(Self.read)
    let bad = pool.submit(Self.read)
    let behind = [pool.submit(Self.read), pool.submit(Self.read)]
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.oneRow, .failed(Self.dataError), .aborted, .aborted, .synced)
    #expect(pool.takeReasons() == [first: nil, bad: .refused])
    let again = pool.turn()
    #expect(again.count == 3, "two statements and their sync: \(again)")
    pool.answer(Self.oneRow, Self.oneRow, .synced)
    #expect(pool.takeReasons() == [behind[0]: nil, behind[1]: nil])
  }

  @Test("a statement that cannot be prepared fails its operations with the reason of the prepare")
  func failedPrepare() {
    var pool = Pool.ready(connections: 1)
    let operations = [pool.submit(Self.read), pool.submit(Self.read)]
    _ = pool.turn()
    let unknown = ServerError(sqlState: "26000", message: "no such statement")
    pool.answer(.failed(Self.syntaxError), .synced, .failed(unknown), .aborted, .synced)
    #expect(pool.takeReasons() == [operations[0]: .refused])
    // The other one tries to prepare for itself, since tables may have come meanwhile.
    #expect(pool.turn().first == .send(.prepare(statement: 0, generation: 0), on: 0))
    pool.answer(.failed(Self.syntaxError), .synced, .failed(unknown), .synced)
    let completions = pool.takeCompletions()
    #expect(completions[operations[1]]?.failureDetail.contains("42601") == true)
  }

  @Test("a plan that has gone stale is prepared under another name")
  func stalePlan() {
    var pool = Pool.ready(connections: 1)
    let operation = pool.submit(Self.read)
    _ = pool.turn()
    pool.answer(
      Self.done, .synced, .failed(ServerError(sqlState: "0A000", message: "cached plan must not change result type")), .synced)
    #expect(pool.turn().first == .send(.prepare(statement: 0, generation: 1), on: 0))
    pool.answer(Self.done, .synced, Self.oneRow, .synced)
    #expect(pool.takeReasons() == [operation: nil])
  }

  @Test("reads that were sent are sent again on another connection, but not for ever")
  func lostReads() {
    var pool = Pool.ready(connections: 1)
    let operation = pool.submit(Self.read)
    for _ in 0..<PoolMachine.retriesMax {
      _ = pool.turn()
      pool.lose()
      #expect(pool.takeCompletions().isEmpty)
      pool.reconnect()
    }
    _ = pool.turn()
    pool.lose()
    #expect(pool.takeReasons() == [operation: .unavailable])
  }

  @Test("reads that had been answered are not sent again when their connection breaks before the sync")
  func answeredReads() {
    var pool = Pool.ready(connections: 1)
    let first = pool.submit(Self.read)
    let second = pool.submit(Self.read)
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.oneRow)
    #expect(pool.takeReasons() == [first: nil])
    pool.lose()
    pool.reconnect()
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.oneRow, .synced)
    #expect(pool.takeReasons() == [second: nil])
  }

  // MARK: Writes

  @Test("a write has a segment of its own and is answered by its sync, not by its result")
  func writeSync() {
    var pool = Pool.ready(connections: 1)
    let read = pool.submit(Self.read)
    let write = pool.submit(Self.write)
    #expect(
      pool.turn() == [
        .send(.prepare(statement: 0, generation: 0), on: 0), .send(.sync, on: 0), .send(Self.statement(0), on: 0),
        .send(.sync, on: 0),
        .send(.prepare(statement: 1, generation: 0), on: 0), .send(.sync, on: 0),
        .send(.statement(OperationKey(index: 1), number: 0, prepared: 1, generation: 0), on: 0), .send(.sync, on: 0),
      ])
    pool.answer(Self.done, .synced, Self.oneRow, .synced, Self.done, .synced, Self.oneRow)
    #expect(pool.takeReasons() == [read: nil])
    pool.answer(.synced)
    #expect(pool.takeReasons() == [write: nil])
  }

  @Test("an error that comes with the sync takes the success back")
  func errorAtSync() {
    var pool = Pool.ready(connections: 1)
    let write = pool.submit(Self.write)
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.oneRow, .failed(ServerError(sqlState: "23503", message: "foreign key")), .synced)
    #expect(pool.takeReasons() == [write: .constraintViolated])
  }

  @Test("a write on a connection that breaks has an unknown outcome; one that never left is sent later")
  func lostWrites() {
    var pool = Pool.ready(connections: 1)
    let sent = pool.submit(Self.write)
    _ = pool.turn()
    let unsent = pool.submit(Self.write)
    pool.machine.turnEnded(now: pool.now)
    // The adapter fails at the first command of the second write.
    _ = pool.machine.nextAction()
    pool.lose(atCommand: true)
    #expect(pool.takeReasons() == [sent: .outcomeUnknown])
    pool.reconnect()
    #expect(pool.turn().count == 4)
    pool.answer(Self.done, .synced, Self.oneRow, .synced)
    #expect(pool.takeReasons() == [unsent: nil])
  }

  @Test("a server that shuts down is left at once")
  func shutdown() {
    var pool = Pool.ready(connections: 1)
    let read = pool.submit(Self.read)
    let write = pool.submit(Self.write)
    _ = pool.turn()
    pool.answer(Self.done, .synced, .failed(ServerError(sqlState: "57P01", message: "terminating connection")))
    let actions = pool.takeActions()
    #expect(actions.contains(.close(0)))
    #expect(actions.contains { if case .complete(write, .failed(let failure)) = $0 { failure.reason == .outcomeUnknown } else { false } })
    pool.reconnect()
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.oneRow, .synced)
    #expect(pool.takeReasons() == [read: nil])
  }

  @Test("a write that the server rolled back in a conflict is sent again, but not for ever")
  func conflict() {
    var pool = Pool.ready(connections: 1)
    let write = pool.submit(Self.write)
    _ = pool.turn()
    pool.answer(Self.done, .synced)
    let deadlock = StatementResult.failed(ServerError(sqlState: "40P01", message: "deadlock detected"))
    for _ in 0..<PoolMachine.retriesMax {
      pool.answer(deadlock, .synced)
      #expect(pool.takeCompletions().isEmpty)
      #expect(pool.turn().count == 2)
    }
    pool.answer(deadlock, .synced)
    #expect(pool.takeReasons() == [write: .unavailable])
  }

  // MARK: Guarded transactions

  @Test("a guarded transaction keeps its connection to itself until it is decided")
  func reserved() {
    var pool = Pool.ready(connections: 1)
    let guarded = pool.submit(Self.guarded)
    #expect(
      pool.turn() == [
        .send(.prepare(statement: 0, generation: 0), on: 0), .send(.sync, on: 0),
        .send(.begin, on: 0), .send(Self.statement(0), on: 0), .send(.sync, on: 0),
      ])
    pool.submit(Self.read)
    #expect(pool.turn() == [])
    pool.answer(Self.done, .synced, Self.done, Self.oneRow)
    #expect(pool.takeActions() == [])
    pool.answer(.synced)
    #expect(pool.takeActions() == [.send(.commit, on: 0), .send(.sync, on: 0)])
    #expect(pool.turn().count == 4, "the read goes behind the commit")
    pool.answer(Self.done)
    #expect(pool.takeCompletions().isEmpty)
    pool.answer(.synced)
    #expect(pool.takeReasons() == [guarded: nil])
  }

  @Test("an unmet condition and a refused statement roll back")
  func rollback() {
    let cases: [(StatementResult, EffectFailure.Reason)] = [
      (Self.done, .conditionNotMet(statement: 0)),
      (.failed(ServerError(sqlState: "23505", message: "duplicate")), .constraintViolated),
    ]
    for (result, reason) in cases {
      var pool = Pool.ready(connections: 1)
      let guarded = pool.submit(Self.guarded)
      _ = pool.turn()
      pool.answer(Self.done, .synced, Self.done, result, .synced)
      #expect(pool.takeActions() == [.send(.rollback, on: 0), .send(.sync, on: 0)])
      pool.answer(Self.done, .synced)
      #expect(pool.takeReasons() == [guarded: reason])
    }
  }

  @Test("a transaction whose connection breaks before the commit starts again; after it, nobody knows")
  func lostTransaction() {
    var pool = Pool.ready(connections: 1)
    let guarded = pool.submit(Self.guarded)
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.done)
    pool.lose()
    #expect(pool.takeCompletions().isEmpty)
    pool.reconnect()
    _ = pool.turn()
    pool.answer(Self.done, .synced, Self.done, Self.oneRow, .synced)
    #expect(pool.takeActions() == [.send(.commit, on: 0), .send(.sync, on: 0)])
    pool.lose()
    #expect(pool.takeReasons() == [guarded: .outcomeUnknown])
  }

  // MARK: Deadlines and cancellation

  @Test("a deadline is answered with what can be said at that moment")
  func deadlines() {
    let cases: [(DatabaseRequest, sent: Bool, EffectFailure.Reason)] = [
      (Self.read, false, .timedOut), (Self.write, false, .timedOut), (Self.guarded, false, .timedOut),
      (Self.read, true, .timedOut), (Self.guarded, true, .timedOut), (Self.write, true, .outcomeUnknown),
    ]
    for (request, sent, reason) in cases {
      var pool = Pool.ready(connections: 1)
      let operation = pool.submit(request, within: .seconds(1))
      if sent { _ = pool.turn() }
      pool.advance(by: .milliseconds(999))
      #expect(pool.takeCompletions().isEmpty)
      pool.advance(by: .milliseconds(1))
      #expect(pool.takeReasons() == [operation: reason])
      if !sent { #expect(pool.turn() == []) }
    }
  }

  @Test("what was cancelled is not sent, not answered, and an open transaction of it is rolled back")
  func cancelled() {
    for request in [Self.read, Self.write, Self.guarded] {
      var pool = Pool.ready(connections: 1)
      let queued = pool.submit(request)
      pool.machine.cancelled(queued)
      #expect(pool.turn() == [])
    }
    var pool = Pool.ready(connections: 1)
    pool.machine.cancelled(pool.submit(Self.read))
    let sent = pool.submit(Self.guarded)
    _ = pool.turn()
    pool.machine.cancelled(sent)
    pool.answer(Self.done, .synced, Self.done, Self.oneRow, .synced)
    #expect(pool.takeActions() == [.send(.rollback, on: 0), .send(.sync, on: 0)])
    pool.answer(Self.done, .synced)
    #expect(pool.takeActions() == [])
  }

  // MARK: Limits

  @Test("each connection carries its share and no more; the rest waits, and then is refused")
  func limits() {
    var pool = Pool.ready(connections: 2) {
      $0.inFlightPerConnectionMax = 3
      $0.queuedMax = 10
    }
    for _ in 0..<10 { pool.submit(Self.write) }
    let refused = pool.submit(Self.write)
    #expect(pool.takeReasons() == [refused: .unavailable])
    _ = pool.turn()
    #expect(pool.machine.connections.map(\.inFlight) == [3, 3])
    pool.answer(Self.done, .synced, Self.oneRow, .synced)
    #expect(pool.takeCompletions().count == 1)
    #expect(pool.turn().count == 2)
    #expect(pool.machine.connections.map(\.inFlight) == [3, 3])
  }

  @Test("answers that fit nothing close the connection")
  func brokenProtocol() {
    var pool = Pool.ready(connections: 1)
    pool.answer(Self.oneRow)
    #expect(pool.takeActions().contains(.close(0)))
    var other = Pool.ready(connections: 1)
    other.submit(Self.read)
    _ = other.turn()
    other.answer(.synced)
    #expect(other.takeActions().contains(.close(0)))
  }

  @Test("the detail of a failure does not quote what was sent", arguments: [
    ("22P02", "invalid input syntax for type integer: \"4711-secret\"", "SQLSTATE 22P02: invalid input syntax for type integer: \"<redacted>\""),
    ("22003", "value \"99\" or \"98\" is out of range for type integer", "SQLSTATE 22003: value \"<redacted>\" is out of range for type integer"),
    ("P0001", "no account \"4711\"", "SQLSTATE P0001: no account \"<redacted>\""),
    ("22012", "division by zero", "SQLSTATE 22012: division by zero"),
    ("42P01", "relation \"carts\" does not exist", "SQLSTATE 42P01: relation \"carts\" does not exist"),
  ])
  func redacted(state: String, message: String, detail: String) {
    #expect(ServerError(sqlState: state, message: message).failure.detail == detail)
  }

  // MARK: Values

  static let read = DatabaseRequest.query(Statement("SELECT 1", [1]))
  static let write = DatabaseRequest.execute(Statement("UPDATE one SET two = 3"))
  static let guarded = DatabaseRequest.transaction([Statement("UPDATE one SET two = 4", requiredRows: 1)])
  static let oneRow = StatementResult.rows(Rows(columns: ["n"], values: [1]))
  static let done = StatementResult.rows(Rows(columns: [], values: []))
  static let dataError = ServerError(sqlState: "22012", message: "division by zero")
  static let syntaxError = ServerError(sqlState: "42601", message: "syntax error")

  static func statement(_ operation: Int) -> PoolMachine.Command {
    .statement(OperationKey(index: operation), number: 0, prepared: 0, generation: 0)
  }
}

/// A machine with a clock of its own and a hand on its events.
private struct Pool {
  var machine: PoolMachine
  var now = Instant(nanoseconds: 1_000_000_000)
  private var count: UInt64 = 0

  init(connections: Int, limits change: (inout DatabaseLimits) -> Void = { _ in }) {
    var limits = DatabaseLimits()
    limits.connectionsPerWorker = connections
    change(&limits)
    machine = PoolMachine(limits: limits, seed: 42)
    machine.started(now: now)
  }

  static func ready(connections: Int, limits: (inout DatabaseLimits) -> Void = { _ in }) -> Pool {
    var pool = Pool(connections: connections, limits: limits)
    for index in 0..<connections {
      pool.machine.connected(index, now: pool.now)
      pool.answer(PoolMachineTests.oneRow, .synced, on: index)
    }
    _ = pool.takeActions()
    return pool
  }

  @discardableResult
  mutating func submit(_ request: DatabaseRequest, within time: Duration = .seconds(60)) -> OperationID {
    count += 1
    let operation = OperationID(slot: 1, version: count, token: 0)
    machine.submitted(request, as: operation, deadline: now + time, now: now)
    return operation
  }

  mutating func answer(_ results: StatementResult..., on index: Int = 0) {
    for result in results { machine.resultArrived(result, on: index, now: now) }
  }

  mutating func advance(by duration: Duration) {
    now = now + duration
    machine.timePassed(now: now)
  }

  mutating func lose(atCommand: Bool = false) {
    machine.connectionLost(0, message: "gone", atCommand: atCommand, now: now)
  }

  mutating func reconnect() {
    _ = takeActions()
    advance(by: .milliseconds(50))
    machine.connected(0, now: now)
    answer(PoolMachineTests.oneRow, .synced)
    _ = takeActions()
  }

  mutating func turn() -> [PoolMachine.Action] {
    machine.turnEnded(now: now)
    return takeActions()
  }

  mutating func takeActions() -> [PoolMachine.Action] {
    var actions: [PoolMachine.Action] = []
    while let action = machine.nextAction() { actions.append(action) }
    return actions
  }

  mutating func takeCompletions() -> [OperationID: EffectOutcome] {
    var completions: [OperationID: EffectOutcome] = [:]
    for case .complete(let operation, let outcome) in takeActions() {
      #expect(completions.updateValue(outcome, forKey: operation) == nil, "an operation was answered twice")
    }
    return completions
  }

  mutating func takeReasons() -> [OperationID: EffectFailure.Reason?] { takeCompletions().mapValues(\.failureReason) }
}
