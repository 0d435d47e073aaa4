/// The text form of a whole entry inside a packed catalog: fields in a fixed order, each with its length before it.
enum EntryDetail {
  static func encode(_ entry: CatalogEntry) -> String {
    let deprecation = entry.deprecation
    var fields = [
      entry.slug.text, entry.version.description, entry.method.rawValue, entry.owner, entry.summary,
      entry.profile.name, entry.deadlineNanoseconds?.description ?? "", deprecation?.deprecated.description ?? "",
      deprecation?.sunset?.description ?? "", deprecation?.successor?.description ?? "", deprecation?.guide ?? "",
    ]
    fields += entry.aliases.flatMap { [$0.slug.text, $0.mode == .serve ? "serve" : "redirect"] }
    var bytes: [UInt8] = []
    for field in fields {
      PackedInteger.append(field.utf8.count, to: &bytes)
      bytes += field.utf8
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `nil` when the bytes are not what ``encode(_:)`` writes.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> CatalogEntry? {
    guard let fields = fields(of: bytes), fields.count >= 11,
      let slug = try? Slug(fields[0]), let version = FlowVersion(text: fields[1]),
      let method = FlowMethod(rawValue: fields[2]), let profile = FlowProfile.builtIn.first(where: { $0.name == fields[5] })
    else { return nil }
    let aliases = stride(from: 11, to: fields.count - 1, by: 2).compactMap { index in
      (try? Slug(fields[index])).map { Alias($0, mode: fields[index + 1] == "serve" ? .serve : .redirect) }
    }
    return CatalogEntry(
      slug: slug, version: version, method: method, owner: fields[3], summary: fields[4], profile: profile,
      deadlineNanoseconds: Int(fields[6]), deprecation: deprecation(Array(fields[7...10])), aliases: aliases)
  }

  private static func deprecation(_ fields: [String]) -> Deprecation? {
    guard let deprecated = CalendarDate(text: fields[0]) else { return nil }
    return try? Deprecation(
      deprecated: deprecated, sunset: CalendarDate(text: fields[1]), successor: FlowReference(text: fields[2]),
      guide: fields[3].isEmpty ? nil : fields[3])
  }

  private static func fields(of bytes: UnsafeRawBufferPointer) -> [String]? {
    guard let base = bytes.baseAddress else { return nil }
    var fields: [String] = []
    var offset = 0
    while offset < bytes.count {
      guard offset + PackedInteger.byteCount <= bytes.count else { return nil }
      let count = PackedInteger.read(base, at: offset)
      offset += PackedInteger.byteCount
      guard offset + count <= bytes.count else { return nil }
      fields.append(String(decoding: bytes[offset..<offset + count], as: UTF8.self))
      offset += count
    }
    return fields
  }
}
