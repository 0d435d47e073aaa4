@_spi(Server) import ZerverCore

/// Writes the fields of an HTTP/2 request as the head of an HTTP/1.1 request (RFC 9113 §8.3.1), so that one parser decides
/// what a request is.
///
/// nghttp2 has checked the fields by RFC 9113 §8.2: names in lower case, no line ends in values, nothing that is about the
/// connection, every pseudo-header at most once and before the others.
struct RequestHeadWriter: ~Copyable {
  private var head = ByteBuffer()
  private var method = ByteBuffer()
  private var path = ByteBuffer()
  private var authority = ByteBuffer()
  /// The values of all `cookie` fields (RFC 9113 §8.2.3).
  private var cookie = ByteBuffer()
  private var hasRequestLine = false
  /// All that came, whether it was kept or not.
  private var bytes = 0
  private let bytesMax: Int

  /// - Parameter bytesMax: a head that is longer is cut, and too large. More than the parser takes, which tells better what
  ///   is wrong.
  init(bytesMax: Int) { self.bytesMax = bytesMax }

  mutating func begin() {
    head.removeAll()
    method.removeAll()
    path.removeAll()
    authority.removeAll()
    cookie.removeAll()
    hasRequestLine = false
    bytes = 0
  }

  var isTooLarge: Bool { bytes > bytesMax }
  /// Nobody sends that by mistake.
  var isFarTooLarge: Bool { bytes > 8 * bytesMax }

  mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    count(name, value)
    guard !isTooLarge else { return }
    guard name.first != UInt8(ascii: ":") else { return addPseudoHeader(name, value) }
    writeRequestLine()
    if name.elementsEqual("cookie".utf8) {
      if !cookie.isEmpty { cookie.append("; ") }
      return cookie.append(contentsOf: value)
    }
    // The same as the authority, and the parser would see two. Another one is left for it to refuse.
    if name.elementsEqual("host".utf8), authority.view.elementsEqual(value) { return }
    append(name, value)
  }

  /// A field that is not kept.
  mutating func count(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    bytes += name.count + value.count + 4
  }

  /// The whole head; valid until the next one begins.
  mutating func finish() -> UnsafeRawBufferPointer {
    writeRequestLine()
    if !cookie.isEmpty {
      head.append("cookie: ")
      head.append(contentsOf: cookie.view)
      head.append("\r\n")
    }
    head.append("\r\n")
    return head.view
  }

  private mutating func addPseudoHeader(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    switch name.count {
    case 5: path.append(contentsOf: value)  // :path
    case 7 where name[1] == UInt8(ascii: "m"): method.append(contentsOf: value)  // :method
    case 10: authority.append(contentsOf: value)  // :authority
    default: break  // :scheme decides nothing here, and extensions are not offered.
    }
  }

  private mutating func writeRequestLine() {
    guard !hasRequestLine else { return }
    hasRequestLine = true
    head.append(contentsOf: method.view)
    head.append(" ")
    // CONNECT has an authority in its place.
    head.append(contentsOf: path.isEmpty ? authority.view : path.view)
    head.append(" HTTP/1.1\r\n")
    if !authority.isEmpty {
      head.append("host: ")
      head.append(contentsOf: authority.view)
      head.append("\r\n")
    }
  }

  private mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    head.append(contentsOf: name)
    head.append(": ")
    head.append(contentsOf: value)
    head.append("\r\n")
  }
}
