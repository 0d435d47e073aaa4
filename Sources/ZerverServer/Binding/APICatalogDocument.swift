import ZerverCatalog
@_spi(Server) import ZerverCore

/// The answer of `GET /.well-known/api-catalog` (RFC 9727): a link set (RFC 9264) that leads a machine from the host name to
/// the flows, their catalog and their description.
enum APICatalogDocument {
  static var contentType: StaticString {
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\""
  }

  /// What every answer says, to HEAD as well (RFC 9727 §3).
  static var linkLine: StaticString { "Link: </.well-known/api-catalog>; rel=\"api-catalog\"\r\n" }

  /// Retired flows are left out: nobody should begin to call them.
  static func write(_ catalog: Catalog, today: CalendarDate, hasOpenAPI: Bool, to buffer: inout ByteBuffer) {
    let entries = catalog.entries.filter { $0.status(on: today) != .retired }
      .sorted { ($0.slug.text, $0.version.number) < ($1.slug.text, $1.version.number) }
    buffer.append("{\"linkset\":[{\"anchor\":\"/.well-known/api-catalog\",\"item\":[")
    for (index, entry) in entries.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append("{\"href\":")
      buffer.appendJSON(entry.path)
      if !entry.summary.isEmpty {
        buffer.append(",\"title\":")
        buffer.appendJSON(entry.summary)
      }
      buffer.append("}")
    }
    // One description for all of them: they are one interface.
    buffer.append("]},{\"anchor\":\"/flow/\",\"service-meta\":[{\"href\":\"/flow/v1/catalog\",\"type\":\"application/json\"}]")
    if hasOpenAPI {
      buffer.append(
        ",\"service-desc\":[{\"href\":\"/flow/v1/openapi\",\"type\":\"application/vnd.oai.openapi+json;version=3.1\"}]")
    }
    buffer.append("}]}")
  }
}
