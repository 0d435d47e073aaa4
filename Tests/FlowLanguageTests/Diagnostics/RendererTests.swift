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

  @Test("JSON has every part, with escapes")
  func json() {
    let file = SourceFile(path: "a\"b.flow", text: "x\ny")
    let first = SourceSpan(file: file, start: 0, end: 1)
    let second = SourceSpan(file: file, start: 2, end: 3)
    let diagnostic = Diagnostic(
      .unknownStep, at: second, "t", "line\nline\t\u{1}", related: [.init(label: "here", span: first)], hint: "h",
      fix: .init(title: "f", span: second, replacement: "z"))
    #expect(
      JSONRenderer.render([diagnostic]) == """
        [
          {"code": "unknown-step", "severity": "error", "title": "t", "file": "a\\"b.flow", "line": 2, "column": 1, "start": 2, \
        "end": 3, "explanation": "line\\nline\\t\\u0001", "related": [{"label": "here", "file": "a\\"b.flow", "line": 1, \
        "column": 1, "start": 0, "end": 1}], "hint": "h", "fix": {"title": "f", "replacement": "z", "file": "a\\"b.flow", \
        "line": 2, "column": 1, "start": 2, "end": 3}}
        ]
        """)
    #expect(JSONRenderer.render([]) == "[]")
  }

  @Test("near names are found by edits, exchanged neighbours and case", arguments: [
    ("laod-cart", "load-cart", 1), ("String", "string", 0), ("kitten", "sitting", 3), ("", "abc", 3),
  ])
  func distance(a: String, b: String, distance: Int) {
    #expect(NearMatches.editDistance(Array(a.lowercased().utf8), Array(b.lowercased().utf8)) == distance)
  }

  @Test("every code has an explanation that is more than its name", arguments: DiagnosticCode.allCases)
  func explanation(code: DiagnosticCode) {
    #expect(code.explanation.count > 40)
  }
}
