/// Where things stand in a packed catalog. All offsets count bytes from its beginning, all integers are
/// ``PackedInteger``.
///
/// | part | content |
/// |---|---|
/// | header | `zerver-catalog-2` and the integers of `Header` |
/// | displacements | one printable byte for each bucket |
/// | slots | `Slot` for each slot of the perfect hash; a length of 0 marks an empty one |
/// | entries | `Entry` for each entry |
/// | tombstones, reservations | `Record` for each |
/// | text | paths, header lines, and the details of all records |
@usableFromInline
enum PackedLayout {
  static var magic: StaticString { "zerver-catalog-2" }

  @usableFromInline
  enum Header {
    static var entryCount: Int { 16 }
    static var seed: Int { 20 }
    static var bucketCount: Int { 24 }
    static var slotCount: Int { 28 }
    static var totalBytes: Int { 32 }
    static var tombstoneCount: Int { 36 }
    static var reservationCount: Int { 40 }
    @usableFromInline static var byteCount: Int { 44 }
  }

  @usableFromInline
  enum Slot {
    /// Offset and length.
    @usableFromInline static var path: Int { 0 }
    /// The entry, and what the path is to it: 0 the flow itself, 1 an alias that redirects, 2 an alias that serves;
    /// or the tombstone, and 3.
    @usableFromInline static var target: Int { 8 }
    @usableFromInline static var byteCount: Int { 16 }
  }

  @usableFromInline
  enum Entry {
    /// The first four are texts: offset and length.
    @usableFromInline static var path: Int { 0 }
    @usableFromInline static var deprecationLines: Int { 8 }
    @usableFromInline static var canonicalLines: Int { 16 }
    static var detail: Int { 24 }
    /// Index into `FlowMethod.allCases`.
    @usableFromInline static var method: Int { 32 }
    /// Days from 1970-01-01 to the sunset, or 0 when there is none.
    @usableFromInline static var sunsetDay: Int { 36 }
    @usableFromInline static var byteCount: Int { 40 }
  }

  /// A tombstone or a reservation: offset and length of its details.
  enum Record {
    static var byteCount: Int { 8 }
  }
}
