/// Why bytes from a client are refused: the status of the answer, after which the connection closes, since nobody knows
/// where the next request would begin.
@_spi(Server) public struct HTTPRefusal: Error, Equatable, Sendable {
  public let status: UInt16
  /// A sentence for the client and the log. It repeats nothing that the client sent.
  public let reason: StaticString

  public init(_ status: UInt16, _ reason: StaticString) {
    self.status = status
    self.reason = reason
  }

  public static func badRequest(_ reason: StaticString) -> HTTPRefusal { HTTPRefusal(400, reason) }

  public static func == (a: HTTPRefusal, b: HTTPRefusal) -> Bool {
    a.status == b.status && a.reason.description == b.reason.description
  }
}
