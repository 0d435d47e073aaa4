import ZerverCore
import ZerverServer

/// Decides which operation goes to which connection, what is answered, and what happens when a connection is lost. Pure:
/// it reads no clock, draws its jitter from a seed and performs no I/O. One per worker.
///
/// Rules that it keeps:
/// - Reads of one turn share a sync. One that fails is answered, and those behind it are sent again.
/// - Every write has a segment of its own and is answered by its sync: an error after a statement's success, but before
///   the sync, would roll it back.
/// - A write that may have reached the server is never sent again, unless the server said that it was rolled back.
struct PoolMachine {
  enum Action: Equatable {
    case connect(Int)
    case close(Int)
    case send(Command, on: Int)
    case complete(OperationID, EffectOutcome)
    case report(Report)
  }

  /// Every command but `sync` brings one result.
  enum Command: Equatable {
    case settings
    case prepare(statement: Int, generation: Int)
    case statement(OperationKey, number: Int, prepared: Int, generation: Int)
    case begin
    case commit
    case rollback
    case sync
  }

  /// For the log.
  enum Report: Equatable {
    case connected(Int)
    case lost(Int, message: String)
    case connectFailed(Int, message: String, failures: Int, retryIn: Duration)
  }

  /// A read or a rolled-back write is sent again at most so often.
  static let retriesMax = 2

  private let limits: DatabaseLimits
  private var backoff: Backoff
  private(set) var now: Instant
  private(set) var statements = StatementTable()
  private(set) var connections: [ConnectionState]
  private var operations: [PoolOperation?] = []
  private var freeKeys: [OperationKey] = []
  private var queue = FIFO<OperationKey>()
  private var actions = FIFO<Action>()
  private var earliestDeadline: Instant?
  /// Why the last attempt to connect failed.
  private var connectMessage = ""
  /// The connection that this turn's reads go to until it has its share of them.
  private var preferred = 0

  init(limits: DatabaseLimits, seed: UInt64) {
    precondition(limits.connectionsPerWorker > 0 && limits.inFlightPerConnectionMax > 0, "a pool can carry something")
    self.limits = limits
    now = Instant(nanoseconds: 0)
    backoff = Backoff(first: limits.reconnectBackoffFirst, max: limits.reconnectBackoffMax, seed: seed)
    connections = Array(repeating: ConnectionState(phase: .waiting(until: now)), count: limits.connectionsPerWorker)
  }

  /// The oldest action that has not been carried out.
  mutating func nextAction() -> Action? { actions.popFirst() }

  /// When `timePassed` has something to do.
  var nextTimer: Instant? {
    var next = earliestDeadline
    for connection in connections {
      switch connection.phase {
      case .waiting(let until), .connecting(let until), .configuring(let until): next = min(next ?? until, until)
      case .ready, .reserved: break
      }
    }
    return next
  }

  /// Reads and writes in place: a copy of a whole operation costs as much as everything else that is done for it.
  private subscript(key: OperationKey) -> PoolOperation {
    _read {
      precondition(operations[key.index] != nil, "a key names an operation until it is freed")
      yield operations[key.index].unsafelyUnwrapped
    }
    _modify {
      precondition(operations[key.index] != nil, "a key names an operation until it is freed")
      yield &operations[key.index]!
    }
  }

  func parameters(of key: OperationKey, statement number: Int) -> [DatabaseValue] {
    self[key].statement(number).parameters
  }

  /// Why `query` may not run this text; `nil` when it reads only.
  mutating func refusalAsQuery(of sql: StaticString) -> String? {
    let index = statements.index(of: sql)
    return statements.entries[index].refusalAsQuery
  }

  // MARK: Events of the worker

  mutating func started(now: Instant) {
    self.now = now
    for index in connections.indices { connect(index) }
  }

  mutating func submitted(_ request: DatabaseRequest, as id: OperationID, deadline: Instant, now: Instant) {
    self.now = now
    let operation = PoolOperation(id: id, request: request, deadline: deadline)
    if let refusal = refusal(of: operation) {
      actions.append(.complete(id, .failed(refusal)))
      return
    }
    if operation.statementCount == 0 {
      actions.append(.complete(id, .rows([])))
      return
    }
    queue.append(store(operation))
    if earliestDeadline == nil || deadline < earliestDeadline! { earliestDeadline = deadline }
  }

  /// The steps of a turn have run: everything that can be sent goes out, and the reads get their sync.
  mutating func turnEnded(now: Instant) {
    self.now = now
    while let key = queue.first {
      guard let index = connectionWithRoom(for: self[key].kind) else { break }
      queue.popFirst()
      send(key, on: index)
    }
    for index in connections.indices { closeReads(on: index) }
  }

  /// The requester is gone. What the server has begun, it finishes; an open transaction is rolled back.
  mutating func cancelled(_ id: OperationID) {
    for index in operations.indices {
      guard let operation = operations[index], operation.id == id, !operation.isAnswered else { continue }
      withdraw(OperationKey(index: index))
      return
    }
  }

  mutating func timePassed(now: Instant) {
    self.now = now
    for index in connections.indices {
      switch connections[index].phase {
      case .waiting(let until) where until <= now: connect(index)
      case .connecting(let until) where until <= now, .configuring(let until) where until <= now:
        actions.append(.close(index))
        connectFailed(index, message: "no connection within \(limits.connectTimeout)", now: now)
      case .waiting, .connecting, .configuring, .ready, .reserved: break
      }
    }
    guard let earliest = earliestDeadline, earliest <= now else { return }
    expire()
  }

  // MARK: Events of a connection

  mutating func connected(_ index: Int, now: Instant) {
    self.now = now
    guard case .connecting(let until) = connections[index].phase else {
      preconditionFailure("only a connection that was asked for is established")
    }
    connections[index].reset(to: .configuring(until: until))
    transmit(.settings, expecting: .settings, on: index)
    sync(.settings, on: index)
  }

  mutating func connectFailed(_ index: Int, message: String, now: Instant) {
    self.now = now
    connections[index].failures += 1
    let failures = connections[index].failures
    let delay = backoff.delay(afterFailures: failures)
    connections[index].reset(to: .waiting(until: now + delay))
    connectMessage = message
    actions.append(.report(.connectFailed(index, message: message, failures: failures, retryIn: delay)))
    if isDown { failQueue() }
  }

  /// The connection broke: on its own, or when the command that was the last action could not be handed over
  /// (`atCommand`). What stands behind that in the actions never left this process.
  mutating func connectionLost(_ index: Int, message: String, atCommand: Bool, now: Instant) {
    self.now = now
    let unsent = dropCommands(of: index) + (atCommand ? 1 : 0)
    if case .configuring = connections[index].phase {
      connectFailed(index, message: message, now: now)
      return
    }
    let expected = connections[index].expected
    connections[index].reset(to: .waiting(until: now + backoff.delay(afterFailures: 0)))
    connectMessage = message
    actions.append(.report(.lost(index, message: message)))

    let sent = expected.count - unsent
    var operationsSent: [OperationKey] = []
    var operationsUnsent: [OperationKey] = []
    for position in 0..<expected.count {
      guard let key = expected[position].operation else { continue }
      if position < sent {
        if !operationsSent.contains(key) { operationsSent.append(key) }
      } else if !operationsSent.contains(key), !operationsUnsent.contains(key) {
        operationsUnsent.append(key)
      }
    }
    for key in operationsUnsent.reversed() { requeue(key, countsAsRetry: false) }
    for key in operationsSent.reversed() { operationLost(key, message: message) }
    if isDown { failQueue() }
  }

  /// The server's next answer on a connection.
  mutating func resultArrived(_ result: StatementResult, on index: Int, now: Instant) {
    self.now = now
    guard let expected = connections[index].expected.first else {
      protocolBroken(index, "an answer to nothing that was sent")
      return
    }
    if case .failed(let error) = result, error.isShutdown {
      // The server closes the connection behind these words: nothing may be sent on it any more.
      lose(index, error.message)
      return
    }
    if case .sync(let segment) = expected {
      syncArrived(result, of: segment, on: index)
      return
    }
    if case .synced = result {
      protocolBroken(index, "a sync in place of the answer to a statement")
      return
    }
    connections[index].expected.popFirst()
    switch expected {
    case .settings:
      if case .failed(let error) = result { lose(index, "the session's settings were refused: \(error.message)") }
    case .prepare(let statement): prepareAnswered(result, statement: statement, on: index)
    case .read(let key, let statement): readAnswered(result, key, statement: statement, on: index)
    case .write(let key, let statement): writeAnswered(result, key, statement: statement, on: index)
    case .begin(let key), .commit(let key):
      if case .failed(let error) = result { writeFailed(error, key) }
    case .rollback:
      if case .failed(let error) = result { lose(index, "a rollback was refused: \(error.message)") }
    case .sync: preconditionFailure("handled above")
    }
  }

  /// What the adapter has to decode next, or `nil` when nobody wants the rows.
  func wantedStatement(on index: Int) -> Int? {
    switch connections[index].expected.first {
    case .read(let key, let statement), .write(let key, let statement):
      self[key].isAnswered ? nil : statement
    case .settings, .prepare, .begin, .commit, .rollback, .sync, nil: nil
    }
  }

  func isWaitingForAnswers(on index: Int) -> Bool { !connections[index].expected.isEmpty }

  private mutating func dropCommands(of index: Int) -> Int {
    let before = actions.count
    actions.removeAll { action in
      if case .send(_, on: index) = action { true } else { false }
    }
    return before - actions.count
  }
}

// MARK: - Sending

extension PoolMachine {
  private mutating func connect(_ index: Int) {
    connections[index].reset(to: .connecting(until: now + limits.connectTimeout))
    actions.append(.connect(index))
  }

  private func refusal(of operation: PoolOperation) -> EffectFailure? {
    if operation.deadline <= now { return EffectFailure(.timedOut, detail: "the deadline had passed before the submission") }
    if queue.count >= limits.queuedMax {
      return EffectFailure(.unavailable, detail: "\(queue.count) operations wait for a connection already")
    }
    if isDown { return downFailure }
    return nil
  }

  /// No connection works, and none is on its way for the first time: to wait would only fill the queue.
  private var isDown: Bool {
    !connections.contains { $0.isConnected || $0.failures == 0 }
  }

  private var downFailure: EffectFailure {
    EffectFailure(.unavailable, detail: "no connection to the database: \(connectMessage)")
  }

  private mutating func failQueue() {
    while let key = queue.popFirst() {
      complete(key, with: .failed(downFailure))
      free(key)
    }
  }

  /// Reads stay together up to this number, because a turn's work on one connection costs one system call each way;
  /// beyond it another backend can work at the same time.
  private static var readsTogether: Int { 16 }

  private mutating func connectionWithRoom(for kind: PoolOperation.Kind) -> Int? {
    if kind == .read, hasRoom(preferred), (1..<Self.readsTogether).contains(connections[preferred].openReads) {
      return preferred
    }
    var best: Int?
    for index in connections.indices where hasRoom(index) {
      if best == nil || connections[index].inFlight < connections[best!].inFlight { best = index }
    }
    if let best { preferred = best }
    return best
  }

  private func hasRoom(_ index: Int) -> Bool {
    connections[index].phase == .ready && connections[index].inFlight < limits.inFlightPerConnectionMax
  }

  private mutating func send(_ key: OperationKey, on index: Int) {
    let kind = self[key].kind
    let count = self[key].statementCount
    connections[index].inFlight += 1
    self[key].phase = kind == .write ? .committing : .sent
    if kind != .read { closeReads(on: index) }
    for number in 0..<count {
      prepare(statements.index(of: self[key].sql(number)), on: index)
    }
    if kind == .guarded { transmit(.begin, expecting: .begin(key), on: index) }
    for number in 0..<count {
      let statement = statements.index(of: self[key].sql(number))
      let generation = connections[index].preparations[statement].generation
      transmit(
        .statement(key, number: number, prepared: statement, generation: generation),
        expecting: kind == .read ? .read(key, statement: statement) : .write(key, statement: statement), on: index)
    }
    switch kind {
    case .read: connections[index].openReads += 1
    case .write: sync(.write(key), on: index)
    case .guarded:
      sync(.conditions(key), on: index)
      connections[index].phase = .reserved(key)
    }
  }

  /// A prepare has a segment of its own, so that its failure aborts no neighbour and no neighbour's failure aborts it.
  private mutating func prepare(_ statement: Int, on index: Int) {
    while connections[index].preparations.count <= statement {
      connections[index].preparations.append(ConnectionState.Preparation())
    }
    guard !connections[index].preparations[statement].isSent else { return }
    connections[index].preparations[statement].isSent = true
    closeReads(on: index)
    let generation = connections[index].preparations[statement].generation
    transmit(.prepare(statement: statement, generation: generation), expecting: .prepare(statement: statement), on: index)
    sync(.prepare, on: index)
  }

  private mutating func closeReads(on index: Int) {
    guard connections[index].openReads > 0 else { return }
    connections[index].openReads = 0
    sync(.reads, on: index)
  }

  private mutating func sync(_ segment: ConnectionState.Segment, on index: Int) {
    transmit(.sync, expecting: .sync(segment), on: index)
  }

  private mutating func transmit(_ command: Command, expecting expected: ConnectionState.Expected, on index: Int) {
    connections[index].expected.append(expected)
    actions.append(.send(command, on: index))
  }
}

// MARK: - Answers

extension PoolMachine {
  private mutating func prepareAnswered(_ result: StatementResult, statement: Int, on index: Int) {
    switch result {
    case .failed(let error):
      connections[index].preparations[statement].isSent = false
      connections[index].preparations[statement].failure = error.failure
    case .aborted: connections[index].preparations[statement].isSent = false
    case .rows, .synced: connections[index].preparations[statement].failure = nil
    }
  }

  private mutating func readAnswered(_ result: StatementResult, _ key: OperationKey, statement: Int, on index: Int) {
    connections[index].inFlight -= 1
    switch result {
    case .rows(let rows): finish(key, with: .rows([rows]))
    case .failed(let error):
      switch remedy(for: error, statement: statement, on: index) {
      case .sendAgain: requeue(key, countsAsRetry: true, orFailWith: error.failure)
      case .fail(let failure): finish(key, with: .failed(failure))
      }
    // A neighbour failed, not this one; and each time one of them is answered, so this ends.
    case .aborted: requeue(key, countsAsRetry: false)
    case .synced: preconditionFailure("a sync answers no statement")
    }
  }

  private mutating func writeAnswered(_ result: StatementResult, _ key: OperationKey, statement: Int, on index: Int) {
    switch result {
    case .rows(let rows): self[key].results.append(rows)
    case .failed(let error):
      switch remedy(for: error, statement: statement, on: index) {
      case .sendAgain:
        self[key].wantsRetry = true
        self[key].failure = error.failure
      case .fail(let failure): self[key].failure = failure
      }
    // What failed before has left its reason.
    case .aborted: break
    case .synced: preconditionFailure("a sync answers no statement")
    }
  }

  private mutating func writeFailed(_ error: ServerError, _ key: OperationKey) {
    self[key].failure = error.failure
    // The server has rolled back the whole transaction, so it may start again.
    self[key].wantsRetry = error.isConflict
  }

  private enum Remedy {
    case sendAgain
    case fail(EffectFailure)
  }

  private mutating func remedy(for error: ServerError, statement: Int, on index: Int) -> Remedy {
    if error.isUnknownStatement {
      if let failure = connections[index].preparations[statement].failure { return .fail(failure) }
      connections[index].preparations[statement].isSent = false
      return .sendAgain
    }
    if error.isStalePlan {
      connections[index].preparations[statement].isSent = false
      connections[index].preparations[statement].generation += 1
      return .sendAgain
    }
    return error.isConflict ? .sendAgain : .fail(error.failure)
  }

  private mutating func syncArrived(_ result: StatementResult, of segment: ConnectionState.Segment, on index: Int) {
    guard case .synced = result else {
      // The commit at the sync itself was refused, for example by a deferred constraint. The sync still comes.
      if case .failed(let error) = result, let key = segment.operation {
        writeFailed(error, key)
      } else {
        protocolBroken(index, "an answer in place of a sync: \(result)")
      }
      return
    }
    connections[index].expected.popFirst()
    switch segment {
    case .prepare, .reads: break
    case .settings:
      connections[index].phase = .ready
      connections[index].failures = 0
      actions.append(.report(.connected(index)))
    case .write(let key):
      connections[index].inFlight -= 1
      decided(key)
    case .conditions(let key): decideTransaction(key, on: index)
    case .end(let key):
      connections[index].inFlight -= 1
      decided(key)
    }
  }

  /// The statements of a guarded transaction are answered: commit or roll back, and free the connection for others.
  private mutating func decideTransaction(_ key: OperationKey, on index: Int) {
    connections[index].phase = .ready
    if self[key].failure == nil { self[key].failure = self[key].unmetCondition }
    if self[key].isAnswered || self[key].failure != nil {
      transmit(.rollback, expecting: .rollback(key), on: index)
    } else {
      self[key].phase = .committing
      transmit(.commit, expecting: .commit(key), on: index)
    }
    sync(.end(key), on: index)
  }

  private mutating func decided(_ key: OperationKey) {
    guard let failure = self[key].failure else {
      finish(key, with: .rows(self[key].results))
      return
    }
    if self[key].wantsRetry {
      requeue(key, countsAsRetry: true, orFailWith: failure)
    } else {
      finish(key, with: .failed(failure))
    }
  }

  /// What becomes of an operation whose connection broke after it was sent.
  private mutating func operationLost(_ key: OperationKey, message: String) {
    if self[key].phase == .committing {
      finish(
        key, with: .failed(EffectFailure(.outcomeUnknown, detail: "the connection was lost after the write was sent: \(message)")))
    } else {
      requeue(key, countsAsRetry: true, orFailWith: EffectFailure(.unavailable, detail: "the connection was lost: \(message)"))
    }
  }

  private mutating func protocolBroken(_ index: Int, _ what: String) {
    lose(index, "the answers do not fit what was sent: \(what)")
  }

  private mutating func lose(_ index: Int, _ message: String) {
    connectionLost(index, message: message, atCommand: false, now: now)
    actions.append(.close(index))
  }
}

// MARK: - The table of operations

extension PoolMachine {
  private mutating func store(_ operation: PoolOperation) -> OperationKey {
    guard let key = freeKeys.popLast() else {
      operations.append(operation)
      return OperationKey(index: operations.count - 1)
    }
    operations[key.index] = operation
    return key
  }

  private mutating func free(_ key: OperationKey) {
    operations[key.index] = nil
    freeKeys.append(key)
  }

  private mutating func complete(_ key: OperationKey, with outcome: EffectOutcome) {
    guard !self[key].isAnswered else { return }
    self[key].isAnswered = true
    actions.append(.complete(self[key].id, outcome))
  }

  private mutating func finish(_ key: OperationKey, with outcome: EffectOutcome) {
    complete(key, with: outcome)
    free(key)
  }

  private mutating func requeue(_ key: OperationKey, countsAsRetry: Bool, orFailWith failure: EffectFailure? = nil) {
    if self[key].isAnswered {
      free(key)
      return
    }
    if countsAsRetry, self[key].retries >= Self.retriesMax {
      finish(key, with: .failed(failure ?? downFailure))
      return
    }
    self[key].retries += countsAsRetry ? 1 : 0
    self[key].phase = .queued
    self[key].results = []
    self[key].failure = nil
    self[key].wantsRetry = false
    queue.prepend(key)
  }

  /// Nobody waits for it any more: what is queued goes, what was sent is dropped when it comes back.
  private mutating func withdraw(_ key: OperationKey) {
    guard self[key].phase == .queued else {
      self[key].isAnswered = true
      return
    }
    queue.removeAll { $0 == key }
    free(key)
  }

  private mutating func expire() {
    earliestDeadline = nil
    for index in operations.indices {
      guard let operation = operations[index], !operation.isAnswered else { continue }
      let key = OperationKey(index: index)
      if operation.deadline <= now {
        let wasQueued = operation.phase == .queued
        complete(key, with: .failed(expiry(of: operation)))
        if wasQueued {
          queue.removeAll { $0 == key }
          free(key)
        }
      } else {
        earliestDeadline = min(earliestDeadline ?? operation.deadline, operation.deadline)
      }
    }
  }

  private func expiry(of operation: PoolOperation) -> EffectFailure {
    switch operation.phase {
    case .queued: EffectFailure(.timedOut, detail: "the deadline passed while the operation waited for a connection")
    case .sent: EffectFailure(.timedOut, detail: "the deadline passed before the server answered")
    case .committing: EffectFailure(.outcomeUnknown, detail: "the deadline passed after the write was sent")
    }
  }
}

extension ConnectionState.Expected {
  /// The operation that this answer belongs to.
  var operation: OperationKey? {
    switch self {
    case .settings, .prepare: nil
    case .read(let key, _), .write(let key, _), .begin(let key), .commit(let key), .rollback(let key): key
    case .sync(let segment): segment.operation
    }
  }
}

extension ConnectionState.Segment {
  var operation: OperationKey? {
    switch self {
    case .settings, .prepare, .reads: nil
    case .write(let key), .conditions(let key), .end(let key): key
    }
  }
}
