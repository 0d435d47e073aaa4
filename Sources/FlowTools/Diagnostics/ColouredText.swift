import FlowLanguage

/// The text of diagnostics with the colours of a terminal (ECMA-48 §8.3.117).
///
/// Without its escape sequences it is exactly what `TextRenderer` writes, so a copied message looks the same everywhere.
enum ColouredText {
  static func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(render).joined(separator: "\n") }

  static func render(_ diagnostic: Diagnostic) -> String {
    let colour: Style = diagnostic.severity == .error ? .red : .yellow
    var lines = TextRenderer.render(diagnostic).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[0] = firstLine(diagnostic, colour)
    for index in lines.indices.dropFirst() { lines[index] = styled(lines[index], colour) }
    return lines.joined(separator: "\n")
  }

  private static func firstLine(_ diagnostic: Diagnostic, _ colour: Style) -> String {
    let span = diagnostic.span
    let place = Style.bold.around("\(span.path):\(span.line):\(span.column):")
    let severity = colour.around("\(diagnostic.severity.rawValue):")
    return "\(place) \(severity) \(Style.bold.around(diagnostic.title)) \(Style.faint.around("[\(diagnostic.code.rawValue)]"))"
  }

  /// The margin of an excerpt is faint, carets have the colour of the severity.
  private static func styled(_ line: String, _ colour: Style) -> String {
    if line.hasPrefix("Hint: ") { return Style.cyan.around("Hint:") + line.dropFirst(5) }
    guard let bar = line.firstIndex(of: "|"), line[..<bar].allSatisfy({ $0 == " " || $0.isNumber }), line.hasPrefix(" ") else {
      return line
    }
    let margin = Style.faint.around(String(line[...bar]))
    let rest = line[line.index(after: bar)...]
    let isCarets = rest.contains("^") && rest.allSatisfy { $0 == " " || $0 == "\t" || $0 == "^" }
    return margin + (isCarets ? colour.around(String(rest)) : String(rest))
  }

  enum Style: String {
    case bold = "1"
    case faint = "2"
    case red = "1;31"
    case yellow = "1;33"
    case cyan = "36"

    func around(_ text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
  }
}
