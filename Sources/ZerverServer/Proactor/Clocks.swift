import Glibc
@_spi(Server) package import ZerverCore

/// The clock of deadlines and timers. It never goes back, whatever is done to the time of day.
package enum MonotonicClock {
  /// About 20 ns: no system call.
  package static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }
}

/// The time of day, for `Date` headers and logs. It may jump: never compute how long something took with it.
package enum WallClock {
  /// Whole seconds since 1970-01-01 00:00 UTC.
  package static var seconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }

  /// Nanoseconds since 1970-01-01 00:00 UTC.
  package static var nanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
