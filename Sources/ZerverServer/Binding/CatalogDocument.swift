import ZerverCatalog
@_spi(Server) import ZerverCore

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
    buffer.append("],\"tombstones\":[")
    let tombstones = catalog.tombstones.sorted {
      ($0.reference.slug.text, $0.reference.version.number) < ($1.reference.slug.text, $1.reference.version.number)
    }
    for (index, tombstone) in tombstones.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append(tombstone)
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
    appendStrings("tags", entry.tags)
    appendBindings(entry)
    appendCallers(entry)
    if let deprecation = entry.deprecation {
      append(",\"deprecated\":")
      appendJSON(deprecation.deprecated.description)
      if let sunset = deprecation.sunset {
        append(",\"sunset\":")
        appendJSON(sunset.description)
        append(",\"gone-after-sunset\":")
        appendJSON(deprecation.isGoneAfterSunset)
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

  /// Nothing when there are none: most flows have none.
  private mutating func appendStrings(_ name: StaticString, _ strings: [String]) {
    guard !strings.isEmpty else { return }
    append(",\"")
    append(name)
    append("\":[")
    for (index, string) in strings.enumerated() {
      if index > 0 { append(",") }
      appendJSON(string)
    }
    append("]")
  }

  private mutating func appendBindings(_ entry: CatalogEntry) {
    guard !entry.bindings.isEmpty else { return }
    append(",\"bindings\":[")
    for (index, binding) in entry.bindings.enumerated() {
      append(index == 0 ? "{\"method\":" : ",{\"method\":" as StaticString)
      appendJSON(binding.method.rawValue)
      append(",\"path\":")
      appendJSON(binding.template)
      append("}")
    }
    append("]")
  }

  private mutating func appendCallers(_ entry: CatalogEntry) {
    if entry.tenantScope != .none {
      append(",\"tenant\":")
      appendJSON(entry.tenantScope.rawValue)
    }
    appendStrings("requires", entry.requirements.map { "\($0.kind.rawValue) \($0.name)" })
    if let idempotency = entry.idempotency {
      append(",\"idempotency\":")
      appendJSON(idempotency.mode.rawValue)
    }
  }

  fileprivate mutating func append(_ tombstone: Tombstone) {
    append("{\"slug\":")
    appendJSON(tombstone.reference.slug.text)
    append(",\"version\":")
    appendJSON(tombstone.reference.version.number)
    append(",\"path\":")
    appendJSON(tombstone.path)
    if let successor = tombstone.successor {
      append(",\"successor\":")
      appendJSON(successor.path)
    }
    append(",\"reason\":")
    appendJSON(tombstone.reason)
    append("}")
  }
}
