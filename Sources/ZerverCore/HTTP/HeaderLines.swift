/// Header lines that a flow's own `header` lines add to its successful response. Generated code writes them, once for each
/// response; what comes from a field can never end a line.
public struct HeaderLines: ~Copyable {
  /// How the text of a field is written into a header.
  public enum Encoding: Sendable {
    /// Everything but unreserved characters is percent-encoded: the field is a part of a URI (RFC 3986 §2.3).
    case uri
    /// What no header can have is percent-encoded: control characters and what is not ASCII (RFC 9110 §5.5).
    case text
  }

  /// Whole lines, each with its line break.
  @_spi(Server) public private(set) var bytes = ByteBuffer()
  /// Where the line in the making begins.
  private var lineStart = 0
  /// A field of the line has no value: the line is left out.
  private var isMissing = false
  /// The value of a line `header etag`, for requests that ask on a condition.
  @_spi(Server) public private(set) var entityTag: String?
  private var isEntityTag = false

  @_spi(Server) public init() {}

  @_spi(Server) public mutating func removeAll() {
    bytes.removeAll()
    lineStart = 0
    isMissing = false
    entityTag = nil
  }

  /// Appends whole lines that the framework knows to be right.
  @_spi(Server) public mutating func append(lines: UnsafeRawBufferPointer) { bytes.append(contentsOf: lines) }

  // MARK: Used by generated code

  public mutating func begin(_ name: StaticString) {
    lineStart = bytes.count
    isMissing = false
    isEntityTag = name.utf8CodeUnitCount == 4 && name.description.lowercased() == "etag"
    bytes.append(name)
    bytes.append(": ")
  }

  public mutating func append(_ text: StaticString) { bytes.append(text) }

  /// Text of a template, which was found fit for a header when the flow was built.
  mutating func append(plain text: String) { bytes.append(text) }

  public mutating func append(_ text: String, _ encoding: Encoding) {
    for byte in text.utf8 {
      let isPlain: Bool =
        switch encoding {
        case .uri: Self.isUnreserved(byte)
        case .text: byte >= 0x20 && byte < 0x7F
        }
      if isPlain {
        bytes.append(byte: byte)
      } else {
        bytes.append(byte: UInt8(ascii: "%"))
        bytes.append(byte: Self.digit(byte >> 4))
        bytes.append(byte: Self.digit(byte & 0xF))
      }
    }
  }

  /// A value by the text that it has in JSON, without quotes: numbers, booleans, cases of enums, and types around them.
  public mutating func append<Value: JSONEncodable>(_ value: Value, _ encoding: Encoding) {
    var json = ByteBuffer()
    value.encodeJSON(to: &json)
    let text = json.withBytes { bytes in
      guard bytes.first == UInt8(ascii: "\"") else { return String(decoding: bytes, as: UTF8.self) }
      var reader = JSONReader(bytes)
      // A string of a step's own may hold U+0000, which the reader refuses; the header has no use for it either.
      do throws(InputError) { return try reader.readString() } catch { return "" }
    }
    append(text, encoding)
  }

  public mutating func append<Value: JSONEncodable>(_ value: Value?, _ encoding: Encoding) {
    guard let value else {
      isMissing = true
      return
    }
    append(value, encoding)
  }

  public mutating func end() {
    if isMissing {
      bytes.removeLast(bytes.count - lineStart)
    } else {
      if isEntityTag { entityTag = bytes.withBytes { String(decoding: $0[(lineStart + 6)...], as: UTF8.self) } }
      bytes.append("\r\n")
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
