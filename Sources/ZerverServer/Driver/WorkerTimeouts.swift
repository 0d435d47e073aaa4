import ZerverCore

/// The timeouts of connections, in nanoseconds.
///
/// They are looked up several times for each request, and taking a `Duration` apart needs 128-bit divisions: about 40 ns
/// each, in a request that takes 500 ns.
struct WorkerTimeouts {
  let header: UInt64
  let body: UInt64
  let idle: UInt64
  let write: UInt64

  init(_ timeouts: ServerConfiguration.Timeouts) {
    header = UInt64(max(0, timeouts.header.nanosecondsWhole))
    body = UInt64(max(0, timeouts.body.nanosecondsWhole))
    idle = UInt64(max(0, timeouts.idle.nanosecondsWhole))
    write = UInt64(max(0, timeouts.write.nanosecondsWhole))
  }
}

extension Instant {
  func advanced(byNanoseconds nanoseconds: UInt64) -> Instant { Instant(nanoseconds: self.nanoseconds &+ nanoseconds) }
}
