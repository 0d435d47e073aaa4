@_spi(Server) import ZerverCore

/// Percent-encoding as it stands in the segments of a path (RFC 3986 §2.1).
enum PercentEncoding {
  /// Appends what the bytes stand for. `false` when they stand for nothing: a `%` without two digits, or no UTF-8.
  static func decode(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Bool {
    let before = buffer.count
    var offset = 0
    while offset < bytes.count {
      guard bytes[offset] == UInt8(ascii: "%") else {
        buffer.append(byte: bytes[offset])
        offset += 1
        continue
      }
      guard let byte = byte(in: bytes, at: offset) else { return false }
      buffer.append(byte: byte)
      offset += 3
    }
    return buffer.withBytes { String(validating: $0[before...], as: UTF8.self) != nil }
  }

  /// Appends the bytes with everything encoded but unreserved characters (RFC 3986 §2.3).
  static func encode(_ bytes: some Sequence<UInt8>, into buffer: inout ByteBuffer) {
    for byte in bytes {
      if isUnreserved(byte) {
        buffer.append(byte: byte)
      } else {
        buffer.append(byte: UInt8(ascii: "%"))
        buffer.append(byte: digit(byte >> 4))
        buffer.append(byte: digit(byte & 0xF))
      }
    }
  }

  /// Whether the bytes stand for this text.
  static func decodes(_ bytes: UnsafeRawBufferPointer, to text: ArraySlice<UInt8>) -> Bool {
    var offset = 0
    for expected in text {
      guard offset < bytes.count else { return false }
      if bytes[offset] == UInt8(ascii: "%") {
        guard byte(in: bytes, at: offset) == expected else { return false }
        offset += 3
      } else {
        guard bytes[offset] == expected else { return false }
        offset += 1
      }
    }
    return offset == bytes.count
  }

  private static func byte(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt8? {
    guard offset + 2 < bytes.count, let high = value(bytes[offset + 1]), let low = value(bytes[offset + 2]) else { return nil }
    return high << 4 | low
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10 }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
