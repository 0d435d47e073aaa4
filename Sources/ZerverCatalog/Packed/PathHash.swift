/// The hash of a path, the same in the tool that packs a catalog and in the server that reads it.
@usableFromInline
enum PathHash {
  /// The shortest path of a flow, `/flow/v1/a-b`, has 12 bytes. Eight are what one load reads.
  @usableFromInline static var lengthMin: Int { 8 }

  /// Sixteen bytes a round through a full multiplication, as in wyhash; the last sixteen overlap those before them.
  @inlinable
  static func hash(_ path: UnsafeRawPointer, count: Int, seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset &+ 16 < count {
      hash = mix(word(path, at: offset) ^ 0xA076_1D64_78BD_642F, word(path, at: offset &+ 8) ^ hash)
      offset &+= 16
    }
    let first = count >= 16 ? count &- 16 : 0
    return mix(word(path, at: first) ^ 0xE703_7ED1_A0B4_28DB, word(path, at: count &- 8) ^ hash)
  }

  @inlinable
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inlinable
  static func word(_ base: UnsafeRawPointer, at offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Where a hash lies in a table of `slotMask + 1` slots, given the displacement of its bucket. The step is odd,
  /// so that it reaches every slot.
  @inlinable
  static func slot(_ hash: UInt64, displacement: Int, slotMask: Int) -> Int {
    Int(truncatingIfNeeded: hash >> 32 &+ UInt64(truncatingIfNeeded: displacement) &* (hash >> 16 | 1)) & slotMask
  }
}
