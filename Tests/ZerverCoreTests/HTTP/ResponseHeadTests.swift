import Testing

@_spi(Server) @testable import ZerverCore

struct ResponseHeadTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
  static let date = 784_111_777

  static func write(_ head: ResponseHead, extra: String = "") -> String {
    var buffer = ByteBuffer()
    let date = HTTPDateLine(unixSeconds: Self.date)
    Array(extra.utf8).withUnsafeBytes { head.write(to: &buffer, date: date, extra: $0) }
    return buffer.text
  }

  @Test("the lines come in a fixed order, and only those that say something")
  func lines() {
    #expect(
      Self.write(ResponseHead(status: 200, contentType: ContentType.json, body: .length(27)))
        == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n")
    #expect(
      Self.write(
        ResponseHead(status: 201, contentType: ContentType.text, body: .chunked, connection: .close), extra: "Location: /a\r\n")
        == "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Transfer-Encoding: chunked\r\nConnection: close\r\nLocation: /a\r\n\r\n")
    #expect(
      Self.write(ResponseHead(status: 308, contentType: nil, body: .length(0), connection: .keepAlive))
        == "HTTP/1.1 308 Permanent Redirect\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n")
    #expect(
      Self.write(ResponseHead(status: 200, contentType: nil, body: .untilClose, connection: .close))
        == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\n")
  }

  @Test("a status that forbids a body has no line about one", arguments: [UInt16(204), 304])
  func noBody(status: UInt16) {
    let text = Self.write(ResponseHead(status: status, contentType: ContentType.json, body: .length(5)))
    #expect(!text.contains("Content-"))
  }

  @Test("every status has a line", arguments: [
    (UInt16(100), "HTTP/1.1 100 Continue\r\n"), (404, "HTTP/1.1 404 Not Found\r\n"),
    (422, "HTTP/1.1 422 Unprocessable Content\r\n"), (505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"),
    (299, "HTTP/1.1 299 \r\n"), (999, "HTTP/1.1 999 \r\n"),
  ])
  func statusLines(status: UInt16, line: String) {
    var buffer = ByteBuffer()
    var cursor = buffer.beginWriting(atMost: 64)
    HTTPStatus.putLine(status, at: &cursor)
    buffer.endWriting(cursor)
    #expect(buffer.text == line)
  }

  @Test("each registered status line carries its own number")
  func statusNumbers() {
    var registered = 0
    for status in UInt16(100)...599 {
      guard let line = HTTPStatus.line(status) else { continue }
      registered += 1
      #expect(line.description.hasPrefix("HTTP/1.1 \(status) ") && line.description.hasSuffix("\r\n"))
    }
    // The IANA registry without 306, which is unused, and the provisional and obsolete 104 and 510.
    #expect(registered == 60)
    #expect(HTTPStatus.reason(503) == "Service Unavailable")
    #expect(HTTPStatus.reason(599) == nil)
  }

  @Test("a step's header line cannot break out of its line or change the framing", arguments: [
    ("X-Note", "a\tb ä", true), ("Location", "/x", true), ("Set-Cookie", "", true),
    ("X", "a\r\nY: b", false), ("X", "a\nb", false), ("X", "a\u{0}", false), ("X\r\nY", "a", false), ("X:", "a", false),
    ("X Y", "a", false), ("", "a", false), ("Ä", "a", false),
    ("content-LENGTH", "5", false), ("Transfer-Encoding", "chunked", false), ("Connection", "close", false),
    ("Date", "now", false), ("Content-Type", "a/b", false), ("Trailer", "x", false),
  ])
  func stepLines(name: String, value: String, isAllowed: Bool) {
    var buffer = ByteBuffer()
    let isWritten = ResponseHead.line(name, value, in: &buffer)
    #expect(isWritten == isAllowed)
    #expect(buffer.text == (isAllowed ? "\(name): \(value)\r\n" : ""))
  }

  @Test("the interim response is a status line and nothing else")
  func interim() {
    var buffer = ByteBuffer()
    ResponseHead.writeContinue(to: &buffer)
    #expect(buffer.text == "HTTP/1.1 100 Continue\r\n\r\n")
  }
}

struct HTTPDateTests {
  static func text(_ seconds: Int) -> String {
    var buffer = ByteBuffer()
    HTTPDate.append(seconds, to: &buffer)
    return buffer.text
  }

  @Test("a date is written as RFC 9110 has it", arguments: [
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
    (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    (1_806_537_600, "Thu, 01 Apr 2027 00:00:00 GMT"),
    (1_790_812_800, "Thu, 01 Oct 2026 00:00:00 GMT"),
    (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
  ])
  func dates(seconds: Int, expected: String) {
    #expect(Self.text(seconds) == expected)
    #expect(expected.utf8.count == HTTPDate.bytes)
  }

  @Test("days follow each other without gap through four centuries")
  func days() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var expected = (year: 1970, month: 1, day: 1)
    for day in 0..<146_097 {
      guard HTTPDate.civil(day) == expected else {
        Issue.record("day \(day) is \(HTTPDate.civil(day)) instead of \(expected)")
        return
      }
      let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
      expected.day += 1
      if expected.day > lengths[expected.month - 1] + (isLeap && expected.month == 2 ? 1 : 0) {
        expected.day = 1
        expected.month += 1
      }
      if expected.month > 12 {
        expected.month = 1
        expected.year += 1
      }
    }
  }

  @Test("the line of a worker follows the clock")
  func line() {
    var line = HTTPDateLine(unixSeconds: 0)
    line.update(unixSeconds: 0)
    line.update(unixSeconds: 1)
    var buffer = ByteBuffer()
    var cursor = buffer.beginWriting(atMost: 64)
    line.put(at: &cursor)
    buffer.endWriting(cursor)
    #expect(buffer.text == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n")
    #expect(buffer.count == HTTPDateLine.bytes)
  }
}
