import Synchronization
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer

/// Flows that charge a card: once for each time that their plan runs.
enum ChargeFlows {
  static let charge = Flow("charge-card", .v1, method: .post, owner: "payments", input: .body(), output: .json(status: 201)) {
    (order: Handle<String>) in
    step(ChargeCard.self, order).timeout(.seconds(20))
  }
  .idempotency(.required, ttl: .seconds(3600))
  .alias("pay-order", mode: .serve)
  .on("card-refused", 402)

  /// Charges, waits for a sleep to end, and answers.
  static let slowly = Flow("charge-slowly", .v1, method: .post, owner: "payments", input: .body(), output: .json(status: 201)) {
    (order: Handle<String>) in
    let receipt = step(ChargeCard.self, order).timeout(.seconds(20))
    step(Wait.self, receipt).timeout(.seconds(100))
  }
  .deadline(.seconds(120))
  .idempotency(.optional, ttl: .seconds(3600))
  .on("card-refused", 402)

  /// Charges, takes it back, and fails: another try may do better.
  static let failing = Flow("charge-vainly", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    let receipt = step(ChargeCard.self, order).timeout(.seconds(20)).undo { _ in step(Refund.self, order) }
    step(Break.self, receipt)
  }
  .idempotency(.required, ttl: .seconds(3600))
  .on("card-refused", 402)

  /// Charges and fails, and nothing takes the charge back.
  static let broken = Flow("charge-and-break", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    let receipt = step(ChargeCard.self, order).timeout(.seconds(20))
    step(Break.self, receipt)
  }
  .idempotency(.required, ttl: .seconds(3600))
  .on("card-refused", 402)

  /// Charges, waits, fails, and takes its time to take the charge back.
  static let reluctant = Flow("charge-reluctantly", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    let receipt = step(ChargeCard.self, order).timeout(.seconds(20)).undo { _ in step(SlowRefund.self, order) }
    let waited = step(Wait.self, receipt).timeout(.seconds(100))
    step(Break.self, waited)
  }
  .deadline(.seconds(125))
  .idempotency(.required, ttl: .seconds(3600))
  .on("card-refused", 402)

  /// A change that may not take long.
  static let uncertain = Flow("charge-late", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    step(ChargeCard.self, order).timeout(.milliseconds(50))
  }
  .idempotency(.required, ttl: .seconds(3600))
  .on("card-refused", 402)

  /// The card of whoever asks.
  static let own = Flow("charge-caller", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    step(ChargeCard.self, order).timeout(.seconds(20))
  }
  .tenant(.required)
  .idempotency(.required, ttl: .seconds(3600))
  .on("card-refused", 402)

  static let waiting = Flow("wait-only", .v1, method: .post, owner: "payments", input: .body(), output: .json()) {
    (order: Handle<String>) in
    step(Wait.self, order)
  }
  .idempotency(.optional, ttl: .seconds(60))

  static let catalog = FlowCatalog(charge, slowly, failing, broken, reluctant, uncertain, own)
}

enum ChargeCard: Step {
  static let declaration = StepDeclaration("charge-card", needs: [.database], fails: ["card-refused"])

  static func run(_ order: String) throws(FlowFailure) -> Decision<String> {
    .need(.execute("INSERT INTO charges (order_id) VALUES ($1)", .text(order)))
  }

  static func resume(_ resumption: Resumption, _ order: String) throws(FlowFailure) -> Decision<String> {
    _ = try resumption.rows()
    if order == "refused" { return .fail(FlowFailure(code: "card-refused")) }
    let padding = order.hasPrefix("large") ? String(repeating: "x", count: 2000) : ""
    return .continue("charged for \(order)\(padding)")
  }
}

enum Refund: Step {
  static let declaration = StepDeclaration("refund-card", needs: [.database], repetition: .idempotent)
  static func run(_ order: String) throws(FlowFailure) -> Decision<NoOutput> {
    .need(.execute("DELETE FROM charges WHERE order_id = $1", .text(order)))
  }
  static func resume(_ resumption: Resumption, _ order: String) throws(FlowFailure) -> Decision<NoOutput> {
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}

/// Only waits: it is its time that matters.
enum SlowRefund: Step {
  // One attempt, so that the time of a compensation is that of one.
  static let declaration = StepDeclaration("refund-slowly", needs: [.time], repetition: .unsafe)
  static func run(_ order: String) throws(FlowFailure) -> Decision<NoOutput> { .need(.sleep(.seconds(90))) }
  static func resume(_ resumption: Resumption, _ order: String) throws(FlowFailure) -> Decision<NoOutput> {
    .continue(NoOutput())
  }
}

enum Wait: Step {
  static let declaration = StepDeclaration("wait", needs: [.time])
  static func run(_ receipt: String) throws(FlowFailure) -> Decision<String> { .need(.sleep(.seconds(90))) }
  static func resume(_ resumption: Resumption, _ receipt: String) throws(FlowFailure) -> Decision<String> {
    .continue(receipt)
  }
}

enum Break: Step {
  static func run(_ receipt: String) throws(FlowFailure) -> Decision<String> { .fail(.internalError("as it is meant to")) }
}

/// Sleeps that last until the test ends them.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [(operation: OperationID, mailbox: any Mailbox)] = []
  }
  private let state = Mutex(State())

  var waiting: Int { state.withLock { $0.waiting.count } }

  /// Ends all sleeps, also those that begin later.
  func open() { end(isOpen: true) }

  /// Ends the sleeps that have begun.
  func pass() { end(isOpen: false) }

  private func end(isOpen: Bool) {
    let waiting = state.withLock { state in
      state.isOpen = isOpen
      defer { state.waiting = [] }
      return state.waiting
    }
    for sleeper in waiting { sleeper.mailbox.post(sleeper.operation, .elapsed) }
  }

  fileprivate func enter(_ operation: OperationID, _ mailbox: any Mailbox) {
    let isOpen = state.withLock { state in
      if !state.isOpen { state.waiting.append((operation, mailbox)) }
      return state.isOpen
    }
    if isOpen { mailbox.post(operation, .elapsed) }
  }
}

/// A `db` effect of which charges for the order "lost" never come back, whether or not they were made, and which may
/// lose what has become of a claim.
final class LossyDatabase: Capability {
  private let database: any Capability
  private let office: ChargeOffice
  private var worker: (any WorkerServices)?

  init(_ database: any Capability, of office: ChargeOffice) {
    self.database = database
    self.office = office
  }

  func start(on worker: any WorkerServices) {
    self.worker = worker
    database.start(on: worker)
  }
  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    if case .database(.execute(let statement)) = effect, statement.parameters == ["lost"] { return }
    if case .database(.transaction(let statements)) = effect, office.losesClaims, let worker {
      // It is made, all the same.
      _ = try? DatabaseAdmin.query("\(statements[0].sql)", statements[0].parameters, on: office.database)
      return worker.mailbox.post(operation, .failed(EffectFailure(.outcomeUnknown, detail: "the connection was lost")))
    }
    database.submit(effect, as: operation, deadline: deadline)
  }
  func cancel(_ operation: OperationID) { database.cancel(operation) }
  func flush() { database.flush() }
  func stop() { database.stop() }
}

/// The `time` effect of a test with a ``Gate``.
final class GateTime: Capability {
  private let gate: Gate
  private var worker: (any WorkerServices)?

  init(_ gate: Gate) { self.gate = gate }

  func start(on worker: any WorkerServices) { self.worker = worker }
  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { return }
    gate.enter(operation, worker.mailbox)
  }
}
