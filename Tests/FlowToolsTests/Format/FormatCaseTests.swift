import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

/// Golden cases of the formatter. `ZERVER_UPDATE_CASES=1` rewrites what they expect.
@Suite("Golden cases of the canonical form")
struct FormatCaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".flowcase") }.sorted()
  }()

  @Test("a file has the form that its case expects", arguments: names)
  func holds(name: String) throws {
    let url = Self.folder.appendingPathComponent(name)
    let text = try String(contentsOf: url, encoding: .utf8)
    let flow = try #require(text.range(of: "=== flow\n"))
    let format = try #require(text.range(of: "=== format\n"))
    let source = String(text[flow.upperBound..<format.lowerBound])
    let formatted = FlowFormatter.layout(Lexer.lex(SourceFile(path: name, text: source)))
    if ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1" {
      return try (text[..<format.upperBound] + formatted).write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(formatted == String(text[format.upperBound...]))
  }

  @Test("there are cases at all")
  func areFound() { #expect(Self.names.count >= 4) }

  @Test("a file with a mistake of syntax is refused with what is wrong")
  func refuses() {
    let file = SourceFile(path: "a.flow", text: "record A {\n  id string\n}\n")
    guard case .refused(let diagnostics) = FlowFormatter.format(file) else {
      Issue.record("the file was formatted")
      return
    }
    #expect(diagnostics.map(\.code) == [.unexpectedToken])
  }

  @Test("a file without anything stays without anything", arguments: ["", "\n\n", " \t\r\n"])
  func empty(text: String) {
    #expect(FlowFormatter.format(SourceFile(path: "a.flow", text: text)) == .formatted(""))
  }
}
