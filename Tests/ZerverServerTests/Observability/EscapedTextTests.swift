import Testing

@testable import ZerverServer

@Suite struct EscapedTextTests {
  @Test("plain text, in any language, stays as it is", arguments: ["", "plain text", "übergroß 日本 😀", "a=b \"c\""])
  func plain(text: String) { #expect(EscapedText.escaped(text) == text) }

  @Test("no control character, line separator or bidirectional control survives")
  func controls() {
    for value in Array(0..<0x20) + Array(0x7F..<0xA0) + [0x200B, 0x2028, 0x2029, 0x202E, 0x2066, 0xFEFF] as [UInt32] {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let escaped = EscapedText.escaped("a\(scalar)b")
      #expect(!escaped.unicodeScalars.contains(scalar))
      #expect(escaped.hasPrefix("a\\") && escaped.hasSuffix("b"))
    }
  }

  @Test("an escape cannot be forged")
  func backslash() { #expect(EscapedText.escaped("\\n\n") == "\\\\n\\n") }

  @Test("quoted text ends at the closing quote only")
  func quoted() { #expect(EscapedText.quoted("a\" b=\"c\\") == "\"a\\\" b=\\\"c\\\\\"") }
}
