/// Writes the head of a response: status line, `Date`, `Content-Type`, `Content-Length` or `Transfer-Encoding`,
/// `Connection` where it says something new, then whatever else there is.
@_spi(Server) public struct ResponseHead {
  public enum Body: Equatable, Sendable {
    /// Bytes of the body; for the answer to a HEAD, of the body that GET would have had.
    case length(Int)
    /// Chunks, which only a client of HTTP/1.1 understands.
    case chunked
    /// The body ends with the connection: for a client of HTTP/1.0 when the length is not known.
    case untilClose
  }

  public enum Connection: Equatable, Sendable {
    /// The connection stays as the version of the request has it: nothing to say.
    case unchanged
    /// It closes behind this response.
    case close
    /// It stays, which a client of HTTP/1.0 has to be told.
    case keepAlive
  }

  public var status: UInt16
  /// `nil` for a response without a body, or when an extra line gives it.
  public var contentType: StaticString?
  public var body: Body
  public var connection: Connection

  public init(status: UInt16, contentType: StaticString?, body: Body, connection: Connection = .unchanged) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.connection = connection
  }

  /// Appends the whole head.
  ///
  /// - Parameter extra: whole header lines, precomputed, each with its line break.
  public func write(
    to buffer: inout ByteBuffer, date: borrowing HTTPDateLine,
    extra: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) {
    begin(in: &buffer, date: date)
    buffer.append(contentsOf: extra)
    Self.end(in: &buffer)
  }

  /// Appends the lines that every head has. More may follow, by ``line(_:_:in:)``; ``end(in:)`` comes last.
  public func begin(in buffer: inout ByteBuffer, date: borrowing HTTPDateLine) {
    // One check for room in place of one for each piece: the lines without the content type take 190 bytes at most.
    let typeBytes = contentType.map { $0.utf8CodeUnitCount } ?? 0
    var cursor = buffer.beginWriting(atMost: 256 &+ typeBytes)
    HTTPStatus.putLine(status, at: &cursor)
    date.put(at: &cursor)
    if !HTTPStatus.forbidsBody(status) {
      if let contentType {
        cursor.put("Content-Type: ")
        cursor.put(contentType)
        cursor.put("\r\n")
      }
      switch body {
      case .length(let length):
        cursor.put("Content-Length: ")
        cursor.put(UInt(length))
        cursor.put("\r\n")
      case .chunked: cursor.put("Transfer-Encoding: chunked\r\n")
      case .untilClose: break
      }
    }
    switch connection {
    case .unchanged: break
    case .close: cursor.put("Connection: close\r\n")
    case .keepAlive: cursor.put("Connection: keep-alive\r\n")
    }
    buffer.endWriting(cursor)
  }

  /// Appends one line of a name that the framework chose.
  public static func line(_ name: StaticString, _ value: UnsafeRawBufferPointer, in buffer: inout ByteBuffer) {
    precondition(isValue(value), "the framework's own values have no control characters")
    buffer.append(name)
    buffer.append(": ")
    buffer.append(contentsOf: value)
    buffer.append("\r\n")
  }

  /// Appends one line that a step chose, as in ``Response/Header``. `false`, and nothing is appended, when it is none
  /// that HTTP allows, or one that would contradict the framing of the body: a step's data must not become a header
  /// line or a second response.
  public static func line(_ name: String, _ value: String, in buffer: inout ByteBuffer) -> Bool {
    let isAllowed = withBytes(of: name) { isName($0) && !isFraming($0) } && withBytes(of: value, isValue)
    guard isAllowed else { return false }
    buffer.append(name)
    buffer.append(": ")
    buffer.append(value)
    buffer.append("\r\n")
    return true
  }

  /// Appends the media type that a step chose for its own response. Nothing when it is none that HTTP allows.
  public static func contentType(_ value: String, in buffer: inout ByteBuffer) {
    guard withBytes(of: value, isValue) else { return }
    buffer.append("Content-Type: ")
    buffer.append(value)
    buffer.append("\r\n")
  }

  /// Appends the empty line that ends the head.
  @inline(__always)
  public static func end(in buffer: inout ByteBuffer) { buffer.append("\r\n") }

  /// The interim response to `Expect: 100-continue`.
  public static func writeContinue(to buffer: inout ByteBuffer) { buffer.append("HTTP/1.1 100 Continue\r\n\r\n") }

  private static func withBytes(of text: String, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }

  private static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
    !name.isEmpty && name.allSatisfy { HTTPSyntax.token.contains($0) }
  }

  private static func isValue(_ value: UnsafeRawBufferPointer) -> Bool {
    value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  /// The lines that this type writes itself, and those that would change what it writes.
  private static func isFraming(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let start = name.baseAddress else { return false }
    let own: [StaticString] = [
      "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer", "date", "content-type",
    ]
    return own.contains { HTTPSyntax.equalsFolded(start, name.count, $0) }
  }
}
