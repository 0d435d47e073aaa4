import Testing

@testable import ZerverConfiguration
import ZerverServer

@Suite struct NearMatchesTests {
  private let candidates = ["port", "host", "http.body-bytes-max", "http.header-bytes-max", "log.level"]

  @Test(
    "close names are found whatever their case and punctuation",
    arguments: [
      ("prot", ["port"]), ("Port", ["port"]), ("http.bodyBytesMax", ["http.body-bytes-max"]), ("loglevel", ["log.level"]),
      ("hst", ["host"]), ("pst", []), ("database", []), ("", []),
    ])
  func names(name: String, expected: [String]) { #expect(NearMatches.names(like: name, among: candidates) == expected) }

  @Test(
    "the distance counts insertions, removals, replacements and swaps",
    arguments: [("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "xabc", 1)])
  func distance(a: String, b: String, expected: Int) {
    #expect(NearMatches.distance(Array(a.utf8), Array(b.utf8)) == expected)
  }
}
