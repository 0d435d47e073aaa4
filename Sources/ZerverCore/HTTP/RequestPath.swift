/// The one place where the path of a request is brought into its normal form (RFC 3986 §6.2.2), so that two spellings of
/// one path cannot mean two things.
///
/// Letters, digits and `-._~` are decoded; what else is percent-encoded stays so, with its digits in upper case; then dot
/// segments are removed. `%2F` therefore never becomes a separator, and `%2e%2e` is what `..` is. Nothing is decoded twice:
/// `%252e` becomes `%252e`. The query is left alone; ``QueryReader`` decodes it once, pair by pair.
@_spi(Server) public enum RequestPath {
  /// Whether the path may have another spelling than its normal one. Cheap enough to ask of every path that no flow has.
  public static func mayDiffer(_ path: UnsafeRawBufferPointer) -> Bool {
    var isBehindSlash = false
    for byte in path {
      if byte == UInt8(ascii: "%") || isBehindSlash && byte == UInt8(ascii: ".") { return true }
      isBehindSlash = byte == UInt8(ascii: "/")
    }
    return false
  }

  /// Appends the normal form of a path that the parser has accepted, to an empty buffer.
  public static func normalize(_ path: UnsafeRawBufferPointer, into normal: inout ByteBuffer) {
    precondition(normal.isEmpty, "the normal form stands alone")
    var offset = 0
    while offset < path.count {
      // Up to the end of the next segment, its slash included.
      offset = appendSegment(path, from: offset, into: &normal)
    }
    removeLastDots(&normal, isLast: true)
  }

  /// Appends one decoded segment and its slash. Returns where the next one begins.
  private static func appendSegment(
    _ path: UnsafeRawBufferPointer, from start: Int, into normal: inout ByteBuffer
  ) -> Int {
    var offset = start
    while offset < path.count {
      let byte = path[offset]
      if byte == UInt8(ascii: "/") {
        removeLastDots(&normal, isLast: false)
        normal.append(byte: byte)
        return offset + 1
      }
      guard byte == UInt8(ascii: "%"), offset + 2 < path.count, let high = hexadecimalValue(path[offset + 1]),
        let low = hexadecimalValue(path[offset + 2])
      else {
        normal.append(byte: byte)
        offset += 1
        continue
      }
      append(decoded: high << 4 | low, into: &normal)
      offset += 3
    }
    return offset
  }

  private static func append(decoded byte: UInt8, into normal: inout ByteBuffer) {
    guard !unreserved.contains(byte) else { return normal.append(byte: byte) }
    let digits: StaticString = "0123456789ABCDEF"
    normal.append(byte: UInt8(ascii: "%"))
    normal.append(byte: digits.utf8Start[Int(byte >> 4)])
    normal.append(byte: digits.utf8Start[Int(byte & 15)])
  }

  /// Takes a `.` or `..` at the end back, the latter with the segment before it (RFC 3986 §5.2.4). The slash before it
  /// stays when the path ends here; otherwise the slash behind it takes its place.
  private static func removeLastDots(_ normal: inout ByteBuffer, isLast: Bool) {
    let bytes = normal.view
    let dots = bytes.reversed().prefix { $0 == UInt8(ascii: ".") }.count
    guard dots == 1 || dots == 2, bytes.count > dots, bytes[bytes.count - dots - 1] == UInt8(ascii: "/") else { return }
    // Now behind the slash before the dots.
    var end = bytes.count - dots
    if dots == 2, end > 1 {
      end -= 1
      while end > 0, bytes[end - 1] != UInt8(ascii: "/") { end -= 1 }
    }
    normal.removeLast(bytes.count - (isLast ? end : max(0, end - 1)))
  }

  /// `unreserved` of RFC 3986 §2.3.
  private static var unreserved: HTTPSyntax.ByteSet { HTTPSyntax.ByteSet(low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE) }
}
