import ZerverServer

/// Reads a JSON document (RFC 8259) as a list of settings with their positions.
///
/// Strict: no comments, no trailing commas, no bytes after the document.
struct JSONSettings {
  enum Value: Equatable, Sendable {
    case string(String)
    case whole(Int)
    /// A number with a fraction or an exponent, or one that no `Int` holds, as written.
    case decimal(String)
    case bool(Bool)
    case null
    /// No setting is a list, so its elements are read and forgotten.
    case array
  }

  struct Position: Equatable, Sendable {
    let line: Int
    /// In Unicode scalars, from 1.
    let column: Int
  }

  struct Malformed: Error, Equatable {
    let position: Position
    let explanation: String
  }

  typealias Setting = (key: [String], value: Value, position: Position)

  /// Deeper files are refused: the parser recurses.
  private static var depthMax: Int { 32 }

  private let bytes: [UInt8]
  private var index = 0
  private var settings: [Setting] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The settings of the document, which must be one object.
  mutating func parse() throws(Malformed) -> [Setting] {
    // A byte order mark is no part of JSON, and some editors write one.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    skipSpace()
    guard peek == UInt8(ascii: "{") else { throw malformed("I need a JSON object: `{ \"port\": 8080 }`") }
    try object(under: [])
    skipSpace()
    guard index == bytes.count else { throw malformed("I need the end of the file after the object") }
    return settings
  }

  private mutating func object(under path: [String]) throws(Malformed) {
    guard path.count < Self.depthMax else { throw malformed("objects are nested more than \(Self.depthMax) deep") }
    index += 1
    skipSpace()
    if take("}") { return }
    while true {
      skipSpace()
      let start = index
      guard peek == UInt8(ascii: "\"") else { throw malformed("I need a name in double quotes") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw malformed("I need `:` after the name `\(EscapedText.escaped(name))`") }
      skipSpace()
      if peek == UInt8(ascii: "{") {
        try object(under: path + [name])
      } else {
        settings.append((path + [name], try value(depth: path.count), position(of: start)))
      }
      skipSpace()
      if take("}") { return }
      guard take(",") else { throw malformed("I need `,` or `}` after a value") }
    }
  }

  private mutating func value(depth: Int) throws(Malformed) -> Value {
    guard let byte = peek else { throw malformed("the file ends where I need a value") }
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "{"):
      // Only inside an array, where nothing is a setting.
      let count = settings.count
      try object(under: Array(repeating: "", count: depth + 1))
      settings.removeSubrange(count...)
      return .array
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      if takeWord("true") { return .bool(true) }
      if takeWord("false") { return .bool(false) }
      if takeWord("null") { return .null }
      throw malformed("I need a value: a text in double quotes, a number, `true`, `false` or an object")
    }
  }

  private mutating func array(depth: Int) throws(Malformed) -> Value {
    guard depth < Self.depthMax else { throw malformed("arrays are nested more than \(Self.depthMax) deep") }
    index += 1
    skipSpace()
    if take("]") { return .array }
    while true {
      skipSpace()
      _ = try value(depth: depth)
      skipSpace()
      if take("]") { return .array }
      guard take(",") else { throw malformed("I need `,` or `]` after an element") }
    }
  }

  private mutating func number() throws(Malformed) -> Value {
    let start = index
    _ = take("-")
    guard let first = peek, isDigit(first) else { throw malformed("I need a digit") }
    index += 1
    if first != UInt8(ascii: "0") { skipDigits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard let next = peek, isDigit(next) else { throw malformed("I need a digit after the point") }
      skipDigits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      guard let next = peek, isDigit(next) else { throw malformed("I need a digit in the exponent") }
      skipDigits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let number = Int(text) { return .whole(number) }
    return .decimal(text)
  }

  private mutating func string() throws(Malformed) -> String {
    let start = index
    index += 1
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw malformed("a text ends on its line; write a line break as `\\n`") }
      index += 1
      if byte == UInt8(ascii: "\\") {
        text += Array(String(try escape()).utf8)
      } else {
        text.append(byte)
      }
    }
    guard take("\"") else {
      index = start
      throw malformed("this text has no closing `\"`")
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      index = start
      throw malformed("this text is not UTF-8")
    }
    return string
  }

  private mutating func escape() throws(Malformed) -> Unicode.Scalar {
    guard let byte = peek else { throw malformed("the text ends after `\\`") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw malformed("after `\\` I know only \" \\ / b f n r t and u with four hexadecimal digits")
    }
  }

  private mutating func unicodeEscape() throws(Malformed) -> Unicode.Scalar {
    let unit = try fourHexDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard (0xD800..<0xDC00).contains(unit), take("\\"), take("u") else { throw malformed("half of a surrogate pair") }
    let low = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(low), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00)
    else { throw malformed("half of a surrogate pair") }
    return scalar
  }

  private mutating func fourHexDigits() throws(Malformed) -> UInt32 {
    let end = min(index + 4, bytes.count)
    let digits = String(decoding: bytes[index..<end], as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16) else {
      throw malformed("I need four hexadecimal digits after `\\u`")
    }
    index = end
    return unit
  }

  // MARK: Bytes

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard bytes[index...].starts(with: word.utf8) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
  }

  private mutating func skipDigits() {
    while let byte = peek, isDigit(byte) { index += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private func malformed(_ explanation: String) -> Malformed {
    Malformed(position: position(of: index), explanation: explanation)
  }

  private func position(of index: Int) -> Position {
    let before = bytes[..<index]
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return Position(line: line, column: String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)
  }
}
