import Testing

@testable import FlowLanguage

@Suite("Rendering of diagnostics")
struct RendererTests {
  @Test("carets stand below the text, behind tabs and wide letters, and control characters are made visible")
  func carets() {
    let file = SourceFile(path: "Test.flow", text: "\tré \u{1B}[31m bad\n")
    let start = file.bytes.count - 4
    let span = SourceSpan(file: file, start: start, end: start + 3)
    let text = TextRenderer.render(Diagnostic(.unknownStep, at: span, "unknown step", "I cannot find it.", hint: "none."))
    #expect(
      text == """
        Test.flow:1:11: error: unknown step [unknown-step]

           1 | \tré \u{FFFD}[31m bad
             | \t         ^^^

        I cannot find it.

        Hint: none.

        """)
  }

  @Test("near names are found by edits, exchanged neighbours and case", arguments: [
    ("laod-cart", "load-cart", 1), ("String", "string", 0), ("kitten", "sitting", 3), ("", "abc", 3),
  ])
  func distance(a: String, b: String, distance: Int) {
    #expect(NearMatches.editDistance(Array(a.lowercased().utf8), Array(b.lowercased().utf8)) == distance)
  }
}
