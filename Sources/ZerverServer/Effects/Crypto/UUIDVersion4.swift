/// The text of a random UUID: RFC 9562 §5.4.
package enum UUIDVersion4 {
  /// - Parameter bytes: 16 random bytes. The six bits of version and variant are set here.
  package static func text(of bytes: [UInt8]) -> String {
    precondition(bytes.count == 16, "a UUID has 16 bytes")
    return String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[position] = UInt8(ascii: "-")
          position += 1
        }
        var byte = bytes[index]
        if index == 6 { byte = byte & 0x0F | 0x40 }
        if index == 8 { byte = byte & 0x3F | 0x80 }
        text[position] = hexDigit(byte >> 4)
        text[position + 1] = hexDigit(byte & 0x0F)
        position += 2
      }
      return position
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
