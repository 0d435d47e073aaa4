@_spi(Server) public import ZerverCore

/// Finds out who has sent a request, from its head alone.
///
/// The server asks for requests to flows that say `tenant` or `requires`, before their bodies are read; other flows do not
/// pay for it. It asks on the worker's thread, for some requests twice: an authenticator computes, waits for nothing, and
/// gives the same answer to the same head.
public protocol Authenticator: Sendable {
  /// The value of `WWW-Authenticate` for a request without credentials (RFC 9110 §11.6.1): `Bearer`.
  var challenge: String { get }

  func authenticate(_ request: borrowing RequestHeadView) -> Authentication
}

/// What came of a request's credentials.
public enum Authentication: Equatable, Sendable {
  case caller(Caller)
  /// The request has none.
  case anonymous
  /// The request has some, and they are not valid: answered 401, also where a caller without any would be served.
  ///
  /// - Parameter challenge: what `WWW-Authenticate` says then; `nil` for the authenticator's own challenge.
  case refused(challenge: String? = nil)
}

/// The head of a request, for an authenticator. It is a view of bytes that the connection owns, so it cannot be kept.
public struct RequestHeadView: ~Copyable {
  private let head: HTTPRequestHead
  private let bytes: UnsafeRawBufferPointer
  private let origin: RequestOrigin?

  init(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, origin: RequestOrigin? = nil) {
    self.head = head
    self.bytes = bytes
    self.origin = origin
  }

  /// What the client has proved with TLS, when it was asked for a certificate and has one. It is no credential of the
  /// request alone: every request of the connection has it.
  public var clientCertificate: ClientCertificate? { origin?.certificate }

  /// The address of the client, as those proxies say that are trusted (``ServerConfiguration/Proxies``); without such a proxy,
  /// of whoever has connected. `nil` when it is gone, and on a Unix-domain socket without a proxy that says more.
  public var clientAddress: String? { origin?.client(head, bytes)?.address.description }

  /// The client's own connection is encrypted: to this server, or to the trusted proxy that says so.
  public var isEncrypted: Bool { origin?.client(head, bytes)?.isEncrypted ?? origin?.isEncrypted ?? false }

  /// `GET`, `POST` and so on.
  public var method: String { String(decoding: head.methodName.of(bytes), as: UTF8.self) }
  /// As it came, percent-encoded, without the query.
  public var path: String { String(decoding: head.path.of(bytes), as: UTF8.self) }

  /// The value of the first header line of this name, without the white space around it.
  ///
  /// - Parameter name: in lower case.
  public func header(_ name: StaticString) -> String? {
    head.value(of: name, in: bytes).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same as bytes, without a copy.
  public func withHeader<Result>(_ name: StaticString, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
    body(head.value(of: name, in: bytes))
  }
}
