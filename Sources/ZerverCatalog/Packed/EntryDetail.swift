/// The text form of a whole entry inside a packed catalog: fields in a fixed order, each with its length before it. A list
/// is its count and its items.
enum EntryDetail {
  static func encode(_ entry: CatalogEntry) -> String {
    let deprecation = entry.deprecation
    var writer = FieldWriter()
    writer.append(entry.slug.text, entry.version.description, entry.method.rawValue, entry.owner, entry.summary)
    writer.append(
      entry.profile.name, entry.profile.priorityClass.rawValue, entry.profile.deadlineNanoseconds?.description ?? "",
      entry.profile.inFlightMax?.description ?? "", entry.deadlineNanoseconds?.description ?? "")
    writer.append(
      deprecation?.deprecated.description ?? "", deprecation?.sunset?.description ?? "",
      deprecation?.successor?.description ?? "", deprecation?.guide ?? "", flag(deprecation?.isGoneAfterSunset),
      flag(deprecation?.isRetired))
    writer.append(
      flag(entry.isExperimental), entry.tenantScope.rawValue, entry.idempotency?.mode.rawValue ?? "",
      entry.idempotency?.ttlNanoseconds.description ?? "")
    writer.append(list: entry.aliases.flatMap { [$0.slug.text, $0.mode == .serve ? "serve" : "redirect"] })
    writer.append(list: entry.tags)
    writer.append(list: entry.bindings.flatMap { [$0.method.rawValue, $0.template] })
    writer.append(list: entry.requirements.flatMap { [$0.kind.rawValue, $0.name] })
    return writer.text
  }

  static func encode(_ tombstone: Tombstone) -> String {
    var writer = FieldWriter()
    writer.append(tombstone.reference.description, tombstone.successor?.description ?? "", tombstone.reason)
    return writer.text
  }

  static func encode(_ reservation: SlugReservation) -> String {
    var writer = FieldWriter()
    writer.append(reservation.slug.text, reservation.reason)
    return writer.text
  }

  private static func flag(_ flag: Bool?) -> String { flag == true ? "1" : "" }

  /// `nil` when the bytes are not what ``encode(_:)`` writes.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> CatalogEntry? {
    var reader = FieldReader(bytes)
    guard let slug = try? Slug(reader.next()), let version = FlowVersion(text: reader.next()),
      let method = FlowMethod(rawValue: reader.next())
    else { return nil }
    let owner = reader.next()
    let summary = reader.next()
    guard let profile = profile(&reader) else { return nil }
    var entry = CatalogEntry(
      slug: slug, version: version, method: method, owner: owner, summary: summary, profile: profile,
      deadlineNanoseconds: Int(reader.next()), deprecation: deprecation(&reader))
    entry.isExperimental = reader.next() == "1"
    entry.tenantScope = TenantScope(rawValue: reader.next()) ?? .none
    let mode = Idempotency.Mode(rawValue: reader.next())
    let ttl = Int(reader.next())
    if let mode, let ttl { entry.idempotency = Idempotency(mode, ttlNanoseconds: ttl) }
    entry.aliases = reader.pairs().compactMap { slug, mode in
      (try? Slug(slug)).map { Alias($0, mode: mode == "serve" ? .serve : .redirect) }
    }
    entry.tags = reader.list()
    entry.bindings = reader.pairs().compactMap { method, template in
      FlowMethod(rawValue: method).flatMap { try? RouteBinding(method: $0, template: template) }
    }
    entry.requirements = reader.pairs().compactMap { kind, name in
      Requirement.Kind(rawValue: kind).map { Requirement($0, name) }
    }
    return reader.isWhole ? entry : nil
  }

  static func decodeTombstone(_ bytes: UnsafeRawBufferPointer) -> Tombstone? {
    var reader = FieldReader(bytes)
    guard let reference = FlowReference(text: reader.next()) else { return nil }
    let successor = FlowReference(text: reader.next())
    return Tombstone(reference, successor: successor, reason: reader.next())
  }

  static func decodeReservation(_ bytes: UnsafeRawBufferPointer) -> SlugReservation? {
    var reader = FieldReader(bytes)
    return (try? Slug(reader.next())).map { SlugReservation($0, reason: reader.next()) }
  }

  private static func profile(_ reader: inout FieldReader) -> FlowProfile? {
    let name = reader.next()
    guard let priorityClass = FlowProfile.PriorityClass(rawValue: reader.next()) else { return nil }
    let deadline = Int(reader.next())
    return FlowProfile(
      name: name, priorityClass: priorityClass, deadlineNanoseconds: deadline, inFlightMax: Int(reader.next()))
  }

  private static func deprecation(_ reader: inout FieldReader) -> Deprecation? {
    let fields = (0..<6).map { _ in reader.next() }
    guard let deprecated = CalendarDate(text: fields[0]) else { return nil }
    var deprecation = try? Deprecation(
      deprecated: deprecated, sunset: CalendarDate(text: fields[1]), successor: FlowReference(text: fields[2]),
      guide: fields[3].isEmpty ? nil : fields[3])
    deprecation?.isGoneAfterSunset = fields[4] == "1"
    deprecation?.isRetired = fields[5] == "1"
    return deprecation
  }
}

private struct FieldWriter {
  private var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ fields: String...) {
    for field in fields { append(field: field) }
  }

  mutating func append(list: [String]) {
    append(String(list.count))
    for item in list { append(item) }
  }

  private mutating func append(field: String) {
    PackedInteger.append(field.utf8.count, to: &bytes)
    bytes += field.utf8
  }
}

/// Reads what ``FieldWriter`` has written. Behind the end every field is empty.
private struct FieldReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var hasFailed = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Every byte was read, and none was missing.
  var isWhole: Bool { !hasFailed && offset == bytes.count }

  mutating func next() -> String {
    guard let base = bytes.baseAddress, offset + PackedInteger.byteCount <= bytes.count,
      case let count = PackedInteger.read(base, at: offset), offset + PackedInteger.byteCount + count <= bytes.count
    else {
      hasFailed = true
      return ""
    }
    let start = offset + PackedInteger.byteCount
    offset = start + count
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  mutating func list() -> [String] {
    guard let count = Int(next()), count <= bytes.count else { return [] }
    return (0..<count).map { _ in next() }
  }

  mutating func pairs() -> [(String, String)] {
    let items = list()
    return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }
}
