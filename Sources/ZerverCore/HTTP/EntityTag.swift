/// Entity tags: what a body is compared by without sending it (RFC 9110 §8.8.3).
@_spi(Server) public enum EntityTag {
  public enum Comparison: Sendable {
    /// Both tags are strong and the same: the bodies are equal byte for byte.
    case strong
    /// `W/` does not count.
    case weak
  }

  /// Whether a field value names the tag, or is `*` (RFC 9110 §13.1.1, §13.1.2). A field that is no list of tags names
  /// none.
  ///
  /// - Parameters:
  ///   - field: a list such as `"a", W/"b"`.
  ///   - tag: with its quotes, and with `W/` when it is weak. `nil` for a body without one, which only `*` names.
  public static func matches(_ field: UnsafeRawBufferPointer, _ tag: String?, by comparison: Comparison = .weak) -> Bool {
    if field.elementsEqual("*".utf8) { return true }
    guard var tag = tag?.utf8[...] else { return false }
    let isWeak = tag.starts(with: "W/".utf8)
    if isWeak {
      guard comparison == .weak else { return false }
      tag = tag.dropFirst(2)
    }
    var offset = 0
    while offset < field.count {
      guard let (start, end, isWeakItem) = nextTag(field, from: &offset) else { return false }
      if isWeakItem && comparison == .strong { continue }
      if field[start..<end].elementsEqual(tag) { return true }
    }
    return false
  }

  /// The tag with its quotes, for a text that may come without.
  static func quoted(_ tag: String) -> String {
    let isQuoted = tag.utf8.last == UInt8(ascii: "\"") && (tag.hasPrefix("\"") || tag.hasPrefix("W/\""))
    return isQuoted ? tag : "\"\(tag)\""
  }

  /// The bytes of the next tag with its quotes. `nil` when what comes next is none.
  private static func nextTag(
    _ field: UnsafeRawBufferPointer, from offset: inout Int
  ) -> (start: Int, end: Int, isWeak: Bool)? {
    while offset < field.count, HTTPSyntax.isSpace(field[offset]) || field[offset] == UInt8(ascii: ",") { offset += 1 }
    var isWeak = false
    if field.count - offset > 2, field[offset] == UInt8(ascii: "W"), field[offset + 1] == UInt8(ascii: "/") {
      isWeak = true
      offset += 2
    }
    guard offset < field.count, field[offset] == UInt8(ascii: "\"") else { return nil }
    let start = offset
    offset += 1
    while offset < field.count, field[offset] != UInt8(ascii: "\"") { offset += 1 }
    guard offset < field.count else { return nil }
    offset += 1
    return (start, offset, isWeak)
  }

  /// A strong tag for a body that has none of its own: a hash of it. FNV-1a with 64 bits tells bodies apart and protects
  /// nothing.
  public static func of(_ body: UnsafeRawBufferPointer) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "\"\(String(hash, radix: 16))\""
  }
}
