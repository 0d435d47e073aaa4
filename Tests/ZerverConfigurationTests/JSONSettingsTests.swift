import Testing

@testable import ZerverConfiguration
import ZerverServer

@Suite struct JSONSettingsTests {
  private func parse(_ text: String) throws(JSONSettings.Malformed) -> [JSONSettings.Setting] {
    var parser = JSONSettings(Array(text.utf8))
    return try parser.parse()
  }

  @Test("settings keep their order, path, type and position")
  func settings() throws {
    let settings = try parse("{\n  \"a\": 1,\n  \"b\": { \"c\": \"x\", \"d\": { } },\n  \"ü\": true, \"e\": [1, {\"f\": []}] }")
    #expect(settings.map { $0.key.joined(separator: ".") } == ["a", "b.c", "ü", "e"])
    #expect(settings.map(\.value) == [.whole(1), .string("x"), .bool(true), .array])
    #expect(settings.map(\.position.line) == [2, 3, 4, 4])
    #expect(settings.map(\.position.column) == [3, 10, 3, 14])
  }

  @Test(
    "values",
    arguments: [
      ("0", .whole(0)), ("-12", .whole(-12)), ("1.5", .decimal("1.5")), ("1e3", .decimal("1e3")),
      ("-0.0E-1", .decimal("-0.0E-1")), ("99999999999999999999", .decimal("99999999999999999999")), ("null", .null),
      ("false", .bool(false)), ("[]", .array), (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀")),
    ] as [(String, JSONSettings.Value)])
  func values(text: String, value: JSONSettings.Value) throws {
    #expect(try parse("{\"a\":\(text)}").map(\.value) == [value])
  }

  @Test(
    "what is not JSON is refused with its place",
    arguments: [
      ("", 1, 1), ("[]", 1, 1), ("{", 1, 2), ("{\"a\"}", 1, 5), ("{\"a\":}", 1, 6), ("{\"a\":1,}", 1, 8),
      ("{\"a\":1 \"b\":2}", 1, 8), ("{a:1}", 1, 2), ("{\"a\":01}", 1, 7), ("{\"a\":.5}", 1, 6), ("{\"a\":1.}", 1, 8),
      ("{\"a\":1e}", 1, 8), ("{\"a\":-}", 1, 7), ("{\"a\":tru}", 1, 6), ("{\"a\":\"x}", 1, 6), ("{\"a\":\"x\ny\"}", 1, 8),
      ("{\"a\":\"\\x\"}", 1, 9), ("{\"a\":\"\\u12\"}", 1, 9), ("{\"a\":\"\\ud800\"}", 1, 13), ("{} x", 1, 4),
      ("{\"a\":1}\n\n}", 3, 1), ("{\"a\":[1,]}", 1, 9), ("{\"a\":[1", 1, 8), ("// c\n{}", 1, 1),
    ])
  func malformed(text: String, line: Int, column: Int) {
    #expect { try parse(text) } throws: { error in
      (error as? JSONSettings.Malformed)?.position == JSONSettings.Position(line: line, column: column)
    }
  }

  @Test("a text that is not UTF-8 is refused")
  func notUTF8() {
    var parser = JSONSettings(Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8))
    #expect(throws: JSONSettings.Malformed.self) { try parser.parse() }
  }

  @Test("deep nesting is refused instead of exhausting the stack", arguments: ["[", "{\"a\":"])
  func depth(opening: String) {
    let text = "{\"a\":" + String(repeating: opening, count: 100_000)
    #expect(throws: JSONSettings.Malformed.self) { try parse(text) }
  }

  @Test("a byte order mark is skipped")
  func byteOrderMark() throws {
    #expect(try parse("\u{FEFF}{\"a\":1}").map(\.value) == [.whole(1)])
  }
}
