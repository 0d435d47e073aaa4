import FlowLanguage
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

  @Test("every code has a case that shows it", arguments: DiagnosticCode.allCases)
  func isShown(code: DiagnosticCode) throws {
    let isShown = try LanguageCase.names.contains { name in
      try LanguageCase(name: name).expected("problems")?.contains("[\(code.rawValue)]") ?? false
    }
    #expect(isShown, "no file of Cases has a problem with the code \(code.rawValue)")
  }

  @Test("there are cases at all")
  func areFound() {
    #expect(LanguageCase.names.count > 50)
  }
}
