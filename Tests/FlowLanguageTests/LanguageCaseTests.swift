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

  /// Breaking changes and the configuration file belong to `route-gen`, whose tests show them.
  static let codes = DiagnosticCode.allCases.filter { code in
    switch code {
    case .configurationSyntax, .configurationKey, .configurationValue, .configurationCode, .lockSettings: false
    default: !code.isBreakingChange
    }
  }

  @Test("every code has a case that shows it", arguments: codes)
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
