/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Validation {
  /// Decodes the scalar at `offset`, which is below `end`. `nil` when the bytes there are no UTF-8.
  @inline(__always)
  static func scalar(_ bytes: UnsafeRawPointer, at offset: Int, end: Int) -> (value: UInt32, length: Int)? {
    let first = bytes.byte(at: offset)
    if first < 0x80 { return (UInt32(first), 1) }
    // 0xC0 and 0xC1 could only begin overlong forms.
    guard first >= 0xC2 else { return nil }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard first < 0xF5, end &- offset >= length else { return nil }
    var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for index in 1..<length {
      let byte = bytes.byte(at: offset &+ index)
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    if length == 3 && (value < 0x800 || (0xD800...0xDFFF).contains(value)) { return nil }
    if length == 4 && (value < 0x10000 || value > 0x10FFFF) { return nil }
    return (value, length)
  }

  /// The offset of the first byte that is no UTF-8, or `nil` when all of it is.
  static func firstInvalid(_ bytes: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end {
      if end &- offset >= 8, bytes.word(at: offset) & repeated(0x80) == 0 {
        offset &+= 8
        continue
      }
      guard let next = scalar(bytes, at: offset, end: end) else { return offset }
      offset &+= next.length
    }
    return nil
  }

  /// Unicode scalars of valid UTF-8: every byte that continues none begins one.
  static func scalarCount(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }
}

extension ByteBuffer {
  /// Appends the UTF-8 of a scalar value that is no surrogate.
  mutating func append(scalar value: UInt32) {
    switch value {
    case ..<0x80:
      append(byte: UInt8(truncatingIfNeeded: value))
    case ..<0x800:
      append(byte: 0xC0 | UInt8(truncatingIfNeeded: value >> 6))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
    case ..<0x10000:
      append(byte: 0xE0 | UInt8(truncatingIfNeeded: value >> 12))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value >> 6 & 0x3F))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
    default:
      append(byte: 0xF0 | UInt8(truncatingIfNeeded: value >> 18))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value >> 12 & 0x3F))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value >> 6 & 0x3F))
      append(byte: 0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
    }
  }
}
