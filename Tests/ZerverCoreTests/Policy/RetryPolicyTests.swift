import Testing

@testable import ZerverCore

@Suite struct RetryPolicyTests {
  let policy = RetryPolicy(attempts: 3, backoff: ExponentialBackoff(firstNanoseconds: 100, maxNanoseconds: 250))

  @Test("the longest wait doubles up to its limit", arguments: [(0, 100), (1, 200), (2, 250), (3, 250), (63, 250)])
  func doubles(attempt: Int, longest: UInt64) {
    #expect(policy.backoff.delay(beforeAttempt: attempt, random: .max) == longest)
    #expect(policy.backoff.delay(beforeAttempt: attempt, random: 0) == 0)
    #expect(policy.backoff.delay(beforeAttempt: attempt, random: 1 << 63) == (longest + 1) / 2)
  }

  @Test("waits that no clock could count stay below their limit")
  func hugeBackoff() {
    let backoff = ExponentialBackoff(firstNanoseconds: .max / 2, maxNanoseconds: .max)
    #expect(backoff.delay(beforeAttempt: 40, random: .max) == .max)
  }

  @Test("every wait between nothing and the longest is possible")
  func jitter() {
    var random = SplitMix(seed: 7)
    var seen: Set<UInt64> = []
    let backoff = ExponentialBackoff(firstNanoseconds: 4, maxNanoseconds: 4)
    for _ in 0..<200 { seen.insert(backoff.delay(beforeAttempt: 0, random: random.next())) }
    #expect(seen == [0, 1, 2, 3, 4])
  }

  @Test("attempts are counted, and the last failure is final")
  func counts() {
    var state = RetryState()
    let deadline = Instant(nanoseconds: 10_000)
    var now = Instant(nanoseconds: 1000)
    for wait: UInt64 in [100, 200, 250] {
      #expect(state.mayTryAgain(under: policy))
      let verdict = state.attemptFailed(under: policy, random: .max, at: now, deadline: deadline)
      now = now.advanced(byNanoseconds: wait)
      #expect(verdict == .retry(at: now))
    }
    #expect(!state.mayTryAgain(under: policy))
    #expect(state.attemptFailed(under: policy, random: .max, at: now, deadline: deadline) == .giveUp)
  }

  @Test("an attempt that could only begin after the deadline is not made")
  func deadline() {
    var state = RetryState()
    let now = Instant(nanoseconds: 1000)
    #expect(
      state.attemptFailed(under: policy, random: .max, at: now, deadline: Instant(nanoseconds: 1100)) == .giveUp)
    #expect(
      state.attemptFailed(under: policy, random: 0, at: now, deadline: Instant(nanoseconds: 1100))
        == .retry(at: now))
  }
}
