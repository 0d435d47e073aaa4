/// The methods of RFC 9110 §9.3 and RFC 5789. Any other token is `other`, which no flow answers.
@frozen
@_spi(Server) public enum HTTPMethod: UInt8, Equatable, Sendable {
  case get, head, post, put, patch, delete, options, trace, connect, other

  /// The name on the wire; empty for `other`.
  public var name: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .trace: "TRACE"
    case .connect: "CONNECT"
    case .other: ""
    }
  }

  /// The method asks and changes nothing (RFC 9110 §9.2.1).
  public var isSafe: Bool {
    switch self {
    case .get, .head, .options, .trace: true
    case .post, .put, .patch, .delete, .connect, .other: false
    }
  }

  /// The method of a token. Methods are case-sensitive (RFC 9110 §9.1).
  init(_ token: FieldKey) {
    self = .other
    for method in [Self.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect] where token.matches(method.name) {
      self = method
    }
  }
}
