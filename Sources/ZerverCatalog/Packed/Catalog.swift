/// The flows of one module or of a whole server, read in place from the constant that RouteGen wrote.
///
/// A copy costs nothing, and no access goes through a lazy global. The lookups allocate nothing.
public struct Catalog: @unchecked Sendable {
  // The bytes are a constant of the binary, or were allocated by `init(merging:)` and are never freed; nobody writes them.
  @usableFromInline let base: UnsafeRawPointer
  /// Number of entries.
  public let count: Int
  @usableFromInline let seed: UInt64
  @usableFromInline let bucketMask: Int
  @usableFromInline let slotMask: Int
  @usableFromInline let slotsOffset: Int
  @usableFromInline let entriesOffset: Int
  /// Number of tombstones.
  public let tombstoneCount: Int
  let reservationCount: Int

  /// - Parameter packed: what ``PackedCatalog`` wrote. Anything else is a mistake of the build, so it traps.
  public init(packed: StaticString) {
    precondition(packed.hasPointerRepresentation, "a packed catalog is longer than one character")
    self.init(bytes: UnsafeRawBufferPointer(start: packed.utf8Start, count: packed.utf8CodeUnitCount))
  }

  /// The bytes must stay where they are for as long as the process lives.
  init(bytes: UnsafeRawBufferPointer) {
    let magic = UnsafeRawBufferPointer(
      start: PackedLayout.magic.utf8Start, count: PackedLayout.magic.utf8CodeUnitCount)
    guard let base = bytes.baseAddress, bytes.count >= PackedLayout.Header.byteCount,
      bytes.prefix(magic.count).elementsEqual(magic),
      PackedInteger.read(base, at: PackedLayout.Header.totalBytes) == bytes.count
    else { preconditionFailure("RouteGen and the library that reads its catalog are of one version") }
    self.base = base
    count = PackedInteger.read(base, at: PackedLayout.Header.entryCount)
    seed = UInt64(PackedInteger.read(base, at: PackedLayout.Header.seed))
    let buckets = PackedInteger.read(base, at: PackedLayout.Header.bucketCount)
    let slots = PackedInteger.read(base, at: PackedLayout.Header.slotCount)
    bucketMask = buckets - 1
    slotMask = slots - 1
    slotsOffset = PackedLayout.Header.byteCount + buckets
    entriesOffset = slotsOffset + slots * PackedLayout.Slot.byteCount
    tombstoneCount = PackedInteger.read(base, at: PackedLayout.Header.tombstoneCount)
    reservationCount = PackedInteger.read(base, at: PackedLayout.Header.reservationCount)
  }
}

/// What a path means.
@frozen
public enum CatalogMatch: Hashable, Sendable {
  /// The canonical path of this entry.
  case flow(Int)
  /// A second name of an entry.
  case alias(of: Int, mode: Alias.Mode)
  /// The path of a flow that is gone for good.
  case tombstone(Int)
}

extension Catalog {
  /// What the bytes of a path, without query, mean; `nil` when no flow has it. Bytes are compared as they are:
  /// a slug has no character that needs percent-encoding, so an encoded spelling is another path.
  @inlinable
  public func lookup(_ path: UnsafeRawBufferPointer) -> CatalogMatch? {
    guard path.count >= PathHash.lengthMin, let bytes = path.baseAddress else { return nil }
    let hash = PathHash.hash(bytes, count: path.count, seed: seed)
    let bucket = Int(truncatingIfNeeded: hash) & bucketMask
    let displacement = Int(base.load(fromByteOffset: PackedLayout.Header.byteCount &+ bucket, as: UInt8.self))
    let slot = slotsOffset &+ PackedLayout.Slot.byteCount
      &* PathHash.slot(hash, displacement: displacement, slotMask: slotMask)
    let (offset, length) = PackedInteger.readPair(base, at: slot &+ PackedLayout.Slot.path)
    guard length == path.count, Self.areEqual(bytes, base + offset, count: length) else { return nil }
    let (entry, kind) = PackedInteger.readPair(base, at: slot &+ PackedLayout.Slot.target)
    switch kind {
    case 0: return .flow(entry)
    case 1: return .alias(of: entry, mode: .redirect)
    case 2: return .alias(of: entry, mode: .serve)
    default: return .tombstone(entry)
    }
  }

  /// Compares eight bytes at a time; the last eight overlap those before them. Both have at least eight.
  @inlinable
  static func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, count: Int) -> Bool {
    var offset = 0
    while offset &+ 8 < count {
      guard PathHash.word(a, at: offset) == PathHash.word(b, at: offset) else { return false }
      offset &+= 8
    }
    return PathHash.word(a, at: count &- 8) == PathHash.word(b, at: count &- 8)
  }
}
