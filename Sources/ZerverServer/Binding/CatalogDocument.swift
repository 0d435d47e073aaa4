import ZerverCatalog
import ZerverCore

/// The answer of `GET /flow/v1/catalog`: every flow of the server with its life cycle.
enum CatalogDocument {
  /// Writes the document into an empty buffer. Returns its validator, in quotes: a hash of the document
  /// (RFC 9110 §8.8.3).
  ///
  /// - Parameter today: decides which flows are deprecated and which are retired.
  static func write(_ catalog: Catalog, today: CalendarDate, to buffer: inout ByteBuffer) -> String {
    let entries = catalog.entries.sorted { ($0.slug.text, $0.version.number) < ($1.slug.text, $1.version.number) }
    buffer.append("{\"flows\":[")
    for (index, entry) in entries.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append(entry, today: today)
    }
    buffer.append("]}")
    return buffer.withBytes { EntityTag.of($0) }
  }
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
    appendJSON(entry.profile.name)
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
