/// Writes diagnostics for people. The first line has the form that SwiftPM and editors recognise.
package enum TextRenderer {
  package static func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  package static func render(_ diagnostic: Diagnostic) -> String {
    let span = diagnostic.span
    var text = """
      \(span.path):\(span.line):\(span.column): \(diagnostic.severity.rawValue): \(diagnostic.title) \
      [\(diagnostic.code.rawValue)]

      \(excerpt(of: span, contextLines: 1))

      \(diagnostic.explanation)

      """
    for related in diagnostic.related { text += "\n" + render(related, besides: span) }
    if let hint = diagnostic.hint { text += "\nHint: \(hint)\n" }
    return text
  }

  private static func render(_ related: Diagnostic.Related, besides primary: SourceSpan) -> String {
    let place = related.span.path == primary.path ? "" : " (\(related.span.path):\(related.span.line))"
    return "\(related.label)\(place):\n\n\(excerpt(of: related.span, contextLines: 0))\n"
  }

  /// The lines of a span with carets below; only its first line is underlined.
  private static func excerpt(of span: SourceSpan, contextLines: Int) -> String {
    let file = span.file
    let line = span.line
    let width = max(4, String(line).count + 1)
    var rows: [String] = []
    for number in max(1, line - contextLines)...line {
      let text = visible(file.text(file.range(ofLine: number)))
      // Context without any text explains nothing.
      if number < line, text.allSatisfy(\.isWhitespace) { continue }
      rows.append(trimmed("\(padded(number, to: width)) | \(text)"))
    }
    let range = file.range(ofLine: line)
    let before = visible(file.text(range.lowerBound..<max(range.lowerBound, min(span.start, range.upperBound))))
    let carets = max(1, file.characters(from: span.start, to: min(span.end, range.upperBound)))
    // A tab stays a tab, so that the carets stand where the reader's terminal puts the text.
    let indentation = String(before.map { $0 == "\t" ? "\t" : " " })
    rows.append("\(String(repeating: " ", count: width)) | \(indentation)\(String(repeating: "^", count: carets))")
    return rows.joined(separator: "\n")
  }

  /// Control characters could move the reader's cursor or recolour the terminal.
  private static func visible(_ text: String) -> String {
    guard text.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 >= 0x7F }) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      scalars.append(isControl && scalar != "\t" ? "\u{FFFD}" : scalar)
    }
    return String(scalars)
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: " ", count: width - digits.count) + digits
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
