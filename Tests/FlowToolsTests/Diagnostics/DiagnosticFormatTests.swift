import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

@Suite("Diagnostics in every format")
struct DiagnosticFormatTests {
  private let diagnostic: Diagnostic
  private let warning: Diagnostic

  init() {
    let file = SourceFile(path: "Routes/v1/a, b.flow", text: "é = load(x)\nnext\n")
    let span = SourceSpan(file: file, start: 5, end: 9)
    diagnostic = Diagnostic(
      .unknownStep, at: span, "100% unknown: load", "First line.\nSecond, line: done.",
      related: [.init(label: "declared here", span: SourceSpan(file: file, start: 13, end: 17))], hint: "a hint.",
      fix: .init(title: "write `store`", span: span, replacement: "store"))
    warning = Diagnostic(.unusedBinding, at: SourceSpan(file: file, start: 0, end: 2), "unused", "Nobody reads it.")
  }

  @Test("a GitHub command is one line, whatever the message has in it")
  func github() {
    #expect(
      DiagnosticFormat.github.render([diagnostic]) == """
        ::error file=Routes/v1/a%2C b.flow,line=1,col=5,endColumn=9,title=100%25 unknown%3A load [unknown-step]::First \
        line.%0ASecond, line: done.%0A%0AHint: a hint.

        """)
    #expect(DiagnosticFormat.github.render([warning]).hasPrefix("::warning file="))
  }

  @Test("colours are added to the text and change nothing of it")
  func colours() {
    let coloured = DiagnosticFormat.text.render([diagnostic, warning], isColoured: true)
    let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(plain == DiagnosticFormat.text.render([diagnostic, warning]))
    #expect(coloured.contains("\u{1B}[1;31merror:\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[1;33mwarning:\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[36mHint:\u{1B}[0m a hint."))
  }

  @Test("SARIF has what the schema requires, and every reference inside it leads somewhere")
  func sarif() throws {
    let text = DiagnosticFormat.sarif.render([diagnostic, warning, diagnostic])
    let log = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "route-gen")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(rules.map { $0["id"] as? String } == ["unknown-step", "unused-binding"])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["ruleIndex"] as? Int } == [0, 1, 0])
    #expect(results.map { $0["level"] as? String } == ["error", "warning", "error"])
    for result in results { #expect(((result["message"] as? [String: Any])?["text"] as? String)?.isEmpty == false) }
    let location = try #require((results[0]["locations"] as? [[String: Any]])?.first)
    let place = try #require(location["physicalLocation"] as? [String: Any])
    #expect((place["artifactLocation"] as? [String: Any])?["uri"] as? String == "Routes/v1/a,%20b.flow")
    let region = try #require(place["region"] as? [String: Int])
    #expect(region == ["startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 9, "byteOffset": 5, "byteLength": 4])
    let fixes = try #require(results[0]["fixes"] as? [[String: Any]])
    #expect(fixes.count == 1)
    #expect(results[1]["fixes"] == nil)
  }

  @Test("a run without diagnostics has results, which are none")
  func nothing() throws {
    #expect(DiagnosticFormat.text.render([]).isEmpty)
    #expect(DiagnosticFormat.github.render([]).isEmpty)
    #expect(DiagnosticFormat.json.render([]) == "[]\n")
    let sarif = DiagnosticFormat.sarif.render([])
    #expect(sarif.contains("\"results\": []"))
  }
}
