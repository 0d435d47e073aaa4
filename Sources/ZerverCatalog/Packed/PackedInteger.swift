/// Integers of a packed catalog: four printable digits of six bits each, `0` to `o`, the least significant first.
///
/// A catalog lies in a string literal, whose bytes must be UTF-8, so no byte may have its highest bit set alone. Six bits
/// instead of seven keep every digit printable: the literal needs no escapes, and a person can read it.
@usableFromInline
enum PackedInteger {
  @usableFromInline static var byteCount: Int { 4 }
  @usableFromInline static var max: Int { 1 << 24 - 1 }

  @inlinable
  static func read(_ base: UnsafeRawPointer, at offset: Int) -> Int {
    let digits = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) &- 0x3030_3030
    let pairs = digits & 0x003F_003F | digits >> 2 & 0x0FC0_0FC0
    return Int(pairs & 0xFFF | pairs >> 4 & 0xFF_F000)
  }

  /// Two integers that stand side by side, in the work of one.
  @inlinable
  static func readPair(_ base: UnsafeRawPointer, at offset: Int) -> (Int, Int) {
    let digits = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &- 0x3030_3030_3030_3030
    let pairs = digits & 0x003F_003F_003F_003F | digits >> 2 & 0x0FC0_0FC0_0FC0_0FC0
    let values = pairs & 0x0000_0FFF_0000_0FFF | pairs >> 4 & 0x00FF_F000_00FF_F000
    return (Int(truncatingIfNeeded: values & 0xFFFF_FFFF), Int(truncatingIfNeeded: values >> 32))
  }

  static func append(_ value: Int, to bytes: inout [UInt8]) {
    precondition((0...max).contains(value), "a packed integer has 24 bits")
    for shift in stride(from: 0, to: 24, by: 6) { bytes.append(UInt8(value >> shift & 0x3F) + 0x30) }
  }
}
