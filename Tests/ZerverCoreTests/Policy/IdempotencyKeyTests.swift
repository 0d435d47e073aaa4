import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct IdempotencyKeyTests {
  private func read(_ value: String) -> IdempotencyKey.Reading {
    Array(value.utf8).withUnsafeBytes { IdempotencyKey.read($0) }
  }

  @Test(
    "a key stands in quotes or without",
    arguments: [
      (#""8e03978e-40d5-43dd-bc93-6894a57f9324""#, "8e03978e-40d5-43dd-bc93-6894a57f9324"),
      ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
      (#""a key, with a comma; and more""#, "a key, with a comma; and more"),
      (#""with \"quotes\" and \\""#, #"with "quotes" and \"#),
      ("x", "x"),
    ])
  func keys(_ value: String, _ key: String) { #expect(read(value) == .key(key)) }

  @Test(
    "what is no key is told from one",
    arguments: [
      ("", "is empty"), (#""""#, "is empty"), (#""open"#, "has no closing quote"), (#""a\"#, "has a backslash"),
      (#""a\nb""#, "has a backslash"), (#""a" "#, "has something behind"), (#""a","b""#, "stands twice"), ("a,b", "stands twice"),
      (#""a";v=1"#, "has something behind"), ("two words", "has a character"), ("schlüssel", "has a character"),
      (#""schlüssel""#, "not printable ASCII"), ("\"a\u{7}\"", "not printable ASCII"), (#"a"b"#, "has a character"),
      (String(repeating: "k", count: 256), "longer than 255"),
    ])
  func malformed(_ value: String, _ reason: String) {
    guard case .malformed(let found) = read(value) else {
      Issue.record("\(value) was taken")
      return
    }
    #expect(found.description.contains(reason), "\(found)")
  }

  @Test("a key of 255 characters is the longest")
  func longest() {
    let key = String(repeating: "k", count: 255)
    #expect(read(key) == .key(key) && read("\"\(key)\"") == .key(key))
  }
}
