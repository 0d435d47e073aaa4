package import FlowLanguage

/// Writes diagnostics for programs: one JSON array, one object each, lines and columns from 1, offsets in bytes.
package enum JSONRenderer {
  package static func render(_ diagnostics: [Diagnostic]) -> String {
    if diagnostics.isEmpty { return "[]" }
    return "[\n" + diagnostics.map(object).joined(separator: ",\n") + "\n]"
  }

  private static func object(_ diagnostic: Diagnostic) -> String {
    var members = [
      "\"code\": \(JSONText.quoted(diagnostic.code.rawValue))",
      "\"severity\": \(JSONText.quoted(diagnostic.severity.rawValue))",
      "\"title\": \(JSONText.quoted(diagnostic.title))",
      location(diagnostic.span),
      "\"explanation\": \(JSONText.quoted(diagnostic.explanation))",
    ]
    let related = diagnostic.related.map { "{\"label\": \(JSONText.quoted($0.label)), \(location($0.span))}" }
    members.append("\"related\": [\(related.joined(separator: ", "))]")
    if let hint = diagnostic.hint { members.append("\"hint\": \(JSONText.quoted(hint))") }
    if let fix = diagnostic.fix {
      let replacement = "\"title\": \(JSONText.quoted(fix.title)), \"replacement\": \(JSONText.quoted(fix.replacement))"
      members.append("\"fix\": {\(replacement), \(location(fix.span))}")
    }
    return "  {\(members.joined(separator: ", "))}"
  }

  private static func location(_ span: SourceSpan) -> String {
    """
    "file": \(JSONText.quoted(span.path)), "line": \(span.line), "column": \(span.column), "start": \(span.start), \
    "end": \(span.end)
    """
  }
}
