import FlowLanguage

/// Workflow commands of GitHub Actions, which show a diagnostic at its line of a pull request
/// (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
enum GitHubRenderer {
  static func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map { command($0) + "\n" }.joined() }

  private static func command(_ diagnostic: Diagnostic) -> String {
    let span = diagnostic.span
    var properties = ["file=\(property(span.path))", "line=\(span.line)", "col=\(span.column)"]
    let end = span.file.line(at: span.end)
    if end > span.line {
      properties.append("endLine=\(end)")
    } else if span.end > span.start {
      properties.append("endColumn=\(span.file.column(at: span.end))")
    }
    properties.append("title=\(property("\(diagnostic.title) [\(diagnostic.code.rawValue)]"))")
    let hint = diagnostic.hint.map { "\n\nHint: \($0)" } ?? ""
    return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))::\(message(diagnostic.explanation + hint))"
  }

  /// A line break would end the command, a percent sign is the escape itself.
  private static func message(_ text: String) -> String { escaped(text, extra: "") }

  /// Colons and commas separate properties.
  private static func property(_ text: String) -> String { escaped(text, extra: ":,") }

  private static func escaped(_ text: String, extra: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if "%\r\n".unicodeScalars.contains(scalar) || extra.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
