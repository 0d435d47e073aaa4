import FlowLanguage

/// The Static Analysis Results Interchange Format, version 2.1.0
/// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
enum SARIFRenderer {
  static func render(_ diagnostics: [Diagnostic]) -> String {
    var codes: [DiagnosticCode] = []
    for diagnostic in diagnostics where !codes.contains(diagnostic.code) { codes.append(diagnostic.code) }
    let results = diagnostics.map { diagnostic in result(diagnostic, ruleIndex: codes.firstIndex(of: diagnostic.code) ?? 0) }
    let driver: JSONValue = ["name": "route-gen", "rules": .array(codes.map(rule))]
    let run: JSONValue = ["tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .array(results)]
    let log: JSONValue = [
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0", "runs": [run],
    ]
    return log.text
  }

  private static func rule(_ code: DiagnosticCode) -> JSONValue {
    [
      "id": .string(code.rawValue), "fullDescription": message(code.explanation),
      "defaultConfiguration": ["level": .string(code.severity.rawValue)],
    ]
  }

  private static func result(_ diagnostic: Diagnostic, ruleIndex: Int) -> JSONValue {
    let hint = diagnostic.hint.map { "\n\nHint: \($0)" } ?? ""
    var result: JSONValue = [
      "ruleId": .string(diagnostic.code.rawValue), "ruleIndex": .int(ruleIndex), "level": .string(diagnostic.severity.rawValue),
      "message": message("\(diagnostic.title)\n\n\(diagnostic.explanation)\(hint)"), "locations": [location(diagnostic.span)],
    ]
    let related = diagnostic.related.enumerated().map { index, related in
      location(related.span, id: index + 1, message: related.label)
    }
    if !related.isEmpty { result.add("relatedLocations", .array(related)) }
    result.add("fixes", diagnostic.fix.map { [fix($0)] })
    return result
  }

  private static func message(_ text: String) -> JSONValue { ["text": .string(text)] }

  private static func location(_ span: SourceSpan, id: Int? = nil, message: String? = nil) -> JSONValue {
    var location: JSONValue = ["physicalLocation": ["artifactLocation": artifact(span), "region": region(span)]]
    location.add("id", id.map(JSONValue.int))
    location.add("message", message.map(Self.message))
    return location
  }

  private static func fix(_ fix: Diagnostic.Fix) -> JSONValue {
    let replacement: JSONValue = ["deletedRegion": region(fix.span), "insertedContent": message(fix.replacement)]
    let change: JSONValue = ["artifactLocation": artifact(fix.span), "replacements": [replacement]]
    return ["description": message(fix.title), "artifactChanges": [change]]
  }

  // MARK: Places

  /// A relative path is relative to the root of the sources.
  private static func artifact(_ span: SourceSpan) -> JSONValue {
    let path = percentEncoded(span.path)
    return ["uri": .string(span.path.hasPrefix("/") ? "file://" + path : path)]
  }

  /// Columns count code points here, characters everywhere else.
  private static func region(_ span: SourceSpan) -> JSONValue {
    let file = span.file
    func column(_ offset: Int) -> Int {
      let start = file.range(ofLine: file.line(at: offset)).lowerBound
      return file.text(start..<max(start, offset)).unicodeScalars.count + 1
    }
    return [
      "startLine": .int(span.line), "startColumn": .int(column(span.start)),
      "endLine": .int(file.line(at: span.end)), "endColumn": .int(column(span.end)),
      "byteOffset": .int(span.start), "byteLength": .int(span.end - span.start),
    ]
  }

  /// What may not stand in the path of a URI (RFC 3986 §3.3).
  private static func percentEncoded(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80, scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~/@!$&'()*+,;=".unicodeScalars.contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
