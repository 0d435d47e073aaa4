package import FlowLanguage

/// How a command writes diagnostics.
package enum DiagnosticFormat: String, CaseIterable, Sendable {
  /// For people, in the form that SwiftPM and editors recognise.
  case text
  /// For programs: one array.
  case json
  /// SARIF 2.1.0, which code hosts show at the lines of a change.
  case sarif
  /// Workflow commands of GitHub Actions.
  case github

  /// - Parameter isColoured: for `text` alone.
  package func render(_ diagnostics: [Diagnostic], isColoured: Bool = false) -> String {
    switch self {
    case .text: isColoured ? ColouredText.render(diagnostics) : TextRenderer.render(diagnostics)
    case .json: JSONRenderer.render(diagnostics) + "\n"
    case .sarif: SARIFRenderer.render(diagnostics)
    case .github: GitHubRenderer.render(diagnostics)
    }
  }
}
