/// The code of a declared error: `cart-not-found`. RouteGen writes one for each `error` of a `.flow` file.
public struct FlowErrorName: Hashable, Sendable, ExpressibleByStringLiteral {
  public let code: String
  public init(_ code: String) { self.code = code }
  public init(stringLiteral code: String) { self.code = code }
}
