/// Entity tags as they stand in `If-None-Match` (RFC 9110 §13.1.2).
package enum EntityTag {
  /// Whether a field value names the tag, or is `*`. The comparison is weak: `W/` does not count (RFC 9110 §8.8.3.2).
  ///
  /// - Parameters:
  ///   - field: a list such as `"a", W/"b"`.
  ///   - tag: with its quotes.
  package static func matches(_ field: UnsafeRawBufferPointer, _ tag: String) -> Bool {
    if field.elementsEqual("*".utf8) { return true }
    var rest = field[...]
    while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
      guard let end = rest[(quote + 1)...].firstIndex(of: UInt8(ascii: "\"")) else { return false }
      if rest[quote...end].elementsEqual(tag.utf8) { return true }
      rest = rest[(end + 1)...]
    }
    return false
  }
}
