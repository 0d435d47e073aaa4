// Eight bytes at a time in one word: what a pure module has in place of `memchr`. Each test marks the high bit of the
// bytes that it looks for. Marks above the lowest one can be wrong, since a subtraction borrows; the lowest is exact.

@inline(__always)
func repeated(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

/// Marks bytes that are equal to `byte`.
@inline(__always)
func marks(_ word: UInt64, equalTo byte: UInt8) -> UInt64 {
  let difference = word ^ repeated(byte)
  return (difference &- repeated(0x01)) & ~difference & repeated(0x80)
}

/// Marks bytes below `limit`, which is at most 0x80. Bytes from 0x80 on are never marked.
@inline(__always)
func marks(_ word: UInt64, below limit: UInt8) -> UInt64 {
  (word &- repeated(limit)) & ~word & repeated(0x80)
}

extension UnsafeRawPointer {
  /// Eight bytes, the first in the lowest bits.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  func byte(at offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}

/// How many bytes precede the first mark.
@inline(__always)
func bytesBefore(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
