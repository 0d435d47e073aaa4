// What the header lines mean that decide where a request ends and who it is for.

extension RequestHeadParser {
  /// Takes note of a line. Most lines are of no interest here: their name's length says so.
  @inline(__always)
  mutating func headerFound(
    _ base: UnsafeRawPointer, name: UnsafeRawPointer, _ length: Int, _ value: HTTPRequestHead.Range
  ) throws(HTTPRefusal) {
    switch length {
    case 4: if HTTPSyntax.equalsFolded(name, 4, "host") { try hostFound(base, value) }
    case 5: if HTTPSyntax.equalsFolded(name, 5, "range") { head.flags.insert(.hasConditions) }
    case 6:
      if HTTPSyntax.equalsFolded(name, 6, "accept") {
        if head.accept.isEmpty { head.accept = value }
      } else if HTTPSyntax.equalsFolded(name, 6, "expect") {
        try expectFound(base, value)
      }
    case 8:
      if HTTPSyntax.equalsFolded(name, 8, "if-match") || HTTPSyntax.equalsFolded(name, 8, "if-range") {
        head.flags.insert(.hasConditions)
      }
    case 10: if HTTPSyntax.equalsFolded(name, 10, "connection") { try connectionFound(base, value) }
    case 12: if HTTPSyntax.equalsFolded(name, 12, "content-type") { try contentTypeFound(value) }
    case 13: if HTTPSyntax.equalsFolded(name, 13, "if-none-match") { head.flags.insert(.hasConditions) }
    case 14: if HTTPSyntax.equalsFolded(name, 14, "content-length") { try contentLengthFound(base, value) }
    case 17:
      if HTTPSyntax.equalsFolded(name, 17, "transfer-encoding") {
        try transferEncodingFound(base, value)
      } else if HTTPSyntax.equalsFolded(name, 17, "if-modified-since") {
        head.flags.insert(.hasConditions)
      }
    case 19: if HTTPSyntax.equalsFolded(name, 19, "if-unmodified-since") { head.flags.insert(.hasConditions) }
    default: break
    }
  }

  /// Rules that need the whole head.
  @inline(__always)
  mutating func checkWhole(_ base: UnsafeRawPointer) throws(HTTPRefusal) {
    if head.flags.contains(.isVersion11) {
      // RFC 9112 §3.2: a request of HTTP/1.1 without Host is refused.
      guard head.flags.contains(.hasHost) else { throw .badRequest("Host is missing") }
      if !head.flags.contains(.closes) { head.flags.insert(.keepsAlive) }
    } else {
      // No chunks in HTTP/1.0 (RFC 9112 §6.1). A client of 1.0 cannot wait for 100 either (RFC 9110 §10.1.1).
      guard !head.flags.contains(.isChunked) else { throw .badRequest("HTTP/1.0 has no Transfer-Encoding") }
      head.flags.remove(.expectsContinue)
      if head.flags.contains(.asksKeepAlive), !head.flags.contains(.closes) { head.flags.insert(.keepsAlive) }
    }
    // The classical way to smuggle a request (RFC 9112 §6.3).
    guard !head.flags.isSuperset(of: [.isChunked, .hasContentLength]) else {
      throw .badRequest("Content-Length and Transfer-Encoding exclude each other")
    }
    if head.flags.contains(.isAbsolute) { try checkAuthority(base) }
  }

  /// The client must send the same host twice (RFC 9112 §3.2). Where the two differ, someone on the way has seen the
  /// other one.
  @inline(never)
  private func checkAuthority(_ base: UnsafeRawPointer) throws(HTTPRefusal) {
    guard head.flags.contains(.hasHost) else { return }
    let host = base + Int(head.host.start)
    let authority = base + Int(targetAuthority.start)
    var isSame = head.host.count == targetAuthority.count
    for index in 0..<Int(min(head.host.count, targetAuthority.count)) {
      isSame = isSame && asciiLowercased(host.byte(at: index)) == asciiLowercased(authority.byte(at: index))
    }
    guard isSame else { throw .badRequest("Host is not the host of the target") }
  }

  private func asciiLowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  @inline(__always)
  private mutating func hostFound(_ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range) throws(HTTPRefusal) {
    guard !head.flags.contains(.hasHost) else { throw .badRequest("Host stands twice") }
    guard HTTPSyntax.isAuthority(base, value) else { throw .badRequest("Host is not a valid host") }
    head.host = value
    head.flags.insert(.hasHost)
  }

  @inline(never)
  private mutating func contentTypeFound(_ value: HTTPRequestHead.Range) throws(HTTPRefusal) {
    // A field of one value: which of two a body has cannot be told (RFC 9110 §8.3).
    guard head.contentType.isEmpty else { throw .badRequest("Content-Type stands twice") }
    head.contentType = value
  }

  /// Digits and nothing else, once. Even a repetition of the same number is refused, though RFC 9110 §8.6 would allow
  /// to accept it: no client needs it.
  @inline(never)
  private mutating func contentLengthFound(
    _ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range
  ) throws(HTTPRefusal) {
    guard !head.flags.contains(.hasContentLength) else { throw .badRequest("Content-Length stands twice") }
    guard !value.isEmpty else { throw .badRequest("Content-Length is not a number") }
    var length = 0
    for offset in Int(value.start)..<value.end {
      let digit = base.byte(at: offset) &- UInt8(ascii: "0")
      guard digit < 10 else { throw .badRequest("Content-Length is not a number") }
      let (product, overflow) = length.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(digit))
      guard !overflow, !carry else { throw .badRequest("Content-Length is too large") }
      length = sum
    }
    head.declaredLength = length
    head.flags.insert(.hasContentLength)
  }

  /// Only `chunked`. Another coding before it is one that is not implemented; anything else could hide where the body
  /// ends.
  @inline(never)
  private mutating func transferEncodingFound(
    _ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range
  ) throws(HTTPRefusal) {
    guard !head.flags.contains(.isChunked) else { throw .badRequest("Transfer-Encoding stands twice") }
    var codings = 0
    var lastIsChunked = false
    try forEachItem(base, value) { (item, length) throws(HTTPRefusal) in
      guard !lastIsChunked, length > 0 else { throw .badRequest("chunked must be the last transfer coding, once") }
      codings += 1
      lastIsChunked = HTTPSyntax.equalsFolded(item, length, "chunked")
    }
    guard lastIsChunked else { throw .badRequest("the last transfer coding must be chunked") }
    guard codings == 1 else { throw HTTPRefusal(501, "of the transfer codings, only chunked is known here") }
    head.flags.insert(.isChunked)
  }

  @inline(never)
  private mutating func connectionFound(
    _ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range
  ) throws(HTTPRefusal) {
    var found: HTTPRequestHead.Flags = []
    try forEachItem(base, value) { (item, length) throws(HTTPRefusal) in
      guard HTTPSyntax.endOfName(item, from: 0, to: length) == length else {
        throw .badRequest("Connection is a list of names")
      }
      if HTTPSyntax.equalsFolded(item, length, "close") { found.insert(.closes) }
      if HTTPSyntax.equalsFolded(item, length, "keep-alive") { found.insert(.asksKeepAlive) }
    }
    head.flags.formUnion(found)
  }

  @inline(never)
  private mutating func expectFound(_ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range) throws(HTTPRefusal) {
    guard HTTPSyntax.equalsFolded(base + Int(value.start), Int(value.count), "100-continue") else {
      throw HTTPRefusal(417, "the only known expectation is 100-continue")
    }
    head.flags.insert(.expectsContinue)
  }

  /// The items of a comma-separated list (RFC 9110 §5.6.1), without the white space around them. Empty ones come, too.
  @inline(__always)
  private func forEachItem(
    _ base: UnsafeRawPointer, _ value: HTTPRequestHead.Range,
    _ body: (UnsafeRawPointer, Int) throws(HTTPRefusal) -> Void
  ) throws(HTTPRefusal) {
    var start = Int(value.start)
    while true {
      var end = start
      while end < value.end, base.byte(at: end) != UInt8(ascii: ",") { end &+= 1 }
      let item = HTTPSyntax.trimmed(base, from: start, to: end)
      try body(base + Int(item.start), Int(item.count))
      guard end < value.end else { return }
      start = end &+ 1
    }
  }
}
