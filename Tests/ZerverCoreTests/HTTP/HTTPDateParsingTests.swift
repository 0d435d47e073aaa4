import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct HTTPDateParsingTests {
  @Test(
    "the three forms of a date mean the same",
    arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
  func forms(_ text: String) { #expect(parse(text) == 784_111_777) }

  @Test("a date that is written is read again", arguments: [0, 951_782_400, 1_790_812_800, 4_102_444_799, 253_402_300_799])
  func roundTrip(_ seconds: Int) {
    var buffer = ByteBuffer()
    HTTPDate.append(seconds, to: &buffer)
    #expect(buffer.withBytes { HTTPDate.parse($0) } == seconds)
  }

  @Test(
    "what is no date is none",
    arguments: [
      "", "yesterday", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    ])
  func none(_ text: String) { #expect(parse(text) == nil) }

  private func parse(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { HTTPDate.parse(UnsafeRawBufferPointer($0)) }
  }
}
