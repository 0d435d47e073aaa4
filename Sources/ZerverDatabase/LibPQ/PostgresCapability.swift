import Logging
import ZerverCore
import ZerverServer

/// The `db` effect over PostgreSQL on one worker: carries the actions of ``PoolMachine`` out with libpq, and tells it
/// what happened. All decisions are the machine's.
final class PostgresCapability: Capability {
  /// One place in the pool.
  private struct Link {
    var connection: PostgresConnection?
    var watch: WatchID?
    /// The watch waits for writability, too.
    var watchesWrite = false
    var isConnecting = false
    /// libpq holds bytes that may not have been written.
    var needsFlush = false
  }

  private let url: String
  private let limits: DatabaseLimits
  private let logger: Logger
  private var machine: PoolMachine
  private var links: [Link]
  private var parameters = ParameterBuffer()
  private var timer: (id: TimerID, instant: Instant)?
  /// Set between `start` and `stop`.
  private var worker: (any WorkerServices)?

  init(url: String, limits: DatabaseLimits, logger: Logger) {
    self.url = url
    self.limits = limits
    self.logger = logger
    machine = PoolMachine(limits: limits, seed: limits.jitterSeed ?? UInt64.random(in: .min ... .max))
    links = Array(repeating: Link(), count: limits.connectionsPerWorker)
  }

  /// Connections that take operations, for tests.
  var connectionsReady: Int { machine.connections.count { $0.phase == .ready } }

  func start(on worker: any WorkerServices) {
    self.worker = worker
    machine.started(now: worker.now)
    performActions(worker)
    updateTimer(worker)
  }

  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { return }
    guard case .database(let request) = effect else {
      worker.complete(operation, with: .failed(EffectFailure(.unsupported, detail: "\(effect.kind.name) is not for the database")))
      return
    }
    if let refusal = refusal(of: request) {
      worker.complete(operation, with: .failed(EffectFailure(.refused, detail: refusal)))
      return
    }
    machine.submitted(request, as: operation, deadline: deadline, now: worker.now)
    performActions(worker)
  }

  func cancel(_ operation: OperationID) { machine.cancelled(operation) }

  func ready(_ watch: WatchID) {
    guard let worker, let index = links.firstIndex(where: { $0.watch == watch }) else { return }
    links[index].watch = nil
    if links[index].isConnecting {
      advanceConnecting(index, worker)
    } else {
      receive(index, worker)
    }
    performActions(worker)
  }

  func timerPassed(_ timer: TimerID) {
    guard let worker, self.timer?.id == timer else { return }
    self.timer = nil
    machine.timePassed(now: worker.now)
    performActions(worker)
    updateTimer(worker)
  }

  func flush() {
    guard let worker else { return }
    machine.turnEnded(now: worker.now)
    performActions(worker)
    for index in links.indices where links[index].needsFlush { flush(index, worker) }
    performActions(worker)
    updateTimer(worker)
  }

  func stop() {
    guard let worker else { return }
    for index in links.indices { close(index, worker) }
    if let timer { worker.cancelTimer(timer.id) }
    timer = nil
    self.worker = nil
  }

  /// What PostgreSQL's protocol cannot carry, and writes that were submitted as reads.
  private func refusal(of request: DatabaseRequest) -> String? {
    switch request {
    case .query(let statement):
      return machine.refusalAsQuery(of: statement.sql) ?? ParameterBuffer.refusal(of: statement.parameters)
    case .execute(let statement): return ParameterBuffer.refusal(of: statement.parameters)
    case .transaction(let statements):
      for statement in statements {
        if let refusal = ParameterBuffer.refusal(of: statement.parameters) { return refusal }
      }
      return nil
    }
  }
}

// MARK: - Actions

extension PostgresCapability {
  private func performActions(_ worker: any WorkerServices) {
    while let action = machine.nextAction() {
      switch action {
      case .send(let command, on: let index): send(command, on: index, worker)
      case .complete(let operation, let outcome): worker.complete(operation, with: outcome)
      case .connect(let index): connect(index, worker)
      case .close(let index): close(index, worker)
      case .report(let report): log(report)
      }
    }
  }

  private func send(_ command: PoolMachine.Command, on index: Int, _ worker: any WorkerServices) {
    guard let connection = links[index].connection else { return }
    links[index].needsFlush = true
    let isSent =
      switch command {
      case .statement(let key, let number, let prepared, _): send(key, number, prepared, connection)
      case .sync: connection.sync()
      case .prepare(let statement, let generation):
        connection.prepare(statement, generation: generation, sql: machine.statements.entries[statement].sql)
      case .begin: connection.send("BEGIN")
      case .commit: connection.send("COMMIT")
      case .rollback: connection.send("ROLLBACK")
      case .settings: connection.sendSettings(statementTimeout: limits.statementTimeout)
      }
    if !isSent { lost(index, atCommand: true, worker) }
  }

  private func send(_ key: OperationKey, _ number: Int, _ prepared: Int, _ connection: PostgresConnection) -> Bool {
    parameters.encode(machine.parameters(of: key, statement: number))
    return connection.send(prepared, parameters: parameters)
  }

  private func connect(_ index: Int, _ worker: any WorkerServices) {
    guard let connection = PostgresConnection(url: url, logger: logger) else {
      machine.connectFailed(index, message: "libpq is out of memory", now: worker.now)
      return
    }
    links[index] = Link(connection: connection, isConnecting: true)
    if connection.hasFailed {
      connectFailed(index, message: connection.message, worker)
    } else {
      // libpq's manual, PQconnectStart: wait as if PQconnectPoll had asked for writability.
      watch(index, readable: false, writable: true, worker)
    }
  }

  private func advanceConnecting(_ index: Int, _ worker: any WorkerServices) {
    guard let connection = links[index].connection else { return }
    switch connection.advance() {
    case .wantsRead: watch(index, readable: true, writable: false, worker)
    case .wantsWrite: watch(index, readable: false, writable: true, worker)
    case .established:
      links[index].isConnecting = false
      machine.connected(index, now: worker.now)
      watch(index, readable: true, writable: false, worker)
    case .failed(let message): connectFailed(index, message: message, worker)
    }
  }

  private func connectFailed(_ index: Int, message: String, _ worker: any WorkerServices) {
    close(index, worker)
    machine.connectFailed(index, message: message, now: worker.now)
  }

  private func lost(_ index: Int, atCommand: Bool, _ worker: any WorkerServices) {
    let message = links[index].connection?.message ?? ""
    close(index, worker)
    machine.connectionLost(index, message: message, atCommand: atCommand, now: worker.now)
  }

  private func close(_ index: Int, _ worker: any WorkerServices) {
    if let watch = links[index].watch { worker.unwatch(watch) }
    links[index] = Link()
  }

  private func log(_ report: PoolMachine.Report) {
    switch report {
    case .connected(let index): logger.debug("database connection \(index) is ready")
    case .lost(let index, let message): logger.warning("database connection \(index) was lost: \(message)")
    case .connectFailed(let index, let message, let failures, let delay):
      // The 1st, 2nd, 4th, 8th … failure: an outage of hours does not fill the log.
      guard failures & (failures - 1) == 0 else { return }
      logger.error("database connection \(index) failed \(failures) times, next attempt in \(delay): \(message)")
    }
  }
}

// MARK: - Input and output

extension PostgresCapability {
  private func receive(_ index: Int, _ worker: any WorkerServices) {
    guard let connection = links[index].connection else { return }
    guard connection.consumeInput() else { return lost(index, atCommand: false, worker) }
    var terminatorsInRow = 0
    // After the last answer libpq returns terminators for ever; in between it returns one.
    while machine.isWaitingForAnswers(on: index), terminatorsInRow < 2, !connection.isBusy {
      switch connection.nextResult(of: machine.wantedStatement(on: index)) {
      case .terminator: terminatorsInRow += 1
      case .connectionFailed: return lost(index, atCommand: false, worker)
      case .result(let result):
        terminatorsInRow = 0
        machine.resultArrived(result, on: index, now: worker.now)
        performActions(worker)
        guard links[index].connection === connection else { return }
      }
    }
    if links[index].needsFlush { flush(index, worker) }
    guard links[index].connection != nil, links[index].watch == nil else { return }
    watch(index, readable: true, writable: false, worker)
  }

  private func flush(_ index: Int, _ worker: any WorkerServices) {
    guard let connection = links[index].connection, !links[index].isConnecting else { return }
    switch connection.flush() {
    case true?: links[index].needsFlush = false
    case false?:
      guard links[index].watch == nil || !links[index].watchesWrite else { return }
      if let watch = links[index].watch { worker.unwatch(watch) }
      watch(index, readable: true, writable: true, worker)
    case nil: lost(index, atCommand: false, worker)
    }
  }

  private func watch(_ index: Int, readable: Bool, writable: Bool, _ worker: any WorkerServices) {
    guard let connection = links[index].connection else { return }
    links[index].watch = worker.watch(connection.descriptor, readable: readable, writable: writable, for: self)
    links[index].watchesWrite = writable
  }

  /// One timer for the earliest of everything. One that has become too early fires for nothing, which is cheaper than to
  /// move it with every operation.
  private func updateTimer(_ worker: any WorkerServices) {
    guard let next = machine.nextTimer else { return }
    if let timer {
      guard next < timer.instant else { return }
      worker.cancelTimer(timer.id)
    }
    timer = (worker.schedule(at: next, for: self), next)
  }
}
