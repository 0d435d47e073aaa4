/// A point on the monotonic clock. The core never reads a clock: instants come in with events.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since an arbitrary start.
  public let nanoseconds: UInt64

  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  @inlinable public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &+ UInt64(max(0, duration.nanosecondsWhole)))
  }

  /// Cheaper than adding a `Duration`, which counts attoseconds in 128 bits.
  @inlinable public func advanced(byNanoseconds nanoseconds: UInt64) -> Instant {
    Instant(nanoseconds: self.nanoseconds &+ nanoseconds)
  }

  /// Nanoseconds since `earlier`; zero when this instant is not after it.
  @inlinable public func nanoseconds(since earlier: Instant) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds &- earlier.nanoseconds : 0
  }

  /// How long after `earlier` this instant is; zero when it is not after it.
  @inlinable public func since(_ earlier: Instant) -> Duration {
    .nanoseconds(nanoseconds > earlier.nanoseconds ? Int64(nanoseconds - earlier.nanoseconds) : 0)
  }
}

extension Duration {
  /// The duration in whole nanoseconds.
  @inlinable public var nanosecondsWhole: Int64 {
    components.seconds &* 1_000_000_000 &+ components.attoseconds / 1_000_000_000
  }
}
