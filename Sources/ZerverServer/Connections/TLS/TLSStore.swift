import Synchronization
@_spi(Server) import ZerverCore

/// The certificates that new connections get. Workers ask for them once for each connection, so the lock costs nothing
/// beside a handshake.
final class TLSStore: Sendable {
  private let configuration: ServerConfiguration.TLS
  private let offersHTTP2: Bool
  private let certificates: Mutex<TLSCertificates>
  private let madeAt: Mutex<Instant>

  /// Sessions can be resumed with the certificates of their beginning only, whose keys for tickets live as long. Keys that
  /// never changed would open every recorded session of TLS 1.2 on the day that they leak, so they last half a day.
  private static var ageMax: Duration { .seconds(12 * 3600) }

  init(_ configuration: ServerConfiguration.TLS, offersHTTP2: Bool) throws(TLSContext.Fault) {
    self.configuration = configuration
    self.offersHTTP2 = offersHTTP2
    certificates = Mutex(try TLSCertificates(configuration, offersHTTP2: offersHTTP2))
    madeAt = Mutex(MonotonicClock.now)
  }

  var current: TLSCertificates { certificates.withLock { $0 } }

  /// Reads all files again. When that fails the old certificates stay.
  func reload() throws(TLSContext.Fault) {
    let new = try TLSCertificates(configuration, offersHTTP2: offersHTTP2)
    certificates.withLock { $0 = new }
    madeAt.withLock { $0 = MonotonicClock.now }
  }

  /// A file has changed, or the keys for tickets are old.
  var isDue: Bool { current.haveChanged || MonotonicClock.now >= madeAt.withLock { $0 + Self.ageMax } }
}
