import Testing

@testable import ZerverTesting

struct JSONDifferenceTests {
  private func places(_ expected: String, _ found: String) throws -> [String] {
    try JSONDifference.between(expected: JSONDocument(expected), found: JSONDocument(found)).map(\.path)
  }

  @Test("what is not expected does not matter, and null is as good as nothing", arguments: [
    ("{}", #"{"a":1}"#), (#"{"a":{"b":1}}"#, #"{"c":0,"a":{"b":1,"c":2}}"#), (#"[{"a":1}]"#, #"[{"a":1,"b":2}]"#),
    (#"{"a":null}"#, "{}"), (#"{"a":1.0,"b":1}"#, #"{"b":1.0,"a":1}"#), (#"[1.5,true,"x",null]"#, #"[1.5,true,"x",null]"#),
  ])
  func holds(expected: String, found: String) throws { #expect(try places(expected, found).isEmpty) }

  @Test("every place that differs is named", arguments: [
    (#"{"a":1,"b":2}"#, #"{"a":2}"#, ["a", "b"]), (#"{"a":[{"b":1},{"b":2}]}"#, #"{"a":[{"b":1},{"b":3}]}"#, ["a[1].b"]),
    ("[1]", "[1,2]", [""]), ("{}", "[]", [""]), (#""a""#, "1", [""]), (#"{"a":null}"#, #"{"a":0}"#, ["a"]), ("1", "1.5", [""]),
  ])
  func differs(expected: String, found: String, paths: [String]) throws { #expect(try places(expected, found) == paths) }
}
