import ZerverCore
import ZerverServer

/// The `db` effect over SQLite on one worker: collects a turn's requests, hands them to the shared threads in one go, and
/// lets those answer through the worker's mailbox.
final class SQLiteCapability: Capability {
  private let engine: SQLiteEngine
  private var worker: (any WorkerServices)?
  private var turn: [SQLiteJob] = []

  init(engine: SQLiteEngine) { self.engine = engine }

  func start(on worker: any WorkerServices) {
    self.worker = worker
    engine.attach()
  }

  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { return }
    guard case .database(let request) = effect else {
      worker.complete(operation, with: .failed(EffectFailure(.unsupported, detail: "\(effect.kind.name) is not for the database")))
      return
    }
    let remaining = deadline.since(worker.now).nanosecondsWhole
    guard remaining > 0 else {
      worker.complete(operation, with: .failed(SQLiteWriter.expired))
      return
    }
    // The threads read the clock themselves, and a worker's clock may start anywhere.
    let (instant, overflows) = MonotonicClock.now.addingReportingOverflow(UInt64(remaining))
    turn.append(
      SQLiteJob(operation: operation, request: request, deadline: overflows ? .max : instant, mailbox: worker.mailbox))
  }

  func cancel(_ operation: OperationID) {
    if let index = turn.firstIndex(where: { $0.operation == operation }) {
      turn.remove(at: index)
    } else if let worker {
      engine.cancel(operation, of: worker.mailbox)
    }
  }

  func flush() {
    guard let worker, !turn.isEmpty else { return }
    for job in engine.enqueue(turn) {
      worker.complete(job.operation, with: .failed(EffectFailure(.unavailable, detail: "the queue to SQLite is full")))
    }
    turn.removeAll(keepingCapacity: true)
  }

  func stop() {
    guard worker != nil else { return }
    flush()
    engine.detach()
    worker = nil
  }
}
