extension ServerConfiguration {
  /// Which pages of other origins may call the server from a browser (Fetch standard, "CORS protocol").
  public struct CORS: Equatable, Sendable {
    /// Origins as browsers write them: `https://shop.example`, with a port where it is not the scheme's own. `*` stands for
    /// all. Default: none, and nothing is said.
    public var origins: [String] = []
    /// Whether pages may send cookies and what else belongs to the user. Not together with `*`. Default: omit.
    public var credentials = CORSCredentials.omit
    /// Header fields that pages may send, besides those that every page may.
    public var requestHeaders = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"]
    /// Header fields of answers that pages may read, besides those that every page may.
    public var responseHeaders = ["Content-Location", "Deprecation", "ETag", "Link", "Location", "Retry-After", "Sunset"]
    /// For how long a browser may remember what a preflight has said. Default 10 min.
    public var maxAge = Duration.seconds(600)
    public init() {}

    /// Why no browser would do what this says; `nil` when one would.
    var problem: String? {
      for origin in origins where origin != "*" && !Self.isOrigin(origin) {
        return "`\(origin)` is no origin, which is a scheme, a host and perhaps a port, such as `https://shop.example`"
      }
      if origins.contains("*"), origins.count > 1 { return "`*` stands for every origin, and others beside it say nothing" }
      if origins.contains("*"), credentials == .include { return "credentials are for origins that are named, and not for `*`" }
      for name in requestHeaders + responseHeaders where !Self.isToken(name) { return "`\(name)` is no name of a header field" }
      return nil
    }

    private static func isOrigin(_ text: String) -> Bool {
      let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let scheme = parts.first, let host = parts.last, !scheme.isEmpty, !host.isEmpty else { return false }
      return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !host.contains { "/?#@,".contains($0) } && text == text.lowercased()
    }

    private static func isToken(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
  }

  public enum CORSCredentials: String, CaseIterable, Equatable, Sendable {
    case omit, include
  }
}
