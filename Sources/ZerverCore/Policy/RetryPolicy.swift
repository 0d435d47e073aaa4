/// How often to try again what has failed in passing, and how long to wait before it.
@frozen
public struct RetryPolicy: Equatable, Sendable {
  /// Attempts after the first.
  public var attempts: Int
  public var backoff: ExponentialBackoff

  public init(attempts: Int, backoff: ExponentialBackoff) {
    self.attempts = attempts
    self.backoff = backoff
  }
}

/// Waits that double, with full jitter: a random part of the whole interval, which spreads the clients of a resource that
/// has just come back best ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
@frozen
public struct ExponentialBackoff: Equatable, Sendable {
  /// The longest wait before the first further attempt, in nanoseconds.
  public var firstNanoseconds: UInt64
  /// The longest wait before any, in nanoseconds.
  public var maxNanoseconds: UInt64

  public init(firstNanoseconds: UInt64, maxNanoseconds: UInt64) {
    self.firstNanoseconds = firstNanoseconds
    self.maxNanoseconds = maxNanoseconds
  }

  /// The wait before a further attempt, in nanoseconds.
  /// - Parameters:
  ///   - attempt: counts the further attempts from 0.
  ///   - random: any 64 bits. The same bits give the same wait, so that a recorded run repeats.
  public func delay(beforeAttempt attempt: Int, random: UInt64) -> UInt64 {
    let doublings = min(max(attempt, 0), 40)
    let (doubled, overflow) = firstNanoseconds.multipliedReportingOverflow(by: 1 << UInt64(doublings))
    let ceiling = overflow ? maxNanoseconds : min(doubled, maxNanoseconds)
    guard ceiling < .max else { return random }
    return random.multipliedFullWidth(by: ceiling + 1).high
  }
}

/// One piece of work under a ``RetryPolicy``: counts its attempts and says what comes after a failure. Pure: time and
/// randomness come in with the event.
@frozen
public struct RetryState: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    case retry(at: Instant)
    case giveUp
  }

  /// Further attempts that were decided on.
  public private(set) var attempts = 0

  public init() {}

  /// Whether a failure can lead to another attempt at all: ask before drawing a random number.
  public func mayTryAgain(under policy: RetryPolicy) -> Bool { attempts < policy.attempts }

  /// The attempt has failed in a way that may pass.
  /// - Parameter deadline: an attempt that could only begin afterwards is not made, so that the failure is known at once.
  public mutating func attemptFailed(
    under policy: RetryPolicy, random: UInt64, at now: Instant, deadline: Instant
  ) -> Verdict {
    guard mayTryAgain(under: policy) else { return .giveUp }
    let (nanoseconds, overflow) =
      now.nanoseconds.addingReportingOverflow(policy.backoff.delay(beforeAttempt: attempts, random: random))
    guard !overflow, nanoseconds < deadline.nanoseconds else { return .giveUp }
    attempts += 1
    return .retry(at: Instant(nanoseconds: nanoseconds))
  }
}
