@_spi(Server) import ZerverCore

/// How often a client may do what costs it less than it costs the server: so often at once, and as often again in every
/// half minute.
struct FrameBudget {
  private static var refillNanoseconds: UInt64 { 30_000_000_000 }

  let framesMax: Int
  private var left: Int
  /// What has been refilled until then is in `left`.
  private var refilledAt: Instant

  init(framesMax: Int, at now: Instant) {
    self.framesMax = framesMax
    left = framesMax
    refilledAt = now
  }

  /// `false` when that was too often.
  mutating func spend(_ frames: Int, at now: Instant) -> Bool {
    refill(at: now)
    left -= frames
    return left >= 0
  }

  private mutating func refill(at now: Instant) {
    let elapsed = now.nanoseconds(since: refilledAt)
    let share = Self.refillNanoseconds / UInt64(framesMax)
    guard elapsed >= share else { return }
    left = min(framesMax, left + Int(min(elapsed / share, UInt64(framesMax))))
    // What is left of the time counts for the next frame.
    refilledAt = now.advanced(byNanoseconds: 0 &- elapsed % share)
  }
}
