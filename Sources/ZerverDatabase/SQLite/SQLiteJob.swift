import Synchronization
import ZerverCore
import ZerverServer

/// One database request on its way through the threads.
final class SQLiteJob: Sendable {
  let operation: OperationID
  let request: DatabaseRequest
  /// On `CLOCK_MONOTONIC`, in nanoseconds.
  let deadline: UInt64
  let mailbox: any Mailbox
  private let cancelled = Atomic(false)

  init(operation: OperationID, request: DatabaseRequest, deadline: UInt64, mailbox: any Mailbox) {
    self.operation = operation
    self.request = request
    self.deadline = deadline
    self.mailbox = mailbox
  }

  var isRead: Bool {
    if case .query = request { true } else { false }
  }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
  func cancel() { cancelled.store(true, ordering: .relaxed) }

  var hasExpired: Bool { deadline <= MonotonicClock.now }

  func answer(_ outcome: EffectOutcome) {
    if !isCancelled { mailbox.post(operation, outcome) }
  }
}
