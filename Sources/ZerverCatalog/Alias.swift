/// A second name of a flow, in the same version.
public struct Alias: Hashable, Sendable {
  @frozen
  public enum Mode: Hashable, Sendable {
    /// 308 to the canonical path (RFC 9110 §15.4.9: method and body are kept).
    case redirect
    /// Answered in place, with `Content-Location` and a `canonical` link.
    case serve
  }

  public let slug: Slug
  public let mode: Mode

  public init(_ slug: Slug, mode: Mode = .redirect) {
    self.slug = slug
    self.mode = mode
  }
}
