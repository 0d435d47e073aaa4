import ZerverCore

/// How long to wait before the next attempt to connect: exponential, with full jitter.
///
/// Full jitter (a random part of the whole interval) spreads the clients of a server that has just come back best:
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct Backoff {
  private let first: Duration
  private let max: Duration
  private var state: UInt64

  init(first: Duration, max: Duration, seed: UInt64) {
    self.first = first
    self.max = max
    state = seed
  }

  /// `failures` counts the attempts that have failed in a row; 0 after a connection that had worked.
  mutating func delay(afterFailures failures: Int) -> Duration {
    let doublings = Swift.min(Swift.max(failures - 1, 0), 20)
    let ceiling = Swift.min(max, first * (1 << doublings))
    return .nanoseconds(Int64(Double(ceiling.nanosecondsWhole) * nextUnit()))
  }

  /// SplitMix64 (Steele, Lea, Flood, 2014): one word of state, and every seed is good.
  private mutating func nextUnit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 11) * 0x1p-53
  }
}
