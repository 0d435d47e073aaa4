import Testing

@_spi(Server) @testable import ZerverCore

struct ChunkedDecoderTests {
  enum Result: Equatable {
    case complete(body: [UInt8], consumed: Int)
    case needMore
    case refused(UInt16)
  }

  /// Feeds the pieces of `bytes` between `cuts`, each as memory of its own.
  static func decode(
    _ bytes: [UInt8], cutAt cuts: [Int] = [], bodyBytesMax: Int = 1 << 20, limits: HTTPLimits = HTTPLimits()
  ) -> Result {
    var decoder = ChunkedDecoder(bodyBytesMax: bodyBytesMax, limits: limits)
    var body = ByteBuffer()
    var start = 0
    for end in cuts + [bytes.count] {
      let outcome = Array(bytes[start..<end]).withUnsafeBytes { decoder.decode($0, into: &body) }
      switch outcome {
      case .complete(let consumed): return .complete(body: body.bytes, consumed: start + consumed)
      case .refused(let refusal): return .refused(refusal.status)
      case .needMore: start = end
      }
    }
    return .needMore
  }

  static let accepted: [(String, String)] = [
    ("0\r\n\r\n", ""),
    ("5\r\nhello\r\n0\r\n\r\n", "hello"),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
    ("A\r\n0123456789\r\n000\r\n\r\n", "0123456789"),
    ("a\r\n0\r\n\r\n12345\r\n0\r\n\r\n", "0\r\n\r\n12345"),
    ("5;name\r\nhello\r\n0;last=\"a b\"\r\n\r\n", "hello"),
    ("000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
    ("2\r\nab\r\n0\r\nChecksum: x\r\nEmpty:\r\n\r\n", "ab"),
  ]

  @Test("a chunked body is decoded, however it is cut into pieces", arguments: accepted)
  func accepts(text: String, body: String) {
    let bytes = Array(text.utf8)
    let expected = Result.complete(body: Array(body.utf8), consumed: bytes.count)
    let following = bytes + Array("GET / HTTP/1.1".utf8)
    #expect(Self.decode(following) == expected)
    for cut in 0...bytes.count { #expect(Self.decode(following, cutAt: [cut]) == expected, "cut at \(cut)") }
    #expect(Self.decode(bytes, cutAt: Array(0...bytes.count)) == expected, "byte by byte")
    for end in 0..<bytes.count { #expect(Self.decode(Array(bytes[..<end])) == .needMore, "the first \(end) bytes") }
  }

  static let refused: [(String, UInt16)] = [
    ("\r\n", 400), ("x\r\n", 400), (";x\r\n", 400), (" 5\r\nhello\r\n0\r\n\r\n", 400), ("5 \r\nhello\r\n0\r\n\r\n", 400),
    ("+5\r\nhello", 400), ("-5\r\nhello", 400), ("0x5\r\nhello", 400), ("5,\r\nhello", 400), ("\u{665}\r\n", 400),
    // Line ends.
    ("5\nhello\r\n0\r\n\r\n", 400), ("5\rhello", 400), ("5\r\nhello\n0\r\n\r\n", 400), ("5\r\nhello\rX", 400),
    ("5\r\nhello0\r\n\r\n", 400), ("5\r\nhello!\r\n", 400), ("0\r\n\nX", 400), ("0\r\n\rX", 400), ("0\n\n", 400), ("0\r\r\n", 400),
    ("5;a\nhello\r\n", 400), ("5;a\rb\r\nhello\r\n", 400), ("5;\u{0}\r\nhello", 400), ("5;\u{7F}\r\nhello", 400),
    // Sizes.
    ("8000000000000000\r\n", 400), ("FFFFFFFFFFFFFFFF\r\n", 400), ("10000000000000005\r\nhello", 400), ("0000000000000005\r\nhello", 400),
    ("7FFFFFFFFFFFFFF\r\n", 413), ("100001\r\n", 413),
    // Trailers.
    ("0\r\n X: y\r\n\r\n", 400), ("0\r\nX : y\r\n\r\n", 400), ("0\r\nX\r\n\r\n", 400), ("0\r\n: y\r\n\r\n", 400),
    ("0\r\nX: y\n\r\n", 400), ("0\r\nX: y\r\n z\r\n\r\n", 400), ("0\r\nX: \u{0}\r\n\r\n", 400), ("0\r\nX: y\rz", 400),
  ]

  @Test("a body that is wrong or doubtful is refused, however it is cut into pieces", arguments: refused)
  func refuses(text: String, status: UInt16) {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count { #expect(Self.decode(bytes, cutAt: [cut]) == .refused(status), "cut at \(cut)") }
    #expect(Self.decode(bytes, cutAt: Array(0...bytes.count)) == .refused(status), "byte by byte")
  }

  @Test("each limit holds exactly")
  func limits() {
    var limits = HTTPLimits()
    limits.chunkLineBytesMax = 6
    limits.trailerBytesMax = 8
    func decode(_ text: String, bodyBytesMax: Int = 100) -> Result {
      Self.decode(Array(text.utf8), bodyBytesMax: bodyBytesMax, limits: limits)
    }
    func length(_ result: Result) -> Int? {
      guard case .complete(let body, _) = result else { return nil }
      return body.count
    }
    #expect(length(decode("1;abc\r\nx\r\n0\r\n\r\n")) == 1)
    #expect(decode("1;abcd\r\nx\r\n0\r\n\r\n") == .refused(400))
    #expect(length(decode("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", bodyBytesMax: 5)) == 5)
    #expect(decode("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", bodyBytesMax: 5) == .refused(413))
    #expect(length(decode("0\r\n\r\n", bodyBytesMax: 0)) == 0)
    #expect(length(decode("0\r\nA:b\r\nC:\r\n\r\n")) == nil)
    #expect(length(decode("0\r\nA:bcde\r\n\r\n")) == 0)
    #expect(decode("0\r\nA:bcdef\r\n\r\n") == .refused(431))
  }

  @Test("random changes of a valid body never trap, and cutting changes nothing")
  func mutations() {
    var random = TestRandom(for: "mutated chunked bodies")
    for _ in 0..<10_000 {
      var bytes = Array(Self.accepted.randomElement(using: &random)!.0.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, using: &random) }
      let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      #expect(Self.decode(bytes, cutAt: cuts) == Self.decode(bytes), "\(bytes) cut at \(cuts)")
    }
  }

  @Test("what the writer has written is decoded again")
  func roundTrips() {
    var random = TestRandom(for: "chunks written and decoded")
    for _ in 0..<200 {
      var written = ByteBuffer()
      var expected: [UInt8] = []
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let chunk = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        chunk.withUnsafeBytes { ChunkedWriter.append($0, to: &written) }
        expected += chunk
      }
      ChunkedWriter.finish(&written)
      #expect(Self.decode(written.bytes) == .complete(body: expected, consumed: written.count))
    }
  }

  @Test("a chunk is its size in hexadecimal, its bytes, and nothing for no bytes")
  func writes() {
    var buffer = ByteBuffer()
    ChunkedWriter.append(UnsafeRawBufferPointer(start: nil, count: 0), to: &buffer)
    Array("0123456789abcdef!".utf8).withUnsafeBytes { ChunkedWriter.append($0, to: &buffer) }
    ChunkedWriter.finish(&buffer)
    #expect(buffer.text == "11\r\n0123456789abcdef!\r\n0\r\n\r\n")
  }
}
