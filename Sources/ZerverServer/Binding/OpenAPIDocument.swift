@_spi(Server) import ZerverCore

/// The description of the flows that `route-gen openapi` has written, served at `/flow/v1/openapi`.
struct OpenAPIDocument: Sendable {
  static var contentType: StaticString { "application/vnd.oai.openapi+json;version=3.1" }

  let bytes: [UInt8]
  let tag: String

  /// The names of members that begin like a path of a flow. Looking for them costs one pass over the document, where a
  /// search for each flow would cost one for each.
  private let paths: Set<String>

  init(_ text: String) {
    bytes = Array(text.utf8)
    let pieces = text.split(separator: "\"")
    paths = Set(zip(pieces, pieces.dropFirst()).lazy.filter { $0.hasPrefix("/flow/") && $1.hasPrefix(":") }.map { String($0.0) })
    tag = bytes.withUnsafeBytes { EntityTag.of($0) }
  }

  /// Whether the document speaks of a path.
  func names(_ path: String) -> Bool { paths.contains(path) }
}
