import FlowLanguage
import Testing

@Suite("Patterns of paths")
struct PathGlobTests {
  @Test(
    "a pattern matches whole paths",
    arguments: [
      ("v1/**", "v1/a.flow", true), ("v1/**", "v1/x/a.flow", true), ("v1/**", "v2/a.flow", false),
      ("**/*.flow", "a.flow", true), ("**/*.flow", "x/y/a.flow", true), ("*.flow", "x/a.flow", false),
      ("v?/show-*.flow", "v2/show-cart.flow", true), ("v?/show-*.flow", "v10/show-cart.flow", false),
      ("**", "anything/at/all", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbXbX", false), ("**/v1/**/x", "p/v1/q/r/x", true),
      ("", "", true), ("v1", "v1/a.flow", false),
    ])
  func matches(glob: String, path: String, expected: Bool) {
    #expect(PathGlob(glob).matches(path) == expected)
  }

  @Test("many stars take no more than polynomial time")
  func bounded() {
    let glob = PathGlob(String(repeating: "a*", count: 40) + "b")
    #expect(!glob.matches(String(repeating: "a", count: 400)))
    #expect(!PathGlob(String(repeating: "**/a/", count: 40) + "b").matches(String(repeating: "a/", count: 400)))
  }
}
