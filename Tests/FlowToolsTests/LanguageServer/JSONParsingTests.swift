import Testing

@testable import FlowTools

@Suite("Reading JSON")
struct JSONParsingTests {
  private func parse(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }

  @Test("documents are read with everything that they may hold")
  func documents() {
    let text = #" {"a": [1, -2.5, 25e-2, true, false, null], "b": {"c": "\"\\\/\n\u00fc\ud83d\uded2"}, "": []} "#
    let expected = JSONValue.members([
      "a": .array([.int(1), .float(-2.5), .float(0.25), true, false, .null]), "b": .members(["c": "\"\\/\nü🛒"]),
      "": .array([]),
    ])
    #expect(parse(text) == expected)
    #expect(parse(expected.text) == expected)
  }

  @Test("what is no document is refused", arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "tru", "\"a", "\"\u{1}\"", "\"\\x\"", "1 2", "[1 2]", "-", "nan",
    String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
  ])
  func refusals(text: String) { #expect(parse(text) == nil) }

  @Test("half a surrogate pair becomes a replacement character")
  func surrogates() {
    #expect(parse(#""\ud800x""#) == "\u{FFFD}x")
    #expect(parse(#""\ud800\u0041""#) == "\u{FFFD}A")
  }
}
