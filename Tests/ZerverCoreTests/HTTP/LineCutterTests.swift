import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct LineCutterTests {
  private func cut(_ text: String, hasEnded: Bool = false, part: Int = 16, line: Int = 8) -> LineCutter.Outcome {
    var cutter = LineCutter(partBytesMax: part, lineBytesMax: line)
    return next(&cutter, text, hasEnded: hasEnded)
  }

  private func next(_ cutter: inout LineCutter, _ text: some StringProtocol, hasEnded: Bool = false) -> LineCutter.Outcome {
    Array(text.utf8).withUnsafeBytes { cutter.next($0, hasEnded: hasEnded) }
  }

  @Test("a part is as many whole lines as are there")
  func wholeLines() {
    #expect(cut("") == .needMore)
    #expect(cut("one") == .needMore)
    #expect(cut("one\n") == .part(bytes: 4, isLast: false))
    #expect(cut("one\ntwo\nth") == .part(bytes: 8, isLast: false))
    #expect(cut("\n\n") == .part(bytes: 2, isLast: false))
  }

  @Test("the end of the body is the end of the last part, with the end of its line or without")
  func end() {
    #expect(cut("", hasEnded: true) == .part(bytes: 0, isLast: true))
    #expect(cut("one", hasEnded: true) == .part(bytes: 3, isLast: true))
    #expect(cut("one\ntwo", hasEnded: true) == .part(bytes: 7, isLast: true))
    #expect(cut("one\ntwo\n", hasEnded: true) == .part(bytes: 8, isLast: true))
  }

  @Test("a part keeps to its limit unless its first line alone is longer")
  func limit() {
    #expect(cut("1234567\n1234567\n") == .part(bytes: 16, isLast: false))
    #expect(cut("1234567\n12345678\n") == .part(bytes: 8, isLast: false))
    #expect(cut("1234567\n1234567\n12", hasEnded: true) == .part(bytes: 16, isLast: false))
    #expect(cut("1234567\n1234567\n", hasEnded: true) == .part(bytes: 16, isLast: true))
    #expect(cut("123456\n", part: 4) == .part(bytes: 7, isLast: false))
  }

  @Test("a line that is too long is one whether or not its end is there, and those before it are given first")
  func tooLong() {
    #expect(cut("12345678") == .needMore)
    #expect(cut("12345678\n") == .part(bytes: 9, isLast: false))
    #expect(cut("123456789") == .lineTooLong)
    #expect(cut("123456789\n") == .lineTooLong)
    #expect(cut("123456789", hasEnded: true) == .lineTooLong)
    #expect(cut("12\n123456789\n") == .part(bytes: 3, isLast: false))
    #expect(cut("12\n123456789", hasEnded: true) == .part(bytes: 3, isLast: false))
  }

  @Test("a line that comes byte by byte is found, wherever it ends", arguments: 1...40)
  func byteByByte(_ length: Int) {
    var cutter = LineCutter(partBytesMax: 64, lineBytesMax: 40)
    let line = String(repeating: "x", count: length - 1)
    for count in 0..<length { #expect(next(&cutter, line.prefix(count)) == .needMore) }
    #expect(next(&cutter, line + "\n") == .part(bytes: length, isLast: false))
    // It begins anew behind the part.
    #expect(next(&cutter, "y\n") == .part(bytes: 2, isLast: false))
  }

  @Test("the parts of a body are the same lines, however it was divided")
  func anyDivision() {
    var random = TestRandom(for: "LineCutterTests.anyDivision")
    for _ in 0..<500 { checkAnyDivision(&random) }
  }

  private func checkAnyDivision(_ random: inout TestRandom) {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let lines = (0..<number(0...30)).map { _ in String(repeating: "a", count: number(0...12)) }
    let bytes = Array(lines.joined(separator: "\n").utf8)
    var cutter = LineCutter(partBytesMax: 20, lineBytesMax: 12)
    var (start, arrived, body) = (0, 0, [UInt8]())
    while true {
      switch bytes[start..<arrived].withUnsafeBytes({ cutter.next($0, hasEnded: arrived == bytes.count) }) {
      case .part(let count, let isLast):
        let part = bytes[start..<(start + count)]
        #expect(isLast || part.last == 10)
        #expect(count <= 20)
        body += part
        start += count
        if isLast {
          #expect(body == bytes)
          return
        }
      case .needMore: arrived += number(1...min(9, bytes.count - arrived))
      case .lineTooLong:
        Issue.record("no line is longer than the limit")
        return
      }
    }
  }
}
