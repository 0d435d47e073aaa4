import Testing

@_spi(Server) @testable import ZerverCore

struct PatternMatcherTests {
  static let cases: [(pattern: String, matching: [String], others: [String])] = [
    ("", [""], ["a"]),
    ("abc", ["abc"], ["", "ab", "abcd", "xabc", "ABC"]),
    ("[A-Z0-9-]+", ["A", "TEN-10", "-"], ["", "a", "A b", "A_"]),
    (#"\d{3}-\d{4}"#, ["555-1234"], ["555-123", "555-12345", "55a-1234", "٣٣٣-1234"]),
    (#"\w+@\w+\.[a-z]{2,4}"#, ["a@b.de", "x_1@y.info"], ["a@b.d", "a@b.museum", "@b.de", "a@bxde"]),
    ("a*", ["", "a", "aaaa"], ["b", "ab"]),
    ("a+b?", ["a", "ab", "aab"], ["", "b", "abb"]),
    ("(ab|cd)*e", ["e", "abe", "abcde", "cdcde"], ["abc", "ae", "ab"]),
    ("(?:a|b|)c", ["ac", "bc", "c"], ["abc", "a"]),
    ("a{0}b", ["b"], ["ab"]),
    ("a{2}", ["aa"], ["a", "aaa"]),
    ("a{2,}", ["aa", "aaaaaa"], ["a", ""]),
    ("a{1,3}", ["a", "aa", "aaa"], ["", "aaaa"]),
    ("(a{1,2}){2}", ["aa", "aaa", "aaaa"], ["a", "aaaaa"]),
    ("(a|b*)*", ["", "a", "bbb", "abba"], ["c"]),
    (".", ["a", "ä", "😀", "\r"], ["", "\n", "ab"]),
    ("[^a-c]", ["d", "é", "\n", "😀"], ["a", "b", "c", ""]),
    (#"[\d_.]+"#, ["1_2.3"], ["a", "1-2"]),
    (#"[^\s]*"#, ["", "abc"], ["a b", "\t"]),
    (#"\S\s\D\W"#, ["a b-", "x\ty "], ["a b1", "  a-"]),
    ("[-a]+", ["-a"], ["b"]),
    ("[a-]+", ["a-"], ["b"]),
    (#"[\]\\\^-]+"#, [#"]\^-"#], ["a"]),
    ("[ä-ü😀]+", ["äöü", "😀"], ["a", "ý"]),
    (#"\(\[\{\}\]\)\.\*\+\?\|\/\-"#, ["([{}]).*+?|/-"], [""]),
    (#"a\tb\nc\r"#, ["a\tb\nc\r"], ["atbncr"]),
    ("^abc$", ["abc"], ["^abc$"]),
    ("é", ["é"], ["e\u{301}"]),
    ("x|y|z", ["x", "y", "z"], ["", "xy"]),
    ("(((a)))", ["a"], ["aa"]),
    // Beyond the states of a table: the last a but 12 decides.
    ("(a|b)*a(a|b){12}", ["abbbbbbbbbbbb", "bbaaaaaaaaaaaaaaaaa"], ["bbbbbbbbbbbbb", "a", "babbbbbbbbbbbbb"]),
  ]

  @Test("a pattern matches whole strings", arguments: cases)
  func matches(pattern: String, matching: [String], others: [String]) throws {
    let matcher = try PatternMatcher(validating: pattern)
    for text in matching { #expect(matcher.matches(text), "\(pattern) matches \(text)") }
    for text in others { #expect(!matcher.matches(text), "\(pattern) does not match \(text)") }
  }

  @Test("a pattern that is wrong is refused with its place", arguments: [
    ("(", 0), ("a)", 1), ("[", 0), ("[]", 0), ("[^]", 0), ("[b-a]", 4), ("*", 0), ("a**", 2), ("a+?", 2), ("a{2}{3}", 4), ("{2}", 0),
    ("a{", 2), ("a{x}", 2), ("a{2,1}", 5), ("a{1001}", 5), ("a{1", 3), (#"\"#, 1), (#"\q"#, 1), (#"\1"#, 1), (#"\b"#, 1), ("(?=a)", 2), ("a^", 1), ("a$b", 1),
    ("[a[b]", 2), ("]", 0), ("}", 0), (#"[a-\d]"#, 5), ("(a{1000}){1000}", 0), ("((a{99}){99}){99}", 0),
    (String(repeating: "(", count: 40) + String(repeating: ")", count: 40), 32),
  ])
  func refuses(pattern: String, position: Int) {
    #expect(throws: PatternError.self) { try PatternMatcher(validating: pattern) }
    do throws(PatternError) {
      _ = try PatternMatcher(validating: pattern)
    } catch {
      #expect(error.position == position)
    }
  }

  @Test("patterns that make others slow take one step for each scalar", arguments: ["(a+)+b", "(a|aa)+b", "(a*)*b", "(.*)(.*)(.*)(.*)[^a]x", "(a?){30}a{30}"])
  func isLinear(pattern: String) throws {
    let matcher = try PatternMatcher(validating: pattern)
    // A matcher that tries one way after the other would need more steps than there are nanoseconds in a century.
    #expect(!matcher.matches(String(repeating: "a", count: 20_000) + "c"))
  }

  /// Tries every way, straight from the definition of each node.
  static func ends(_ node: PatternNode, _ text: [UInt32], _ start: Int) -> Set<Int> {
    switch node {
    case .empty: return [start]
    case .scalars(let set): return start < text.count && set.contains(text[start]) ? [start + 1] : []
    case .sequence(let nodes):
      return nodes.reduce([start]) { starts, node in Set(starts.flatMap { ends(node, text, $0) }) }
    case .choice(let nodes): return Set(nodes.flatMap { ends($0, text, start) })
    case .repetition(let node, let min, let max):
      var reached: Set<Int> = [start]
      for _ in 0..<min { reached = Set(reached.flatMap { ends(node, text, $0) }) }
      var all = reached
      for _ in 0..<(max.map { $0 - min } ?? text.count + 1) {
        reached = Set(reached.flatMap { ends(node, text, $0) })
        if reached.isSubset(of: all) { break }
        all.formUnion(reached)
      }
      return all
    }
  }

  static func randomPattern(_ depth: Int, using random: inout TestRandom) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &random) {
    case 0...1: return ["a", "b", "c"].randomElement(using: &random)!
    case 2: return ["[ab]", "[^a]", ".", "[b-c]"].randomElement(using: &random)!
    case 3: return ""
    case 4...5: return randomPattern(depth - 1, using: &random) + randomPattern(depth - 1, using: &random)
    case 6: return "(" + randomPattern(depth - 1, using: &random) + "|" + randomPattern(depth - 1, using: &random) + ")"
    default:
      let count = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,2}"].randomElement(using: &random)!
      return "(" + randomPattern(depth - 1, using: &random) + ")" + count
    }
  }

  @Test("random patterns agree with a search through every way")
  func agreesWithSearch() throws {
    var random = TestRandom(for: "PatternMatcher")
    for _ in 0..<400 {
      let pattern = Self.randomPattern(4, using: &random)
      var parser = PatternParser(pattern)
      let node = try parser.parse()
      guard let matcher = try? PatternMatcher(validating: pattern) else { continue }
      for _ in 0..<30 {
        let text = String((0..<Int.random(in: 0...7, using: &random)).map { _ in "abcd".randomElement(using: &random)! })
        let scalars = text.unicodeScalars.map(\.value)
        #expect(matcher.matches(text) == Self.ends(node, scalars, 0).contains(scalars.count), "\(pattern) on \(text)")
      }
    }
  }
}
