/// Writes the constant that ``Catalog`` reads in place.
public struct PackedCatalog: Sendable {
  /// Plain text: valid UTF-8 without NUL, so that it can stand in a `StaticString` literal.
  public let text: String

  /// Throws when two entries claim one path. The same entries always give the same text.
  public init(
    _ entries: some Collection<CatalogEntry>, tombstones: [Tombstone] = [], reservations: [SlugReservation] = []
  ) throws(AliasTable.Collision) {
    let table = AliasTable(entries, tombstones: tombstones, reservations: reservations)
    if let collision = table.collisions.first { throw collision }
    text = String(decoding: Self.pack(Array(entries), tombstones, reservations), as: UTF8.self)
  }

  private static func pack(
    _ entries: [CatalogEntry], _ tombstones: [Tombstone], _ reservations: [SlugReservation]
  ) -> [UInt8] {
    let keys = keys(of: entries, tombstones)
    let hash = PerfectHash(keys.map { Array($0.path.utf8) })
    let slotsOffset = PackedLayout.Header.byteCount + hash.displacements.count
    let entriesOffset = slotsOffset + hash.slots.count * PackedLayout.Slot.byteCount
    let recordsOffset = entriesOffset + entries.count * PackedLayout.Entry.byteCount
    let recordCount = tombstones.count + reservations.count
    var text = PackedText(offset: recordsOffset + recordCount * PackedLayout.Record.byteCount)

    var slots: [UInt8] = []
    for key in hash.slots {
      guard let key else {
        for _ in 0..<4 { PackedInteger.append(0, to: &slots) }
        continue
      }
      text.append(keys[key].path, rangeTo: &slots)
      PackedInteger.append(keys[key].entry, to: &slots)
      PackedInteger.append(keys[key].kind, to: &slots)
    }
    var records: [UInt8] = []
    for entry in entries { append(entry, to: &records, text: &text) }
    for tombstone in tombstones { text.append(EntryDetail.encode(tombstone), rangeTo: &records) }
    for reservation in reservations { text.append(EntryDetail.encode(reservation), rangeTo: &records) }

    var bytes = Array(PackedLayout.magic.description.utf8)
    let total = text.offset + text.bytes.count
    let header = [
      entries.count, hash.seed, hash.displacements.count, hash.slots.count, total, tombstones.count, reservations.count,
    ]
    for value in header { PackedInteger.append(value, to: &bytes) }
    return bytes + hash.displacements + slots + records + text.bytes
  }

  private static func keys(
    of entries: [CatalogEntry], _ tombstones: [Tombstone]
  ) -> [(path: String, entry: Int, kind: Int)] {
    entries.enumerated().flatMap { index, entry in
      [(entry.path, index, 0)] + entry.aliases.map { (entry.path(of: $0), index, $0.mode == .redirect ? 1 : 2) }
    } + tombstones.enumerated().map { ($1.path, $0, 3) }
  }

  private static func append(_ entry: CatalogEntry, to records: inout [UInt8], text: inout PackedText) {
    text.append(entry.path, rangeTo: &records)
    text.append(entry.deprecation?.headerLines ?? "", rangeTo: &records)
    // Only an alias in serve mode sends these (RFC 9110 §8.7, RFC 6596).
    let isServed = entry.aliases.contains { $0.mode == .serve }
    text.append(
      isServed ? "Content-Location: \(entry.path)\r\nLink: <\(entry.path)>; rel=\"canonical\"\r\n" : "", rangeTo: &records)
    text.append(EntryDetail.encode(entry), rangeTo: &records)
    PackedInteger.append(FlowMethod.allCases.firstIndex(of: entry.method) ?? 0, to: &records)
    PackedInteger.append((entry.deprecation?.sunset?.unixSeconds ?? 0) / 86_400, to: &records)
  }
}

/// The text part in the making. Equal texts are stored once.
private struct PackedText {
  let offset: Int
  var bytes: [UInt8] = []
  var known: [String: Int] = [:]

  init(offset: Int) { self.offset = offset }

  /// Writes where the text begins and how many bytes it has.
  mutating func append(_ text: String, rangeTo record: inout [UInt8]) {
    let start = known[text] ?? offset + bytes.count
    if known.updateValue(start, forKey: text) == nil { bytes += text.utf8 }
    PackedInteger.append(start, to: &record)
    PackedInteger.append(text.utf8.count, to: &record)
  }
}
