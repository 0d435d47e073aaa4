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
    case 4: .delete
    default: .head
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

  /// A tombstone as values. Allocates.
  public func tombstone(at index: Int) -> Tombstone {
    precondition(index >= 0 && index < tombstoneCount, "a tombstone of this catalog")
    guard let tombstone = EntryDetail.decodeTombstone(detail(ofRecord: index)) else {
      preconditionFailure("a packed tombstone was valid when it was written")
    }
    return tombstone
  }

  public var tombstones: [Tombstone] { (0..<tombstoneCount).map { tombstone(at: $0) } }

  /// Slugs that no flow may have. Allocates.
  public var reservations: [SlugReservation] {
    (0..<reservationCount).map { index in
      guard let reservation = EntryDetail.decodeReservation(detail(ofRecord: tombstoneCount + index)) else {
        preconditionFailure("a packed reservation was valid when it was written")
      }
      return reservation
    }
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

  /// The details of a tombstone, or of a reservation behind them.
  private func detail(ofRecord index: Int) -> UnsafeRawBufferPointer {
    let record = entriesOffset + count * PackedLayout.Entry.byteCount + index * PackedLayout.Record.byteCount
    let (offset, length) = PackedInteger.readPair(base, at: record)
    return UnsafeRawBufferPointer(start: base + offset, count: length)
  }
}
