import CNGHTTP2
@_spi(Server) import ZerverCore

/// Reads the head of an answer, as the rest of the server writes it, into the fields of HTTP/2 (RFC 9113 §8.3.2): names in
/// lower case, without what is about the connection.
struct ResponseFields: ~Copyable {
  /// Names and values, wherever they stand.
  private(set) var fields: [zerver_h2_field] = []
  /// The names, in lower case. Not grown while `fields` points into it.
  private var names = ByteBuffer()

  /// Returns the length of the head with its empty line; `nil` when its end is not there. `fields` is valid until `bytes`
  /// change.
  mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int? {
    fields.removeAll(keepingCapacity: true)
    names.removeAll()
    guard let headBytes = Self.endOfHead(bytes), let base = bytes.baseAddress else { return nil }
    names.reserve(headBytes)
    var start = Self.endOfLine(bytes, from: 0)
    // "HTTP/1.1 200 …": the server's own words.
    append(":status", UnsafeRawBufferPointer(start: base + 9, count: 3))
    while start < headBytes - 2 {
      let end = Self.endOfLine(bytes, from: start)
      appendLine(UnsafeRawBufferPointer(start: base + start, count: end - 2 - start))
      start = end
    }
    return headBytes
  }

  private mutating func appendLine(_ line: UnsafeRawBufferPointer) {
    guard let base = line.baseAddress, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let nameStart = names.count
    names.append(atMost: colon) { room in
      for index in 0..<colon {
        let byte = line[index]
        room[index] = (65...90).contains(byte) ? byte | 0x20 : byte
      }
      return colon
    }
    let name = UnsafeRawBufferPointer(rebasing: names.view[nameStart...])
    guard !Self.isAboutConnection(name) else { return }
    var start = colon + 1
    var end = line.count
    // A client refuses a value with white space around it (RFC 9113 §8.2.1).
    while start < end, Self.isSpace(line[start]) { start += 1 }
    while start < end, Self.isSpace(line[end - 1]) { end -= 1 }
    fields.append(
      zerver_h2_field(name: name.baseAddress, name_bytes: colon, value: base + start, value_bytes: end - start))
  }

  private mutating func append(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    fields.append(
      zerver_h2_field(
        name: name.utf8Start, name_bytes: name.utf8CodeUnitCount, value: value.baseAddress, value_bytes: value.count))
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// RFC 9113 §8.2.2.
  private static func isAboutConnection(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name.count {
    case 7: name.elementsEqual("upgrade".utf8)
    case 10: name.elementsEqual("connection".utf8) || name.elementsEqual("keep-alive".utf8)
    case 17: name.elementsEqual("transfer-encoding".utf8)
    default: false
    }
  }

  /// Behind the line feed of the line that begins there.
  private static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    return min(index + 1, bytes.count)
  }

  private static func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var start = 0
    while start < bytes.count {
      let end = endOfLine(bytes, from: start)
      if end - start == 2 { return end }
      start = end
    }
    return nil
  }
}
