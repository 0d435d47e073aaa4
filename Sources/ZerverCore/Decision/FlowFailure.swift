/// An error that ends a request: one that a `.flow` file declares (`error out-of-stock { sku: string }`), or one of the
/// framework's own.
///
/// RouteGen writes a factory for each declared error, so a step says `.fail(.outOfStock(sku: "A-1"))`.
public struct FlowFailure: Error, Equatable, Sendable {
  /// Kebab-case name. It becomes the last part of the problem's `type`.
  public let code: String
  /// The status when no flow maps the code; `nil` for declared errors.
  public let status: UInt16?
  /// A sentence for the client.
  public let detail: String
  /// The fields of the declared error, which become members of the problem.
  public let members: [Member]
  /// A sentence for the log only.
  public let logDetail: String
  /// A resource was not to be had for the moment: another attempt may succeed. Never so for a declared error.
  @_spi(Server) public let isTransient: Bool

  public struct Member: Equatable, Sendable {
    public let name: String
    public let value: Value
    public init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  public enum Value: Equatable, Sendable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
  }

  /// A declared error.
  public init(code: String, detail: String = "", members: [Member] = []) {
    self.init(code: code, status: nil, detail: detail, members: members, logDetail: "")
  }

  @_spi(Server) public init(
    code: String, status: UInt16?, detail: String, members: [Member] = [], logDetail: String = "",
    isTransient: Bool = false
  ) {
    self.code = code
    self.status = status
    self.detail = detail
    self.members = members
    self.logDetail = logDetail
    self.isTransient = isTransient
  }

  /// The same failure with a status of its own: `on out-of-stock -> 410` behind one use of a step.
  public func answered(with status: UInt16) -> FlowFailure {
    FlowFailure(
      code: code, status: status, detail: detail, members: members, logDetail: logDetail, isTransient: isTransient)
  }

  /// 500. The client learns nothing; the detail goes to the log.
  public static func internalError(_ logDetail: String) -> FlowFailure {
    FlowFailure(code: "internal-error", status: 500, detail: "The server could not complete the request.", logDetail: logDetail)
  }

  /// A step goes on taking behind the last part.
  @_spi(Server) public static func noFurtherPart(step: String) -> FlowFailure {
    .internalError("step \(step) takes another part of the input, and was given the last one")
  }

  /// 415 (RFC 9110 §15.5.16).
  @usableFromInline
  static var unsupportedMediaType: FlowFailure {
    FlowFailure(code: "unsupported-media-type", status: 415, detail: "The body must be application/json.")
  }
}
