package import FlowLanguage

// What can be wrong with `route-gen.yaml`.

extension Diagnostic {
  /// - Parameter problem: what the YAML parser says, as half a sentence.
  package static func configurationSyntax(_ span: SourceSpan, problem: String) -> Diagnostic {
    Diagnostic(
      .configurationSyntax, at: span, "not YAML", "I cannot read this as YAML: \(problem).",
      hint: "indent with spaces, and put texts with `#`, `:` or `*` in quotes.")
  }

  static func unknownConfigurationKey(_ span: SourceSpan, _ key: String, in place: String, known: [String]) -> Diagnostic {
    let matches = NearMatches.find(key, among: known.map { Candidate($0) })
    let fix = matches.count == 1 ? Fix(title: "write `\(matches[0].name)`", span: span, replacement: matches[0].name) : nil
    return Diagnostic(
      .configurationKey, at: span, "unknown name in the configuration",
      "I know no `\(key)` in \(place). There is \(list(known)).",
      hint: matches.first.map { "is `\($0.name)` meant?" }, fix: fix)
  }

  static func unknownConfigurationCode(_ span: SourceSpan, _ code: String) -> Diagnostic {
    let governed = DiagnosticCode.allCases.filter(\.isGoverned).map { Candidate($0.rawValue) }
    let matches = NearMatches.find(code, among: governed)
    let near = matches.isEmpty ? "" : " These are close: \(list(matches.map(\.name)))."
    let fix = matches.count == 1 ? Fix(title: "write `\(matches[0].name)`", span: span, replacement: matches[0].name) : nil
    return Diagnostic(
      .configurationCode, at: span, "unknown code in the configuration", "I have no diagnostic with the code `\(code)`.\(near)",
      hint: "the code stands in brackets at the end of a diagnostic's first line. `route-gen explain` lists all of them.", fix: fix)
  }

  static func fixedCode(_ span: SourceSpan, _ code: DiagnosticCode) -> Diagnostic {
    Diagnostic(
      .configurationCode, at: span, "code that cannot be configured",
      """
      `\(code.rawValue)` says that the generated code would be wrong, or that a comment or the configuration itself is, and that \
      stays an error. Warnings, what the organisation asks for, and breaking changes can be configured.
      """,
      hint: "remove the line.")
  }

  static func configurationValue(_ span: SourceSpan, seen: String, wanted: String, hint: String?) -> Diagnostic {
    Diagnostic(
      .configurationValue, at: span, "value that does not fit", "I expect \(wanted), and I see \(seen).", hint: hint)
  }

  static func configurationPattern(_ span: SourceSpan, _ pattern: String, reason: String) -> Diagnostic {
    Diagnostic(
      .configurationValue, at: span, "not a pattern", "I cannot use `\(pattern)` as a pattern of slugs. \(reason)",
      hint: "it is a regular expression like those of `pattern` in `.flow` files. `route-gen explain pattern-syntax` lists what they have.")
  }

  static func lockSettings(_ span: SourceSpan, changes: [String]) -> Diagnostic {
    let rows = changes.map { "    \($0)" }.joined(separator: "\n")
    return Diagnostic(
      .lockSettings, at: span, "rules that the build does not know yet",
      """
      `route-gen.yaml` and the head of `catalog.lock` differ. I go by `route-gen.yaml`; the build reads the lock and goes by what \
      was accepted last:

      \(rows)
      """,
      hint: "`swift package route-gen accept` copies the configuration into the lock.")
  }

  private static func list(_ names: [String]) -> String {
    let quoted = names.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return "\(quoted.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension GovernanceSettings {
  /// Says where a lock has other settings than these.
  package func drift(from lock: CatalogLock, in file: SourceFile) -> [Diagnostic] {
    let changes = changes(from: lock)
    let place = lock[.settings].span ?? SourceSpan(file: file, start: 0, end: file.range(ofLine: 1).upperBound)
    return changes.isEmpty ? [] : [.lockSettings(place, changes: changes)]
  }

  /// What these settings say otherwise than those of a lock, as lines with a `+` or a `-`.
  package func changes(from lock: CatalogLock) -> [String] {
    let accepted = lock[.settings]
    return Set(block.facts.keys).union(accepted.facts.keys).sorted().flatMap { key -> [String] in
      let (was, now) = (accepted.line(key), block.line(key))
      return was == now ? [] : [was.map { "- \($0)" }, now.map { "+ \($0)" }].compactMap { $0 }
    }
  }
}
