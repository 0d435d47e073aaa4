/// One thing that the author of a `.flow` file should know, as a value: it renders as text and as JSON.
package struct Diagnostic: Equatable, Sendable {
  package enum Severity: String, Sendable {
    case error, warning
  }

  /// Another place that explains the primary one.
  package struct Related: Equatable, Sendable {
    /// What is to be seen there, without a final colon.
    package let label: String
    package let span: SourceSpan

    package init(label: String, span: SourceSpan) {
      self.label = label
      self.span = span
    }
  }

  /// A change that mends the mistake, for editors.
  package struct Fix: Equatable, Sendable {
    package let title: String
    package let span: SourceSpan
    package let replacement: String

    package init(title: String, span: SourceSpan, replacement: String) {
      self.title = title
      self.span = span
      self.replacement = replacement
    }
  }

  package let code: DiagnosticCode
  /// What the carets underline.
  package let span: SourceSpan
  /// Half a sentence, lower case, for the first line.
  package let title: String
  /// In the first person, present tense, without blame: what was seen, what would work, why.
  package let explanation: String
  package let related: [Related]
  package let hint: String?
  package let fix: Fix?

  /// That of the code, unless the rule configuration or the circumstances have changed it.
  package private(set) var severity: Severity

  package init(
    _ code: DiagnosticCode, at span: SourceSpan, _ title: String, _ explanation: String, related: [Related] = [],
    hint: String? = nil, fix: Fix? = nil
  ) {
    self.code = code
    severity = code.severity
    self.span = span
    self.title = title
    self.explanation = explanation
    self.related = related
    self.hint = hint
    self.fix = fix
  }
}

extension Diagnostic {
  package func with(severity: Severity) -> Diagnostic {
    var copy = self
    copy.severity = severity
    return copy
  }

  /// Reported with less than the severity of its code.
  var isMitigated: Bool { severity == .warning && code.severity == .error }

  /// The order in which a reader meets mistakes: file after file, from top to bottom.
  package static func precedes(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
    if a.span.path != b.span.path { return a.span.path < b.span.path }
    return (a.span.start, a.span.end, a.code.rawValue) < (b.span.start, b.span.end, b.code.rawValue)
  }
}
