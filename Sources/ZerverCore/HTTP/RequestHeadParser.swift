/// Parses the head of one HTTP/1 request (RFC 9112) in one coarse call over the bytes that have arrived.
///
/// Strict: a line ends with CRLF and nothing else, no line is folded, no space precedes a colon, and whatever two
/// servers could understand differently is refused. A refusal ends the connection.
///
/// When the head is not complete, the caller keeps the bytes and calls again with all of them and more. The parser goes
/// on at the line where it stopped, and looks at each byte of an incomplete line once, so that a head that comes byte by
/// byte costs no more than its length. One parser serves one request; the next begins behind the body, with a new parser or
/// with `restart`.
@_spi(Server) public struct RequestHeadParser {
  public enum Outcome: Equatable, Sendable {
    /// `head` is there, and took `headBytes`. The body begins behind them.
    case complete
    case needMore
    /// Answer with this status and close.
    case refused(HTTPRefusal)
  }

  private enum Phase {
    /// Nothing has come. Can become: requestLine.
    case start
    /// The request line is not complete. Can become: headers.
    case requestLine
    /// Header lines are being read. Final.
    case headers
  }

  let limits: HTTPLimits
  private var phase = Phase.start
  /// Where the line begins that is not complete.
  private var lineStart = 0
  /// Up to here, that line is known to have no line feed.
  private var searched = 0
  private var headersStart = 0
  private var headerCount = 0
  /// What has been read so far. Whole when `parse` has said so, until `restart`.
  public var head = HTTPRequestHead()
  /// Length of a whole head, its empty line included.
  @inlinable public var headBytes: Int { head.headers.end &+ 2 }
  /// The authority of a target in absolute form.
  var targetAuthority = HTTPRequestHead.Range()

  public init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

  /// Begins with the next request. As good as a new parser, without a copy of the limits.
  public mutating func restart() {
    phase = .start
    lineStart = 0
    searched = 0
    headerCount = 0
    head = HTTPRequestHead()
    targetAuthority = HTTPRequestHead.Range()
  }

  /// Nothing of the next request has been read.
  public var isAtStart: Bool { phase == .start && searched == 0 }

  /// - Parameter bytes: everything from the first byte of the request on. Beyond the head, it may contain a body and
  ///   further requests.
  public mutating func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    guard let base = bytes.baseAddress else { return .needMore }
    do throws(HTTPRefusal) {
      guard try parseLines(base, bytes.count) else {
        searched = bytes.count
        return .needMore
      }
      return .complete
    } catch {
      return .refused(error)
    }
  }

  /// `false` when the head is not complete.
  private mutating func parseLines(_ base: UnsafeRawPointer, _ limit: Int) throws(HTTPRefusal) -> Bool {
    if searched > lineStart {
      // The line was incomplete before. Until its line feed is there, or a carriage return that has none, parsing it again
      // is wasted.
      guard hasLineEnd(base, from: searched, to: limit) else {
        try checkLength(upTo: limit)
        return false
      }
    }
    if phase == .start {
      guard try skipEmptyLine(base, limit) else { return false }
      phase = .requestLine
    }
    if phase == .requestLine {
      guard let end = try parseRequestLine(base, from: lineStart, to: limit) else {
        try checkLength(upTo: limit)
        return false
      }
      guard end - 2 - lineStart <= limits.requestLineBytesMax else { throw Self.requestLineTooLong }
      phase = .headers
      lineStart = end
      headersStart = end
    }
    while true {
      if lineStart &+ 1 < limit, base.byte(at: lineStart) == 0x0D, base.byte(at: lineStart &+ 1) == 0x0A {
        head.headers = HTTPRequestHead.Range(headersStart, lineStart)
        try checkWhole(base)
        return true
      }
      guard let end = try parseHeaderLine(base, from: lineStart, to: limit) else {
        try checkLength(upTo: limit)
        return false
      }
      lineStart = end
      guard lineStart &- headersStart <= limits.headerBytesMax else { throw Self.headersTooLong }
    }
  }

  private func hasLineEnd(_ base: UnsafeRawPointer, from start: Int, to limit: Int) -> Bool {
    for offset in start..<limit where base.byte(at: offset) == 0x0A || base.byte(at: offset - 1) == 0x0D { return true }
    return false
  }

  /// Refuses an incomplete line that is too long already.
  private func checkLength(upTo limit: Int) throws(HTTPRefusal) {
    switch phase {
    case .start: break
    case .requestLine:
      // The line's own CRLF may be there in part.
      guard limit - lineStart <= limits.requestLineBytesMax + 1 else { throw Self.requestLineTooLong }
    case .headers:
      // Of the empty line that ends the head, CR may be there.
      guard limit - headersStart <= limits.headerBytesMax + 1 else { throw Self.headersTooLong }
    }
  }

  private static var requestLineTooLong: HTTPRefusal { HTTPRefusal(414, "the request line is too long") }
  private static var headersTooLong: HTTPRefusal { HTTPRefusal(431, "the header lines are too long") }

  /// Skips one empty line before the request, which some clients send behind a body (RFC 9112 §2.2). `false` when more
  /// bytes must tell.
  private mutating func skipEmptyLine(_ base: UnsafeRawPointer, _ limit: Int) throws(HTTPRefusal) -> Bool {
    guard limit > 0 else { return false }
    guard base.byte(at: 0) == 0x0D else { return true }
    guard limit > 1 else { return false }
    guard base.byte(at: 1) == 0x0A else { throw .badRequest("a carriage return stands alone") }
    lineStart = 2
    return limit > 2
  }

  // MARK: Request line

  /// The offset behind the request line, or `nil` when it is not complete.
  @inline(__always)
  private mutating func parseRequestLine(
    _ base: UnsafeRawPointer, from start: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    guard let target = try parseMethod(base, from: start, to: limit) else { return nil }
    guard target < limit else { return nil }
    let space: Int
    if base.byte(at: target) == UInt8(ascii: "/") {
      guard let end = try parseOrigin(base, from: target, to: limit) else { return nil }
      space = end
    } else {
      guard let end = try parseOtherTarget(base, from: target, to: limit) else { return nil }
      space = end
    }
    guard base.byte(at: space) == 0x20 else { throw .badRequest("the target has a character that it cannot contain") }
    return try parseVersion(base, from: space &+ 1, to: limit)
  }

  /// The offset behind the method and its space.
  @inline(__always)
  private mutating func parseMethod(_ base: UnsafeRawPointer, from start: Int, to limit: Int) throws(HTTPRefusal) -> Int? {
    if limit &- start >= 8 {
      let word = base.word(at: start)
      if word & 0xFFFF_FFFF == Self.get {
        head.method = .get
        head.methodName = HTTPRequestHead.Range(start, start &+ 3)
        return start &+ 4
      }
      if word & 0xFF_FFFF_FFFF == Self.post {
        head.method = .post
        head.methodName = HTTPRequestHead.Range(start, start &+ 4)
        return start &+ 5
      }
    }
    return try parseAnyMethod(base, from: start, to: limit)
  }

  /// `GET ` and `POST ` in the lowest bytes of a word.
  @inline(__always) private static var get: UInt64 { 0x2054_4547 }
  @inline(__always) private static var post: UInt64 { 0x20_5453_4F50 }

  @inline(never)
  private mutating func parseAnyMethod(
    _ base: UnsafeRawPointer, from start: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    let end = HTTPSyntax.endOfName(base, from: start, to: limit)
    guard end - start <= limits.methodBytesMax else { throw HTTPRefusal(501, "no such method is known here") }
    guard end < limit else { return nil }
    guard end > start, base.byte(at: end) == 0x20 else {
      throw .badRequest("a request line begins with a method and one space")
    }
    head.method = HTTPMethod(FieldKey(start: base + start, count: end - start))
    head.methodName = HTTPRequestHead.Range(start, end)
    guard head.method != .connect else { throw HTTPRefusal(501, "this server is no proxy") }
    return end + 1
  }

  /// Path and query. The offset of what ends them, which is in the buffer.
  @inline(__always)
  private mutating func parseOrigin(_ base: UnsafeRawPointer, from start: Int, to limit: Int) throws(HTTPRefusal) -> Int? {
    var offset = HTTPSyntax.endOfPath(base, from: start, to: limit)
    while offset < limit, base.byte(at: offset) == UInt8(ascii: "%") {
      guard limit &- offset >= 3 else { return nil }
      guard HTTPSyntax.isPercentEncoded(base, at: offset, limit) else {
        throw .badRequest("% must be followed by two hexadecimal digits")
      }
      offset = HTTPSyntax.endOfPath(base, from: offset &+ 3, to: limit)
    }
    guard offset < limit else { return nil }
    head.path = HTTPRequestHead.Range(start, offset)
    guard base.byte(at: offset) == UInt8(ascii: "?") else { return offset }
    let queryStart = offset &+ 1
    offset = HTTPSyntax.endOfQuery(base, from: queryStart, to: limit)
    guard offset < limit else { return nil }
    head.query = HTTPRequestHead.Range(queryStart, offset)
    head.flags.insert(.hasQuery)
    return offset
  }

  /// The asterisk form and the absolute form (RFC 9112 §3.2).
  @inline(never)
  private mutating func parseOtherTarget(
    _ base: UnsafeRawPointer, from start: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    if base.byte(at: start) == UInt8(ascii: "*") {
      guard head.method == .options else { throw .badRequest("* is a target for OPTIONS only") }
      head.path = HTTPRequestHead.Range(start, start + 1)
      head.flags.insert(.isAsterisk)
      return start + 1 < limit ? start + 1 : nil
    }
    var colon = start
    while colon < limit, colon - start <= 5, HTTPSyntax.token.contains(base.byte(at: colon)) { colon += 1 }
    guard colon < limit else { return nil }
    guard
      HTTPSyntax.equalsFolded(base + start, colon - start, "http")
        || HTTPSyntax.equalsFolded(base + start, colon - start, "https")
    else { throw .badRequest("a target is a path, or a whole http URI") }
    for (index, expected) in [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "/")].enumerated() {
      guard colon + index < limit else { return nil }
      guard base.byte(at: colon + index) == expected else { throw .badRequest("a target is a path, or a whole http URI") }
    }
    var end = colon + 3
    while end < limit {
      let byte = base.byte(at: end)
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte <= 0x20 { break }
      end += 1
    }
    guard end < limit else { return nil }
    targetAuthority = HTTPRequestHead.Range(colon + 3, end)
    guard HTTPSyntax.isAuthority(base, targetAuthority) else { throw .badRequest("the target names no valid host") }
    head.flags.insert(.isAbsolute)
    if base.byte(at: end) == UInt8(ascii: "/") { return try parseOrigin(base, from: end, to: limit) }
    // An empty path means `/`: the second slash of the scheme's stands for it. For OPTIONS it means the server as a whole
    // (RFC 9112 §3.2.4).
    guard base.byte(at: end) == UInt8(ascii: "?") else {
      if head.method == .options { head.flags.insert(.isAsterisk) }
      head.path = HTTPRequestHead.Range(colon + 2, colon + 3)
      return end
    }
    let rest = try parseOrigin(base, from: end, to: limit)
    head.path = HTTPRequestHead.Range(colon + 2, colon + 3)
    return rest
  }

  /// The version and the line's end. The offset behind them.
  @inline(__always)
  private mutating func parseVersion(_ base: UnsafeRawPointer, from start: Int, to limit: Int) throws(HTTPRefusal) -> Int? {
    if limit &- start >= 10, base.word(at: start) == Self.version11,
      base.byte(at: start &+ 8) == 0x0D, base.byte(at: start &+ 9) == 0x0A
    {
      head.flags.insert(.isVersion11)
      return start &+ 10
    }
    return try parseAnyVersion(base, from: start, to: limit)
  }

  /// `HTTP/1.1` as a word.
  @inline(__always) private static var version11: UInt64 { 0x312E_312F_5054_5448 }

  @inline(never)
  private mutating func parseAnyVersion(
    _ base: UnsafeRawPointer, from start: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    let form: StaticString = "HTTP/0.0\r\n"
    for index in 0..<form.utf8CodeUnitCount {
      guard start + index < limit else { return nil }
      let byte = base.byte(at: start + index)
      let expected = form.utf8Start[index]
      let fits = expected == UInt8(ascii: "0") ? byte &- UInt8(ascii: "0") < 10 : byte == expected
      guard fits else { throw .badRequest("a request line ends with a version, as in HTTP/1.1, and CRLF") }
    }
    guard base.byte(at: start + 5) == UInt8(ascii: "1"), base.byte(at: start + 7) <= UInt8(ascii: "1") else {
      throw HTTPRefusal(505, "this server speaks HTTP/1.1 and HTTP/1.0")
    }
    if base.byte(at: start + 7) == UInt8(ascii: "1") { head.flags.insert(.isVersion11) }
    return start + form.utf8CodeUnitCount
  }

  // MARK: Header lines

  /// The offset behind a line that is not the empty one, or `nil` when it is not complete.
  @inline(__always)
  private mutating func parseHeaderLine(
    _ base: UnsafeRawPointer, from start: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    guard start < limit else { return nil }
    let colon = HTTPSyntax.endOfName(base, from: start, to: limit)
    guard colon < limit else { return nil }
    guard base.byte(at: colon) == UInt8(ascii: ":"), colon > start else {
      return try refuseLine(base, from: start, stoppedAt: colon, to: limit)
    }
    let lineEnd = HTTPSyntax.endOfValue(base, from: colon &+ 1, to: limit)
    guard lineEnd < limit else { return nil }
    guard base.byte(at: lineEnd) == 0x0D else { throw .badRequest("a header line has a control character") }
    guard lineEnd &+ 1 < limit else { return nil }
    guard base.byte(at: lineEnd &+ 1) == 0x0A else { throw .badRequest("a carriage return stands alone") }
    headerCount &+= 1
    guard headerCount <= limits.headersMax else { throw HTTPRefusal(431, "there are too many header lines") }
    let value = HTTPSyntax.trimmed(base, from: colon &+ 1, to: lineEnd)
    try headerFound(base, name: base + start, colon &- start, value)
    return lineEnd &+ 2
  }

  /// A line without name or colon is refused, unless it is the first half of the empty line: then `nil`.
  @inline(never)
  private func refuseLine(
    _ base: UnsafeRawPointer, from start: Int, stoppedAt offset: Int, to limit: Int
  ) throws(HTTPRefusal) -> Int? {
    guard offset == start, base.byte(at: start) == 0x0D else {
      throw .badRequest("a header line is a name, a colon and a value")
    }
    guard start &+ 1 == limit else { throw .badRequest("a carriage return stands alone") }
    return nil
  }
}
