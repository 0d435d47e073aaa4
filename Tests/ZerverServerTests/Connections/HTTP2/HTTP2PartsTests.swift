import CNGHTTP2
import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct FrameBudgetTests {
  /// How many of so many frames are allowed at these times, in milliseconds.
  private func allowed(_ frames: Int, of max: Int, at milliseconds: [UInt64]) -> [Int] {
    var budget = FrameBudget(framesMax: max, at: Instant(nanoseconds: 0))
    return milliseconds.map { time in
      var count = 0
      for _ in 0..<frames where budget.spend(1, at: Instant(nanoseconds: time * 1_000_000)) { count += 1 }
      return count
    }
  }

  @Test("so many at once, and as many again in half a minute, but never more than that")
  func budget() {
    #expect(allowed(40, of: 30, at: [0]) == [30])
    #expect(allowed(30, of: 30, at: [0, 30_000, 60_000]) == [30, 30, 30])
    #expect(allowed(40, of: 30, at: [1_000_000]) == [30])
    // One for each second, and parts of a second are not lost.
    #expect(allowed(1, of: 1, at: [0, 29_999, 30_000]) == [1, 0, 0])
    #expect(allowed(15, of: 30, at: [0, 0, 1_500]) == [15, 15, 1])
  }
}

@Suite struct RequestHeadWriterTests {
  private func head(_ fields: [(String, String)], bytesMax: Int = 1000) -> (text: String, isTooLarge: Bool) {
    var writer = RequestHeadWriter(bytesMax: bytesMax)
    writer.begin()
    for (name, value) in fields {
      Array(name.utf8).withUnsafeBytes { name in Array(value.utf8).withUnsafeBytes { writer.add(name, $0) } }
    }
    return (String(decoding: writer.finish(), as: UTF8.self), writer.isTooLarge)
  }

  @Test("fields become the head that the parser reads, whatever their order")
  func write() {
    let text = head([(":method", "GET"), (":path", "/a?b"), (":authority", "h"), (":scheme", "https"), ("cookie", "x=1"), ("accept", "*/*"), ("cookie", "y=2")]).text
    #expect(text == "GET /a?b HTTP/1.1\r\nhost: h\r\naccept: */*\r\ncookie: x=1; y=2\r\n\r\n")
    #expect(head([(":method", "OPTIONS"), (":path", "*")]).text == "OPTIONS * HTTP/1.1\r\n\r\n")
    #expect(head([(":method", "CONNECT"), (":authority", "h:1")]).text == "CONNECT h:1 HTTP/1.1\r\nhost: h:1\r\n\r\n")
  }

  @Test("a host that says the same as the authority is left out, another one is for the parser to refuse")
  func host() {
    let start = [(":method", "GET"), (":path", "/"), (":authority", "h")]
    #expect(head(start + [("host", "h")]).text == "GET / HTTP/1.1\r\nhost: h\r\n\r\n")
    #expect(head(start + [("host", "i")]).text == "GET / HTTP/1.1\r\nhost: h\r\nhost: i\r\n\r\n")
  }

  @Test("what is too large is noticed, and not kept")
  func large() {
    let start = [(":method", "GET"), (":path", "/")]
    #expect(!head(start + [("a", String(repeating: "b", count: 900))]).isTooLarge)
    let large = head(start + Array(repeating: ("a", "0123456789"), count: 1000))
    #expect(large.isTooLarge)
    #expect(large.text.utf8.count < 1100)
  }
}

@Suite struct ResponseFieldsTests {
  private func fields(_ text: String) -> (bytes: Int?, fields: [String]) {
    Array(text.utf8).withUnsafeBytes { bytes in
      var reader = ResponseFields()
      let count = reader.read(bytes)
      let fields = reader.fields.map { field in
        let name = String(decoding: UnsafeRawBufferPointer(start: field.name, count: field.name_bytes), as: UTF8.self)
        return name + "=" + String(decoding: UnsafeRawBufferPointer(start: field.value, count: field.value_bytes), as: UTF8.self)
      }
      return (count, fields)
    }
  }

  @Test("names are in lower case, and what is about the connection is left out")
  func read() {
    let read = fields("HTTP/1.1 201 Created\r\nX-Two: a: B\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nEmpty:\r\n\r\nbody")
    #expect(read.fields == [":status=201", "x-two=a: B", "empty="])
    #expect(read.bytes == 92)
    #expect(fields("HTTP/1.1 200 OK\r\nA: b\r\n").bytes == nil)
  }
}
