extension JSONValue {
  /// Where a text stops being JSON.
  package struct ParsingError: Error, Equatable {
    /// Of the byte that does not fit.
    package let offset: Int
    package let reason: String
  }

  /// Reads one JSON document (RFC 8259), and nothing behind it.
  package init(parsing bytes: [UInt8]) throws(ParsingError) {
    var reader = JSONTextReader(bytes: bytes)
    self = try reader.document()
  }
}

private struct JSONTextReader {
  /// Far deeper than any message that an editor or a log writes, and far from the end of the stack.
  private static let depthMax = 128

  let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONValue.ParsingError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard offset == bytes.count else { throw failure("there is more behind the document") }
    return value
  }

  private mutating func value() throws(JSONValue.ParsingError) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw failure("the document is nested too deeply") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
    default: throw failure("a value is expected")
    }
  }

  private mutating func object() throws(JSONValue.ParsingError) -> JSONValue {
    offset += 1
    var members: [JSONValue.Member] = []
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("the name of a member is expected") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw failure("`:` is expected") }
      members.append(JSONValue.Member(name, try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("`,` or `}` is expected") }
    return .object(members)
  }

  private mutating func array() throws(JSONValue.ParsingError) -> JSONValue {
    offset += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(elements) }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("`,` or `]` is expected") }
    return .array(elements)
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONValue.ParsingError) -> JSONValue {
    let word = Array(text.description.utf8)
    guard bytes[offset...].starts(with: word) else { throw failure("a value is expected") }
    offset += word.count
    return value
  }

  private mutating func number() throws(JSONValue.ParsingError) -> JSONValue {
    let start = offset
    while let byte = current, "+-.0123456789Ee".utf8.contains(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if let int = Int(text) { return .int(int) }
    guard let double = Double(text), double.isFinite else { throw failure("the number cannot be read") }
    return .float(double)
  }

  private mutating func string() throws(JSONValue.ParsingError) -> String {
    offset += 1
    var text: [UInt8] = []
    while let byte = current {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw failure("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw failure("the string does not end")
  }

  private mutating func escape() throws(JSONValue.ParsingError) -> [UInt8] {
    guard let byte = current else { throw failure("the string does not end") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try scalar()
    default: throw failure("there is no such escape")
    }
  }

  /// Half of a surrogate pair without the other half becomes a replacement character.
  private mutating func scalar() throws(JSONValue.ParsingError) -> [UInt8] {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), bytes[offset...].starts(with: "\\u".utf8) {
      let before = offset
      offset += 2
      let low = try hexadecimal()
      if (0xDC00..<0xE000).contains(low) {
        code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
      } else {
        offset = before
      }
    }
    return Array(String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8)
  }

  private mutating func hexadecimal() throws(JSONValue.ParsingError) -> UInt32 {
    guard offset + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits are expected") }
    offset += 4
    return code
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private func failure(_ reason: String) -> JSONValue.ParsingError { JSONValue.ParsingError(offset: offset, reason: reason) }
}
