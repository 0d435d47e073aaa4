import Testing

@testable import FlowLanguage

@Suite("Pattern syntax")
struct PatternSyntaxTests {
  @Test("patterns of the subset are accepted", arguments: [
    "", "abc", "[A-Z0-9-]+", "[-a]", "[a-]", "[^\\]]*", "(a|b|)c?", "a{3}b{3,}c{3,5}", "\\d+\\.\\w*\\s?", "^a$", "(?:a)", ".",
    "ü+", "a{1000}", "()*", "\\\"",
  ])
  func accepts(pattern: String) {
    #expect(PatternSyntax.violation(in: pattern) == nil)
  }

  @Test("others are refused at their place", arguments: [
    ("a)", 1), ("ü)", 2), ("(a", 0), ("[a", 0), ("+", 0), ("a++", 2), ("a+?", 2), ("a{,5}", 1), ("a{6,5}", 1), ("[b-a]", 1),
    ("[]", 0), ("[^]", 0), ("a\\", 1), ("\\k", 0), ("a$b", 1), ("(?<a>b)", 0), ("[a[b]", 2), ("a{1001}", 1), ("[a-\\d]", 1),
  ])
  func refuses(pattern: String, start: Int) {
    #expect(PatternSyntax.violation(in: pattern)?.start == start)
  }

  @Test("a pattern that would need too many places is refused")
  func bounds() {
    #expect(PatternSyntax.violation(in: "(a{600}){2}") != nil)
    #expect(PatternSyntax.violation(in: String(repeating: "(", count: 17) + String(repeating: ")", count: 17)) != nil)
  }

  @Test("only the escape of the quote belongs to the .flow file", arguments: [
    ("\\\"a\\\"", "\"a\""), ("\\d", "\\d"), ("\\\\\\\"", "\\\\\""),
  ])
  func text(source: String, pattern: String) {
    #expect(PatternSyntax.text(of: source) == pattern)
  }

  @Test("a value of a .flow file is matched as a request is", arguments: [
    ("", [""], ["a"]), ("[A-Z0-9-]+", ["TEN-10", "-"], ["", "a", "A_"]), (#"\d{3}-\d{4}"#, ["555-1234"], ["555-123", "55a-1234"]),
    (#"\w+@\w+\.[a-z]{2,4}"#, ["a@b.de"], ["a@b.d", "@b.de"]), ("(ab|cd)*e", ["e", "abcde"], ["abc", "ae"]),
    ("(?:a|b|)c", ["ac", "c"], ["abc"]), ("a{0}b", ["b"], ["ab"]), ("a{2,}", ["aa", "aaaaa"], ["a"]), ("(a{1,2}){2}", ["aa", "aaaa"], ["a", "aaaaa"]),
    ("(a|b*)*", ["", "abba"], ["c"]), (".", ["ä", "\r"], ["", "\n"]), ("[^a-c]", ["d", "\n"], ["a", ""]), (#"\S\s\D\W"#, ["a b-"], ["a b1"]),
    ("[-a]+[b-]?", ["-a", "a-", "-ab"], ["b"]), (#"[\]\\\^-]+"#, [#"]\^-"#], ["a"]), ("^abc$", ["abc"], ["^abc$"]),
    (#"a\tb\nc\r\."#, ["a\tb\nc\r."], ["atbncr."]), ("(a+)+b", ["aab"], [String(repeating: "a", count: 300)]),
  ])
  func matches(pattern: String, matching: [String], others: [String]) {
    for text in matching { #expect(PatternSyntax.matches(pattern, text), "\(pattern) matches \(text)") }
    for text in others { #expect(!PatternSyntax.matches(pattern, text), "\(pattern) does not match \(text)") }
  }
}
