/// Names one flow of one version: `v2/checkout-cart`.
public struct FlowReference: Hashable, Sendable {
  public let version: FlowVersion
  public let slug: Slug

  public init(_ slug: Slug, _ version: FlowVersion) {
    self.version = version
    self.slug = slug
  }

  /// The one path that the flow is served at: `/flow/v2/checkout-cart`.
  public var path: String { "/flow/\(version)/\(slug)" }
}

extension FlowReference: CustomStringConvertible {
  public var description: String { "\(version)/\(slug)" }
}
