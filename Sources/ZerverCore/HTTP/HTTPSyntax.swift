/// The character classes and small productions of RFC 9110 §5.6, RFC 9112 and RFC 3986, over bytes.
enum HTTPSyntax {
  /// A set of ASCII bytes, one bit each.
  struct ByteSet {
    let low: UInt64
    let high: UInt64

    /// Letters, digits, and these.
    init(alphanumericsAnd others: StaticString) {
      var low: UInt64 = 0x03FF_0000_0000_0000
      var high: UInt64 = 0x07FF_FFFE_07FF_FFFE
      others.withUTF8Buffer { bytes in
        for byte in bytes {
          if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
      }
      self.low = low
      self.high = high
    }

    init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
      guard byte < 128 else { return false }
      return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0
    }
  }

  // Literal bits, so that no lazy global is asked on the hot path; a test compares them with the characters.

  /// `tchar` of RFC 9110 §5.6.2: letters, digits, ``!#$%&'*+-.^_`|~``.
  @inline(__always) static var token: ByteSet { ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE) }
  /// `pchar` and `/` of RFC 3986 §3.3, without `%`: letters, digits, `-._~!$&'()*+,;=:@/`.
  @inline(__always) static var path: ByteSet { ByteSet(low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF) }
  /// `reg-name` of RFC 3986 §3.2.2, without `%`: letters, digits, `-._~!$&'()*+,;=`.
  @inline(__always) static var registeredName: ByteSet { ByteSet(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE) }

  // MARK: Eight bytes at a time. These marks are exact for every byte, since no sum carries into the next one.

  /// Marks bytes from `first` to `last`, both below 0x80.
  @inline(__always)
  static func marks(_ word: UInt64, from first: UInt8, through last: UInt8) -> UInt64 {
    let low = word & repeated(0x7F)
    let atLeast = low &+ repeated(0x80 &- first)
    let above = low &+ repeated(0x7F &- last)
    return atLeast & ~above & ~word & repeated(0x80)
  }

  @inline(__always)
  static func letters(_ word: UInt64) -> UInt64 {
    marks(word | repeated(0x20), from: UInt8(ascii: "a"), through: UInt8(ascii: "z"))
  }

  /// The offset of the first byte that is no token character, or `end`.
  @inline(__always)
  static func endOfName(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var offset = start
    while end &- offset >= 8 {
      let word = base.word(at: offset)
      // Nearly all names are letters and hyphens.
      let other = ~(letters(word) | marks(word, from: UInt8(ascii: "-"), through: UInt8(ascii: "-"))) & repeated(0x80)
      if other == 0 {
        offset &+= 8
        continue
      }
      offset &+= bytesBefore(other)
      if !token.contains(base.byte(at: offset)) { return offset }
      offset &+= 1
    }
    while offset < end, token.contains(base.byte(at: offset)) { offset &+= 1 }
    return offset
  }

  /// The offset of the first byte from `start` on that a field value cannot contain, which is the line's end when the
  /// line is right, or `end`. RFC 9110 §5.5: visible characters, space, tab, and bytes from 0x80 on.
  @inline(__always)
  static func endOfValue(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var offset = start
    while end &- offset >= 8 {
      let word = base.word(at: offset)
      let found = ZerverCore.marks(word, below: 0x20) | ZerverCore.marks(word, equalTo: 0x7F)
      if found == 0 {
        offset &+= 8
        continue
      }
      offset &+= bytesBefore(found)
      if base.byte(at: offset) != 0x09 { return offset }
      offset &+= 1
    }
    while offset < end, case let byte = base.byte(at: offset), byte >= 0x20 && byte != 0x7F || byte == 0x09 { offset &+= 1 }
    return offset
  }

  /// The offset of the next carriage return, in lines that have been validated.
  @inline(__always)
  static func endOfLine(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    endOfValue(base, from: start, to: end)
  }

  /// The offset of the first byte that a path cannot contain without more ado, or `end`.
  @inline(__always)
  static func endOfPath(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var offset = start
    while end &- offset >= 8 {
      let word = base.word(at: offset)
      // Letters, and the row from `-` to `9`: hyphen, point, slash, digits.
      let other = ~(letters(word) | marks(word, from: UInt8(ascii: "-"), through: UInt8(ascii: "9"))) & repeated(0x80)
      if other == 0 {
        offset &+= 8
        continue
      }
      offset &+= bytesBefore(other)
      if !path.contains(base.byte(at: offset)) { return offset }
      offset &+= 1
    }
    while offset < end, path.contains(base.byte(at: offset)) { offset &+= 1 }
    return offset
  }

  /// The offset of the first byte that a query cannot contain, or `end`. Beyond RFC 3986, it may have what browsers
  /// leave as it is (WHATWG URL, query percent-encode set): everything visible but `"`, `#`, `<` and `>`.
  @inline(__always)
  static func endOfQuery(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      switch base.byte(at: offset) {
      case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"): return offset
      case 0x21...0x7E: offset &+= 1
      default: return offset
      }
    }
    return offset
  }

  // MARK: Names and values

  /// Whether a name of token characters is `expected`, which is in lower case, in any case of letters.
  @inline(__always)
  static func equalsFolded(_ start: UnsafeRawPointer, _ count: Int, _ expected: StaticString) -> Bool {
    let length = expected.utf8CodeUnitCount
    guard count == length else { return false }
    let other = UnsafeRawPointer(expected.utf8Start)
    guard length >= 4 else {
      for index in 0..<length where start.byte(at: index) | 0x20 != other.byte(at: index) { return false }
      return true
    }
    if length < 8 {
      return folded4(start, 0) == folded4(other, 0) && folded4(start, length &- 4) == folded4(other, length &- 4)
    }
    var offset = 0
    while offset &+ 8 < length {
      guard start.word(at: offset) | repeated(0x20) == other.word(at: offset) | repeated(0x20) else { return false }
      offset &+= 8
    }
    return start.word(at: length &- 8) | repeated(0x20) == other.word(at: length &- 8) | repeated(0x20)
  }

  @inline(__always)
  private static func folded4(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) | 0x2020_2020
  }

  /// A value without the spaces and tabs around it.
  @inline(__always)
  static func trimmed(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> HTTPRequestHead.Range {
    var first = start
    var last = end
    while first < last, isSpace(base.byte(at: first)) { first &+= 1 }
    while last > first, isSpace(base.byte(at: last &- 1)) { last &-= 1 }
    return HTTPRequestHead.Range(first, last)
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// `uri-host [ ":" port ]` (RFC 9110 §7.2). An empty host is refused: no `http` URI has one.
  @inline(__always)
  static func isAuthority(_ base: UnsafeRawPointer, _ range: HTTPRequestHead.Range) -> Bool {
    let start = Int(range.start)
    var end = range.end
    // The port, from its end: digits up to a colon. Without one, they belong to the host.
    var port = 0
    var weight = 1
    var offset = end &- 1
    while offset >= start, end &- offset <= 6 {
      let byte = base.byte(at: offset)
      if byte == UInt8(ascii: ":") {
        guard port <= 65535 else { return false }
        end = offset
        break
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      port &+= Int(digit) &* weight
      weight &*= 10
      offset &-= 1
    }
    guard start < end else { return false }
    if base.byte(at: start) == UInt8(ascii: "[") { return endOfAddress(base, from: start, to: end) == end }
    return endOfRegisteredName(base, from: start, to: end) == end
  }

  @inline(__always)
  private static func endOfRegisteredName(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    var offset = start
    // Nearly all hosts are letters, digits, points and hyphens.
    while end &- offset >= 8 {
      let word = base.word(at: offset)
      let usual =
        letters(word) | marks(word, from: UInt8(ascii: "-"), through: UInt8(ascii: "."))
        | marks(word, from: UInt8(ascii: "0"), through: UInt8(ascii: "9"))
      guard usual == repeated(0x80) else { break }
      offset &+= 8
    }
    while offset < end {
      let byte = base.byte(at: offset)
      if byte == UInt8(ascii: "%") {
        guard isPercentEncoded(base, at: offset, end) else { return offset }
        offset &+= 3
      } else if registeredName.contains(byte) {
        offset &+= 1
      } else {
        return offset
      }
    }
    return offset
  }

  /// The offset behind `[…]`: an IPv6 address, of which the characters are checked and not the sense, since nothing
  /// connects to it. `IPvFuture` is refused: no such address exists.
  private static func endOfAddress(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
    var offset = start + 1
    while offset < end, case let byte = base.byte(at: offset), byte != UInt8(ascii: "]") {
      guard hexadecimalValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") else { return nil }
      offset += 1
    }
    return offset < end && offset > start + 2 ? offset + 1 : nil
  }

  @inline(__always)
  static func isPercentEncoded(_ base: UnsafeRawPointer, at offset: Int, _ end: Int) -> Bool {
    end &- offset >= 3 && hexadecimalValue(base.byte(at: offset &+ 1)) != nil
      && hexadecimalValue(base.byte(at: offset &+ 2)) != nil
  }
}
