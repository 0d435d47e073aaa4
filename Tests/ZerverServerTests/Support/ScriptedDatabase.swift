import Synchronization
import ZerverCore
import ZerverServer

/// What the `db` effects of a test come to, and which were asked for: shared by the test and the server's worker.
final class DatabaseScript: Sendable {
  private struct State {
    var asked: [String] = []
    var outcomes: [String: [EffectOutcome]] = [:]
    var holding: Set<String> = []
    var held: [(name: String, operation: OperationID, mailbox: any Mailbox)] = []
  }
  private let state = Mutex(State())

  /// The statements in the order in which they came.
  var asked: [String] { state.withLock { $0.asked } }
  var heldCount: Int { state.withLock { $0.held.count } }

  /// The outcomes of the next operations of this name. What has none succeeds without a row.
  func answer(_ name: String, with outcomes: EffectOutcome...) { state.withLock { $0.outcomes[name] = outcomes } }

  /// Operations of this name are not answered until they are released.
  func hold(_ name: String) { state.withLock { _ = $0.holding.insert(name) } }

  /// Answers everything that is held, from the test's thread.
  func release(with outcome: EffectOutcome = .rows([Rows(columns: [], values: [])])) {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for operation in held { operation.mailbox.post(operation.operation, outcome) }
  }

  /// `nil` for an operation that is held.
  fileprivate func take(_ name: String, _ operation: OperationID, _ mailbox: any Mailbox) -> EffectOutcome? {
    state.withLock { state in
      state.asked.append(name)
      if state.holding.contains(name) {
        state.held.append((name, operation, mailbox))
        return nil
      }
      guard var outcomes = state.outcomes[name], !outcomes.isEmpty else { return .rows([Rows(columns: [], values: [])]) }
      defer { state.outcomes[name] = outcomes }
      return outcomes.removeFirst()
    }
  }
}

/// A `db` effect that does what a ``DatabaseScript`` says.
final class ScriptedDatabase: Capability {
  private let script: DatabaseScript
  private var worker: (any WorkerServices)?

  init(_ script: DatabaseScript) { self.script = script }

  func start(on worker: any WorkerServices) { self.worker = worker }

  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker, case .database(.execute(let statement)) = effect else { return }
    guard let outcome = script.take(statement.sql.description, operation, worker.mailbox) else { return }
    worker.complete(operation, with: outcome)
  }
}
