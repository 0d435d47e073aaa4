/// Small pieces of sentences.
enum DiagnosticText {
  /// `` `a`, `b` and `c` ``
  static func words(_ words: [String], last: String = "and") -> String {
    let quoted = words.map { "`\($0)`" }
    guard let final = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return "\(quoted.dropLast().joined(separator: ", ")) \(last) \(final)"
  }

  /// `` an `int` ``, `` a `Cart` ``
  static func one(_ type: ResolvedType) -> String {
    let text = type.text
    return "\(text.prefix(1).lowercased().contains { "aeio".contains($0) } ? "an" : "a") `\(text)`"
  }

  /// `1 argument`, `2 arguments`
  static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  /// A sentence, and the near names below it when there are any.
  static func withNearNames(_ sentence: String, _ matches: [Candidate]) -> String {
    let paragraph = NearMatches.paragraph(matches)
    return paragraph.isEmpty ? sentence : "\(sentence) \(paragraph)"
  }

  /// Replaces a name when exactly one other name is near.
  static func fix(_ name: NameSyntax, _ matches: [Candidate]) -> Diagnostic.Fix? {
    guard matches.count == 1, let match = matches.first else { return nil }
    return Diagnostic.Fix(title: "write `\(match.name)`", span: name.span, replacement: match.name)
  }
}
