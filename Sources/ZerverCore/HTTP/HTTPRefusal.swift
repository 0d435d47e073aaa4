/// Why bytes from a client are refused: the status of the answer, after which the connection closes, since nobody knows
/// where the next request would begin.
package struct HTTPRefusal: Error, Equatable, Sendable {
  package let status: UInt16
  /// A sentence for the client and the log. It repeats nothing that the client sent.
  package let reason: StaticString

  package init(_ status: UInt16, _ reason: StaticString) {
    self.status = status
    self.reason = reason
  }

  package static func badRequest(_ reason: StaticString) -> HTTPRefusal { HTTPRefusal(400, reason) }

  package static func == (a: HTTPRefusal, b: HTTPRefusal) -> Bool {
    a.status == b.status && a.reason.description == b.reason.description
  }
}
