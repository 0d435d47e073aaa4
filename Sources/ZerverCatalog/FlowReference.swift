/// Names one flow of one version: `v2/checkout-cart`.
public struct FlowReference: Hashable, Sendable {
  public let version: FlowVersion
  public let slug: Slug

  public init(_ slug: Slug, _ version: FlowVersion) {
    self.version = version
    self.slug = slug
  }

  /// Reads `v2/checkout-cart`; `nil` for anything else.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let version = FlowVersion(text: parts[0]), let slug = try? Slug(String(parts[1])) else {
      return nil
    }
    self.init(slug, version)
  }

  /// The one path that the flow is served at: `/flow/v2/checkout-cart`.
  public var path: String { "/flow/\(version)/\(slug)" }
}

extension FlowReference: CustomStringConvertible {
  public var description: String { "\(version)/\(slug)" }
}
