import ZerverCore

/// A request's claim of its `Idempotency-Key`, with what the worker has to know to carry it out.
final class KeyedRequest {
  var machine: IdempotencyMachine
  /// The last operation that was submitted for it.
  var token = OperationID.planTokensMax
  /// When to try again to settle; `nil` while nothing waits for that.
  var again: Instant?
  /// The answer is given then, kept or not.
  var settleDeadline = Instant(nanoseconds: 0)
  /// A change may have been made that nobody has taken back.
  var isUncertain = false

  init(_ machine: IdempotencyMachine) { self.machine = machine }
}

extension OperationID {
  /// The token of a sweep, whose outcome nobody waits for.
  static var sweepToken: Int { tokensMax - 1 }
}
