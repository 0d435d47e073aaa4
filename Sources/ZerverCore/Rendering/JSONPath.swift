/// The way from the root of a document to one of its bytes, such as `lines[2].product-id`.
///
/// Everything before that byte has been read already, so it is well formed.
struct JSONPath {
  private enum Level {
    /// The member that is being read: its key as it stands between the quotes.
    case object(key: Range<Int>?)
    case array(index: Int)
  }
  private var levels: [Level] = []
  private let bytes: UnsafeRawPointer

  /// Walks `bytes` up to `limit`, where a value, a key or a closing brace begins.
  init(_ bytes: UnsafeRawPointer, upTo limit: Int) {
    self.bytes = bytes
    var offset = 0
    var expectsKey = false
    while offset < limit {
      switch bytes.byte(at: offset) {
      case UInt8(ascii: "{"):
        levels.append(.object(key: nil))
        expectsKey = true
      case UInt8(ascii: "["):
        levels.append(.array(index: 0))
        expectsKey = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        levels.removeLast()
        expectsKey = false
      case UInt8(ascii: ","):
        expectsKey = advance()
      case UInt8(ascii: "\""):
        let end = Self.endOfString(bytes, from: offset)
        if expectsKey { levels[levels.count - 1] = .object(key: offset + 1..<end) }
        expectsKey = false
        offset = end
      default: break
      }
      offset += 1
    }
    // The byte may be the quote of a key, which belongs to the path.
    if expectsKey, bytes.byte(at: limit) == UInt8(ascii: "\"") {
      levels[levels.count - 1] = .object(key: limit + 1..<Self.endOfString(bytes, from: limit))
    }
  }

  /// Goes behind a comma. Whether a key comes next.
  private mutating func advance() -> Bool {
    switch levels[levels.count - 1] {
    case .object:
      levels[levels.count - 1] = .object(key: nil)
      return true
    case .array(let index):
      levels[levels.count - 1] = .array(index: index + 1)
      return false
    }
  }

  /// The offset of the closing quote.
  private static func endOfString(_ bytes: UnsafeRawPointer, from quote: Int) -> Int {
    var offset = quote + 1
    while bytes.byte(at: offset) != UInt8(ascii: "\"") {
      offset += bytes.byte(at: offset) == UInt8(ascii: "\\") ? 2 : 1
    }
    return offset
  }

  /// The path of the value or the key that begins at the byte.
  var value: String {
    var path = ""
    for level in levels { append(level, to: &path) }
    return path
  }

  /// The path of a member of the object that the byte is in.
  func container(appending name: String) -> String {
    var path = ""
    for level in levels.dropLast() { append(level, to: &path) }
    return path.isEmpty ? name : "\(path).\(name)"
  }

  private func append(_ level: Level, to path: inout String) {
    switch level {
    case .array(let index): path += "[\(index)]"
    case .object(let key?): path += Self.component(decode(key), isFirst: path.isEmpty)
    case .object(nil): break
    }
  }

  private func decode(_ key: Range<Int>) -> String {
    var reader = JSONReader(UnsafeRawBufferPointer(start: bytes + key.lowerBound - 1, count: key.count + 2))
    return (try? reader.readString()) ?? ""
  }

  /// A key as part of a path. The client chose it, so one that no `.flow` file could name stands in brackets and quotes,
  /// and a long one is cut.
  static func component(_ key: String, isFirst: Bool) -> String {
    let isPlain =
      !key.isEmpty && key.utf8.count <= 64
      && key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    if isPlain { return isFirst ? key : ".\(key)" }
    let scalars = key.unicodeScalars
    let shown = String(String.UnicodeScalarView(scalars.prefix(64)))
    return "[\"\(shown)\(scalars.count > 64 ? "…" : "")\"]"
  }
}
