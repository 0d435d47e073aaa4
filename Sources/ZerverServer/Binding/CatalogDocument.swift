import ZerverCatalog
import ZerverCore

/// The answer of `GET /flow/v1/catalog`: every flow of the server with its life cycle.
struct CatalogDocument {
  private(set) var body = ByteBufferBox()
  /// A strong validator in quotes (RFC 9110 §8.8.3): a hash of the body.
  let etag: String

  /// - Parameter today: decides which flows are deprecated and which are retired.
  init(_ catalog: Catalog, today: CalendarDate) {
    let entries = catalog.entries.sorted { ($0.slug.text, $0.version.number) < ($1.slug.text, $1.version.number) }
    body.buffer.append("{\"flows\":[")
    for (index, entry) in entries.enumerated() {
      if index > 0 { body.buffer.append(",") }
      body.buffer.append(entry, today: today)
    }
    body.buffer.append("]}")
    // FNV-1a, 64 bits: it tells documents apart and protects nothing.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    body.buffer.withBytes { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    etag = "\"\(String(hash, radix: 16))\""
  }
}

/// A byte buffer that can be shared: it does not change once it has been written.
final class ByteBufferBox {
  var buffer = ByteBuffer()
}

extension ByteBuffer {
  fileprivate mutating func append(_ entry: CatalogEntry, today: CalendarDate) {
    append("{\"slug\":")
    appendJSON(entry.slug.text)
    append(",\"version\":")
    appendJSON(entry.version.number)
    append(",\"method\":")
    appendJSON(entry.method.rawValue)
    append(",\"path\":")
    appendJSON(entry.path)
    append(",\"owner\":")
    appendJSON(entry.owner)
    append(",\"summary\":")
    appendJSON(entry.summary)
    append(",\"profile\":")
    appendJSON(entry.profile.rawValue)
    append(",\"status\":")
    appendJSON(entry.status(on: today).rawValue)
    append(",\"aliases\":[")
    for (index, alias) in entry.aliases.enumerated() {
      if index > 0 { append(",") }
      append("{\"slug\":")
      appendJSON(alias.slug.text)
      append(",\"path\":")
      appendJSON(entry.path(of: alias))
      append(",\"mode\":")
      appendJSON(alias.mode == .redirect ? "redirect" : "serve")
      append("}")
    }
    append("]")
    if let deprecation = entry.deprecation {
      append(",\"deprecated\":")
      appendJSON(deprecation.deprecated.description)
      if let sunset = deprecation.sunset {
        append(",\"sunset\":")
        appendJSON(sunset.description)
      }
      if let successor = deprecation.successor {
        append(",\"successor\":")
        appendJSON(successor.path)
      }
      if let guide = deprecation.guide {
        append(",\"guide\":")
        appendJSON(guide)
      }
    }
    append("}")
  }
}
