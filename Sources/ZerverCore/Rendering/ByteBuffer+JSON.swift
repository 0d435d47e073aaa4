extension ByteBuffer {
  /// Appends a JSON string: quotes, and escapes for `"`, `\` and control characters. Other text stands as it is, in
  /// UTF-8.
  public mutating func appendJSON(_ text: String) {
    var text = text
    text.withUTF8 { appendJSONString(UnsafeRawBufferPointer($0)) }
  }

  public mutating func appendJSON(_ number: Int) { append(number) }

  /// Appends the shortest number that reads back as the same double. JSON has no infinity and no NaN: they become
  /// `null`.
  public mutating func appendJSON(_ number: Double) {
    guard number.isFinite else { return append("null") }
    // Whole numbers are common and need no shortest-digits search. 2^53 bounds what a double counts one by one.
    if number.magnitude < 0x1p53, number == number.rounded(.towardZero), number != 0 || number.sign == .plus {
      append(Int(number))
      return append(".0")
    }
    append(number.description)
  }

  public mutating func appendJSON(_ flag: Bool) {
    if flag { append("true") } else { append("false") }
  }

  public mutating func appendJSONNull() { append("null") }

  /// Begins an object of which any member may be left out. Each member is then written with a comma before its key,
  /// and ``endJSONObject(_:)`` turns the first comma into the brace. An object whose first member is always there needs
  /// neither: its literals say it all.
  @inlinable
  public mutating func beginJSONObject() -> Int { count }

  /// Ends the object that began at `start`.
  @inlinable
  public mutating func endJSONObject(_ start: Int) {
    if count == start {
      append("{}")
    } else {
      self[start] = UInt8(ascii: "{")
      append("}")
    }
  }

  /// Appends UTF-8 as a JSON string.
  mutating func appendJSONString(_ bytes: UnsafeRawBufferPointer) {
    let quote = UInt8(ascii: "\"")
    guard let source = bytes.baseAddress else { return append("\"\"") }
    let length = bytes.count
    // The usual case is that nothing needs an escape, so room is made and the copy begins at once.
    let target = tail(reserving: length &+ 2)
    target.storeBytes(of: quote, as: UInt8.self)
    let plain = Self.plainPrefix(source, from: 0, length: length)
    (target + 1).copyMemory(from: source, byteCount: plain)
    end &+= plain &+ 1
    if plain < length { appendEscaping(source, from: plain, length: length) }
    append(byte: quote)
  }

  @inline(never)
  private mutating func appendEscaping(_ source: UnsafeRawPointer, from start: Int, length: Int) {
    var offset = start
    while offset < length {
      appendEscape(source.byte(at: offset))
      offset &+= 1
      let next = Self.plainPrefix(source, from: offset, length: length)
      append(contentsOf: UnsafeRawBufferPointer(start: source + offset, count: next &- offset))
      offset = next
    }
  }

  private mutating func appendEscape(_ byte: UInt8) {
    append(byte: UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte: byte)
    case 0x08: append(byte: UInt8(ascii: "b"))
    case 0x09: append(byte: UInt8(ascii: "t"))
    case 0x0A: append(byte: UInt8(ascii: "n"))
    case 0x0C: append(byte: UInt8(ascii: "f"))
    case 0x0D: append(byte: UInt8(ascii: "r"))
    default:
      append("u00")
      append(byte: hexadecimalDigit(byte >> 4))
      append(byte: hexadecimalDigit(byte & 0xF))
    }
  }

  /// The offset of the first byte from `start` on that needs an escape, or `length`.
  @inline(__always)
  private static func plainPrefix(_ source: UnsafeRawPointer, from start: Int, length: Int) -> Int {
    var offset = start
    while length &- offset >= 8 {
      let found = escapes(source.word(at: offset))
      if found != 0 { return offset &+ bytesBefore(found) }
      offset &+= 8
    }
    // The last eight at once, some of them once more.
    if offset > start, escapes(source.word(at: length &- 8)) == 0 { return length }
    while offset < length {
      let byte = source.byte(at: offset)
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return offset }
      offset &+= 1
    }
    return length
  }

  /// Marks the bytes that need an escape.
  @inline(__always)
  private static func escapes(_ word: UInt64) -> UInt64 {
    marks(word, below: 0x20) | marks(word, equalTo: UInt8(ascii: "\"")) | marks(word, equalTo: UInt8(ascii: "\\"))
  }
}
