import ZerverCore

/// The description of the flows that `route-gen openapi` has written, served at `/flow/v1/openapi`.
struct OpenAPIDocument: Sendable {
  static var contentType: StaticString { "application/vnd.oai.openapi+json;version=3.1" }

  let bytes: [UInt8]
  let tag: String

  init(_ text: String) {
    bytes = Array(text.utf8)
    tag = bytes.withUnsafeBytes { EntityTag.of($0) }
  }
}
