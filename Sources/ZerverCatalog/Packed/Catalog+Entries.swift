extension Catalog {
  /// The canonical path of an entry, which is also where its redirecting aliases point.
  @inlinable
  public func path(at index: Int) -> UnsafeRawBufferPointer { text(at: index, PackedLayout.Entry.path) }

  /// The header lines that every response of the entry carries because the flow is deprecated, each ended by CR LF.
  /// Empty for a flow that is not.
  @inlinable
  public func deprecationLines(at index: Int) -> UnsafeRawBufferPointer {
    text(at: index, PackedLayout.Entry.deprecationLines)
  }

  /// The header lines of an answer under an alias that serves: `Content-Location` and a `canonical` link. Empty when
  /// the entry has no such alias.
  @inlinable
  public func canonicalLines(at index: Int) -> UnsafeRawBufferPointer {
    text(at: index, PackedLayout.Entry.canonicalLines)
  }

  @inlinable
  public func method(at index: Int) -> FlowMethod {
    switch PackedInteger.read(base, at: record(index) &+ PackedLayout.Entry.method) {
    case 0: .get
    case 1: .post
    case 2: .put
    case 3: .patch
    default: .delete
    }
  }

  /// Unix seconds from which on the flow is not answered any more; `nil` when it has no sunset.
  @inlinable
  public func sunsetUnixSeconds(at index: Int) -> Int? {
    let day = PackedInteger.read(base, at: record(index) &+ PackedLayout.Entry.sunsetDay)
    return day == 0 ? nil : day &* 86_400
  }

  /// The whole entry as values. Allocates: for start-up and for the catalog's own endpoint.
  public func entry(at index: Int) -> CatalogEntry {
    guard let entry = EntryDetail.decode(text(at: index, PackedLayout.Entry.detail)) else {
      preconditionFailure("a packed entry was valid when it was written")
    }
    return entry
  }

  /// All entries, in order.
  public var entries: [CatalogEntry] { (0..<count).map { entry(at: $0) } }

  @inlinable
  func text(at index: Int, _ field: Int) -> UnsafeRawBufferPointer {
    let (offset, length) = PackedInteger.readPair(base, at: record(index) &+ field)
    return UnsafeRawBufferPointer(start: base + offset, count: length)
  }

  @inlinable
  func record(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "an entry of this catalog")
    return entriesOffset &+ index &* PackedLayout.Entry.byteCount
  }
}
