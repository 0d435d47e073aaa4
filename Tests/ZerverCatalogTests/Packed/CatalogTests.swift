import Testing

@testable import ZerverCatalog

@Suite("The packed catalog")
struct CatalogTests {
  static func sample(_ count: Int) throws -> [CatalogEntry] {
    try (0..<count).map { number in
      var entry = CatalogEntry(
        slug: try Slug("flow-number-\(number)"), version: FlowVersion(1 + number % 3)!,
        method: FlowMethod.allCases[number % 6], owner: "team-\(number % 7)", summary: "Größe & “quotes” \(number).",
        profile: FlowProfile.builtIn[number % 3], deadlineNanoseconds: number % 2 == 0 ? nil : 800_000_000)
      if number % 4 == 0 { entry.aliases = [Alias(try Slug("old-name-\(number)"))] }
      if number % 8 == 0 { entry.aliases.append(Alias(try Slug("served-name-\(number)"), mode: .serve)) }
      if number % 5 == 0 {
        entry.deprecation = try Deprecation(
          deprecated: CalendarDate(year: 2026, month: 10, day: 1)!,
          sunset: number % 10 == 0 ? CalendarDate(year: 2027, month: 4, day: 1)! : nil,
          successor: FlowReference(text: "v9/flow-number-\(number)"),
          guide: number % 15 == 0 ? "https://example.com/\(number)" : nil)
        entry.deprecation?.isGoneAfterSunset = number % 10 == 0
        entry.deprecation?.isRetired = number % 15 == 0
      }
      if number % 3 == 0 { try fill(&entry, number) }
      return entry
    }
  }

  /// Everything that most entries have not.
  private static func fill(_ entry: inout CatalogEntry, _ number: Int) throws {
    entry.tags = ["tag-\(number)", "orders"]
    entry.isExperimental = true
    entry.bindings = [
      try RouteBinding(method: .get, template: "/things-\(number)/{thing-id}"), try RouteBinding(method: .put, template: "/t\(number)"),
    ]
    entry.tenantScope = .required
    entry.requirements = [Requirement(.role, "support"), Requirement(.capability, "write-things")]
    entry.idempotency = Idempotency(.required, ttlNanoseconds: 3_600_000_000_000)
    entry.profile = FlowProfile(name: "nightly", priorityClass: .batch, deadlineNanoseconds: 30_000_000_000, inFlightMax: 4)
  }

  /// Keeps a packed text alive for the rest of the test process, as a literal would be.
  static func catalog(_ entries: [CatalogEntry]) throws -> Catalog {
    let text = Array(try PackedCatalog(entries).text.utf8)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    memory.copyBytes(from: text)
    return Catalog(bytes: UnsafeRawBufferPointer(memory))
  }

  func lookup(_ path: String, in catalog: Catalog) -> CatalogMatch? {
    Array(path.utf8).withUnsafeBytes { catalog.lookup($0) }
  }

  func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("every path and every alias is found", arguments: [1, 2, 3, 10, 100, 1_000, 3_000])
  func everyPath(count: Int) throws {
    let entries = try Self.sample(count)
    let catalog = try Self.catalog(entries)
    #expect(catalog.count == count)
    for (index, entry) in entries.enumerated() {
      try #require(lookup(entry.path, in: catalog) == .flow(index))
      for alias in entry.aliases {
        try #require(lookup(entry.path(of: alias), in: catalog) == .alias(of: index, mode: alias.mode))
      }
    }
  }

  @Test("a near miss is a miss")
  func misses() throws {
    let entries = try Self.sample(200)
    let catalog = try Self.catalog(entries)
    for path in ["", "/", "/flow/v1", "/metrics", "/flow/v1/catalog", "/flow/v1/flow-number", "/flow/v1/flow-number-0/"] {
      #expect(lookup(path, in: catalog) == nil)
    }
    let paths = Set(entries.flatMap { entry in [entry.path] + entry.aliases.map { entry.path(of: $0) } })
    for path in paths {
      let bytes = Array(path.utf8)
      for position in bytes.indices {
        var changed = bytes
        changed[position] ^= 1
        var shorter = bytes
        shorter.remove(at: position)
        for near in [changed, shorter, bytes + [bytes[position]]]
        where !paths.contains(String(decoding: near, as: UTF8.self)) {
          try #require(near.withUnsafeBytes { catalog.lookup($0) } == nil)
        }
      }
    }
  }

  @Test("an entry is read back whole, and its header lines are ready")
  func entries() throws {
    let entries = try Self.sample(60)
    let catalog = try Self.catalog(entries)
    #expect(catalog.entries == entries)
    for (index, entry) in entries.enumerated() {
      #expect(text(catalog.path(at: index)) == entry.path)
      #expect(catalog.method(at: index) == entry.method)
      #expect(text(catalog.deprecationLines(at: index)) == entry.deprecation?.headerLines ?? "")
      #expect(catalog.sunsetUnixSeconds(at: index) == entry.deprecation?.sunset?.unixSeconds)
    }
    #expect(
      text(catalog.canonicalLines(at: 8))
        == "Content-Location: /flow/v3/flow-number-8\r\nLink: </flow/v3/flow-number-8>; rel=\"canonical\"\r\n")
    #expect(catalog.canonicalLines(at: 4).isEmpty)
  }

  @Test("the same entries give the same text, which a literal can hold")
  func text() throws {
    let entries = try Self.sample(30)
    let text = try PackedCatalog(entries).text
    #expect(try PackedCatalog(entries).text == text)
    #expect(!text.utf8.contains(0))
    // Round trip through UTF-8 validation: every boundary of a field lies between characters.
    #expect(String(validating: text.utf8, as: UTF8.self) == text)
  }

  @Test("a catalog without entries finds nothing")
  func empty() throws {
    let catalog = try Self.catalog([])
    #expect(catalog.count == 0)
    #expect(lookup("/flow/v1/flow-number-1", in: catalog) == nil)
  }

  @Test("catalogs of several modules become one, in their order")
  func merging() throws {
    let entries = try Self.sample(50)
    let merged = try Catalog(merging: [
      try Self.catalog(Array(entries[..<20])), try Self.catalog([]), try Self.catalog(Array(entries[20...])),
    ])
    #expect(merged.entries == entries)
    #expect(lookup(entries[40].path, in: merged) == .flow(40))
    #expect(try Catalog(merging: []).count == 0)
  }

  @Test("two modules that claim one path are told apart")
  func mergingCollision() throws {
    let entries = try Self.sample(5)
    let catalog = try Self.catalog(entries)
    var other = entries[3]
    other.slug = try Slug("another-flow")
    other.aliases = [Alias(entries[3].slug)]
    let second = try Self.catalog([other])
    #expect(throws: AliasTable.Collision(path: entries[3].path, first: .flow(entry: 3), second: .alias(entry: 5, index: 0))) {
      try Catalog(merging: [catalog, second])
    }
  }

  @Test("tombstones and reservations travel with the catalog, and a tombstone is found by its path")
  func retiredNames() throws {
    let tombstone = Tombstone(
      FlowReference(text: "v1/pay-cart")!, successor: FlowReference(text: "v2/checkout-cart"), reason: "Renamed.")
    let reservation = SlugReservation(try Slug("buy-cart"), reason: "The lawyers say so.")
    let entries = try Self.sample(5)
    let first = try Catalog(entries, tombstones: [tombstone], reservations: [reservation])
    #expect(first.tombstones == [tombstone])
    #expect(first.reservations == [reservation])
    #expect(first.entries == entries)
    #expect(lookup("/flow/v1/pay-cart", in: first) == .tombstone(0))
    #expect(try Catalog(merging: [first, try Self.catalog([])]).tombstones == [tombstone])

    var other = entries[0]
    other.slug = try Slug("buy-cart")
    other.aliases = []
    let second = try Self.catalog([other])
    #expect(throws: AliasTable.Collision(path: other.path, first: .reservation(0), second: .flow(entry: 5))) {
      try Catalog(merging: [first, second])
    }
  }
}
