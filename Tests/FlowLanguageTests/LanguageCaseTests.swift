import FlowLanguage
import Foundation
import Testing

@Suite("Golden cases of the language")
struct LanguageCaseTests {
  @Test("a case has the problems and the catalog that it expects", arguments: LanguageCase.names)
  func holds(name: String) throws {
    let languageCase = try LanguageCase(name: name)
    let result = languageCase.compile()
    let problems = TextRenderer.render(result.diagnostics)
    let catalog = result.module.map(CatalogText.write) ?? "nothing\n"
    if LanguageCase.isUpdating { return try languageCase.update(problems: problems, catalog: catalog) }
    #expect(problems == normalized(languageCase.expected("problems")))
    if let expected = languageCase.expected("catalog") { #expect(catalog == expected) }
    let hasErrors = result.diagnostics.contains { $0.severity == .error }
    #expect((result.module == nil) == hasErrors, "a module comes out exactly when nothing is wrong")
  }

  /// A section of nothing reads as one empty line.
  private func normalized(_ text: String?) -> String { text == "\n" || text == nil ? "" : text ?? "" }

  /// What is expected of files, of the changes of files, and of plans in Swift.
  private static let expectations: String = {
    let tests = LanguageCase.folder.deletingLastPathComponent().deletingLastPathComponent()
    let folders = ["FlowLanguageTests/Cases", "FlowToolsTests/Governance/Cases", "ZerverCoreTests/Builder"]
    let files = folders.map(tests.appendingPathComponent).flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
        .filter { ["flowcase", "checkcase", "txt"].contains($0.pathExtension) }
    }
    return files.map { String(decoding: (try? Data(contentsOf: $0)) ?? Data(), as: UTF8.self) }.joined()
  }()

  @Test("every code has a golden case that shows it", arguments: DiagnosticCode.allCases)
  func isShown(code: DiagnosticCode) throws {
    #expect(Self.expectations.contains(" [\(code.rawValue)]\n"), "no golden case has a problem with the code \(code.rawValue)")
  }

  @Test("a code of a flow in Swift is one of the language, with the same severity")
  func isOfSwift() throws {
    let tests = LanguageCase.folder.deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: tests.appendingPathComponent("ZerverCoreTests/Builder/FlowProblems.txt"), encoding: .utf8)
    let lines = text.matches(of: /(?m)^[^ ]+: (error|warning): .* \[([a-z-]+)\]$/)
    #expect(lines.count > 90)
    for line in lines {
      let code = try #require(DiagnosticCode(rawValue: String(line.output.2)), "\(line.output.0)")
      #expect(code.severity.rawValue == line.output.1, "\(line.output.0)")
    }
  }

  @Test("there are cases at all")
  func areFound() {
    #expect(LanguageCase.names.count > 50)
  }
}
