import COpenSSL
@_spi(Server) import ZerverCore

/// The encryption of one connection: turns the records that a client has sent into bytes, and bytes into records.
///
/// It reads no socket. Records of its own (handshake, tickets, alerts) go where the sealed bytes go.
struct TLSSession: ~Copyable {
  enum State: Equatable {
    /// Waits for more of the client.
    case needsMore
    case done
    /// The client has said that it sends nothing more.
    case closed
    /// The client breaks the rules, or is not believed. An alert may stand in the records.
    case failed
    /// The client speaks plain HTTP.
    case plainHTTP

    fileprivate init(_ state: zerver_tls_state) {
      switch state {
      case ZERVER_TLS_NEEDS_MORE: self = .needsMore
      case ZERVER_TLS_DONE: self = .done
      case ZERVER_TLS_CLOSED: self = .closed
      case ZERVER_TLS_PLAIN_HTTP: self = .plainHTTP
      default: self = .failed
      }
    }
  }

  /// Where records go. It stays where it is while the session is called.
  typealias Records = UnsafeMutablePointer<ByteBuffer>

  /// Freed with this value.
  private let session: OpaquePointer
  /// OpenSSL asks it for the certificate of a name while the handshake lasts.
  private let certificates: TLSCertificates
  private(set) var hasSaidGoodbye = false
  private var hasFailed = false
  /// Of the client, when it has one.
  private(set) var certificate: ClientCertificate?

  /// `nil` when there is no memory.
  init?(_ certificates: TLSCertificates) {
    let made = zerver_tls_accept(certificates.first.pointer) { records, bytes, count in
      records?.assumingMemoryBound(to: ByteBuffer.self).pointee.append(
        contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    guard let made else { return nil }
    session = made
    self.certificates = certificates
  }

  deinit { zerver_tls_free(session) }

  // MARK: Receiving

  /// Takes what the client has sent. It must stay until ``handshake(_:)`` or ``open(into:_:)`` needs more.
  func feed(_ bytes: UnsafeRawBufferPointer) { zerver_tls_feed(session, bytes.baseAddress, bytes.count) }

  /// Goes on with the handshake. `done` when it is over; bytes behind it may have been fed already.
  mutating func handshake(_ records: Records) -> State {
    let state = State(zerver_tls_handshake(session, records))
    hasFailed = state == .failed || state == .plainHTTP
    if state == .done { certificate = zerver_tls_client_certificate(session).map { ClientCertificate($0) } }
    return state
  }

  /// Opens everything that was fed. Never `done`.
  ///
  /// - Parameter bytes: how many were fed: about as many come out.
  mutating func open(_ bytes: Int, into input: inout ByteBuffer, _ records: Records) -> State {
    while true {
      var state = State.done
      input.append(atMost: max(bytes, 512)) { room in
        var count = 0
        state = State(zerver_tls_read(session, room.baseAddress, room.count, &count, records))
        return state == .done ? count : 0
      }
      hasFailed = state == .failed
      if state != .done { return state }
    }
  }

  // MARK: Sending

  /// Seals the bytes. `false` when the session has failed before.
  func seal(_ bytes: UnsafeRawBufferPointer, _ records: Records) -> Bool {
    bytes.isEmpty || zerver_tls_write(session, bytes.baseAddress, bytes.count, records)
  }

  /// Says that nothing more will come: the end of the connection is no accident then.
  mutating func sayGoodbye(_ records: Records) {
    guard !hasSaidGoodbye else { return }
    hasSaidGoodbye = true
    // The alert has said it.
    guard !hasFailed else { return }
    zerver_tls_shutdown(session, records)
  }

  // MARK: What was agreed on

  /// HTTP/2 instead of HTTP/1.1.
  var speaksHTTP2: Bool { zerver_tls_speaks_http2(session) }
  var isResumed: Bool { zerver_tls_is_resumed(session) }
}
