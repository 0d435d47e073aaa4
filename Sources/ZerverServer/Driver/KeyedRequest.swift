@_spi(Server) import ZerverCore

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
  /// When the lease was last put off, in Unix seconds.
  var renewedAt: Int64 = 0

  init(_ machine: IdempotencyMachine) { self.machine = machine }
}

extension OperationID {
  /// The token of operations on the table of keys whose outcome nobody waits for.
  static var asideToken: Int { tokensMax - 1 }
}
