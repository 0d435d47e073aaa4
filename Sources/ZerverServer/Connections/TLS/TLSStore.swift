import Synchronization
import ZerverCore

/// The certificates that new connections get. Workers ask for them once for each connection, so the lock costs nothing
/// beside a handshake.
final class TLSStore: Sendable {
  private let configuration: ServerConfiguration.TLS
  private let certificates: Mutex<TLSCertificates>
  private let madeAt: Mutex<Instant>

  /// Sessions can be resumed with the certificates of their beginning only, whose keys for tickets live as long. Keys that
  /// never changed would open every recorded session of TLS 1.2 on the day that they leak, so they last half a day.
  private static var ageMax: Duration { .seconds(12 * 3600) }

  init(_ configuration: ServerConfiguration.TLS) throws(TLSContext.Fault) {
    self.configuration = configuration
    certificates = Mutex(try TLSCertificates(configuration))
    madeAt = Mutex(MonotonicClock.now)
  }

  var current: TLSCertificates { certificates.withLock { $0 } }

  /// Reads all files again. When that fails the old certificates stay.
  func reload() throws(TLSContext.Fault) {
    let new = try TLSCertificates(configuration)
    certificates.withLock { $0 = new }
    madeAt.withLock { $0 = MonotonicClock.now }
  }

  /// A file has changed, or the keys for tickets are old.
  var isDue: Bool { current.haveChanged || MonotonicClock.now >= madeAt.withLock { $0 + Self.ageMax } }
}
