/// A place in a buffer's memory to write at, with the room checked beforehand: for many small pieces of a known bound.
struct ByteCursor {
  fileprivate var position: UnsafeMutableRawPointer
  fileprivate let limit: UnsafeMutableRawPointer

  @inline(__always)
  mutating func put(_ text: StaticString) { put(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount) }

  @inline(__always)
  mutating func put(_ bytes: UnsafeRawPointer, count: Int) {
    position.copyMemory(from: bytes, byteCount: count)
    position += count
  }

  /// Writes a whole number in decimal digits, at most 20 bytes.
  @inline(__always)
  mutating func put(_ number: UInt) {
    let digits = ByteBuffer.digitCount(number)
    ByteBuffer.storeDigits(number, digits, at: position)
    position += digits
  }
}

extension ByteBuffer {
  /// Makes room for `bytes`. ``endWriting(_:)`` comes next; no closure, which the compiler would leave a function of its own.
  @inline(__always)
  mutating func beginWriting(atMost bytes: Int) -> ByteCursor {
    let start = tail(reserving: bytes)
    return ByteCursor(position: start, limit: start + bytes)
  }

  /// Appends what was written.
  @inline(__always)
  mutating func endWriting(_ cursor: ByteCursor) {
    precondition(cursor.position <= cursor.limit, "what was written is within its bound")
    end = cursor.position - memory.unsafelyUnwrapped
  }
}
