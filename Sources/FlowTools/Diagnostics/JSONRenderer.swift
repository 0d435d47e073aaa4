package import FlowLanguage

/// Writes diagnostics for programs: one JSON array, one object each, lines and columns from 1, offsets in bytes.
package enum JSONRenderer {
  package static func render(_ diagnostics: [Diagnostic]) -> String {
    if diagnostics.isEmpty { return "[]" }
    return "[\n" + diagnostics.map(object).joined(separator: ",\n") + "\n]"
  }

  private static func object(_ diagnostic: Diagnostic) -> String {
    var members = [
      "\"code\": \(quoted(diagnostic.code.rawValue))",
      "\"severity\": \(quoted(diagnostic.severity.rawValue))",
      "\"title\": \(quoted(diagnostic.title))",
      location(diagnostic.span),
      "\"explanation\": \(quoted(diagnostic.explanation))",
    ]
    let related = diagnostic.related.map { "{\"label\": \(quoted($0.label)), \(location($0.span))}" }
    members.append("\"related\": [\(related.joined(separator: ", "))]")
    if let hint = diagnostic.hint { members.append("\"hint\": \(quoted(hint))") }
    if let fix = diagnostic.fix {
      let replacement = "\"title\": \(quoted(fix.title)), \"replacement\": \(quoted(fix.replacement))"
      members.append("\"fix\": {\(replacement), \(location(fix.span))}")
    }
    return "  {\(members.joined(separator: ", "))}"
  }

  private static func location(_ span: SourceSpan) -> String {
    """
    "file": \(quoted(span.path)), "line": \(span.line), "column": \(span.column), "start": \(span.start), \
    "end": \(span.end)
    """
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{0}"..<" ", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
