/// The methods that a flow can answer to. A flow with `GET` answers `HEAD`, too; one with `HEAD` answers nothing else.
@frozen
public enum FlowMethod: String, CaseIterable, Sendable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case head = "HEAD"

  /// Whether a request carries its input in the query unless the flow says otherwise: its body has no meaning
  /// (RFC 9110 §9.3.1, §9.3.2, §9.3.5).
  public var readsQuery: Bool { self == .get || self == .delete || self == .head }

  /// Asks for nothing but an answer (RFC 9110 §9.2.1): browsers, proxies and crawlers send such requests by themselves, and
  /// again.
  public var isSafe: Bool { self == .get || self == .head }
}
