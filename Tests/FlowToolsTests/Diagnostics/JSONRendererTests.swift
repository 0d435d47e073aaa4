import FlowLanguage
import Testing

@testable import FlowTools

@Suite("Diagnostics for programs, and their explanations")
struct JSONRendererTests {
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

  @Test("every code has an explanation that is more than its name", arguments: DiagnosticCode.allCases)
  func explanation(code: DiagnosticCode) {
    #expect(code.explanation.count > 40)
  }
}
