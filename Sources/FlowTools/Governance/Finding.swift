import FlowLanguage

/// A broken rule on its way to a diagnostic.
struct Finding {
  struct Identity: Hashable, Comparable {
    let code: DiagnosticCode
    let subject: String

    static func < (a: Identity, b: Identity) -> Bool { (a.code.rawValue, a.subject) < (b.code.rawValue, b.subject) }
  }

  let identity: Identity
  /// What was, what is: a whole sentence.
  let sentence: String
  /// In the files of now; `nil` when nothing of it is left.
  let place: SourceSpan?
  /// Where it was promised.
  let promise: SourceSpan?
  /// Those that are concerned, by their names of before. Empty for what concerns none of them.
  var flows: Set<String>
  /// All of them are experimental.
  var isExperimental: Bool

  func change(reasons: AcceptedChanges) -> BreakingChange {
    let rule = CheckRule.rule(identity.code)
    var explanation = sentence
    // A subject that is a flow names it already.
    if flows.count > 1 || !flows.isEmpty && !identity.subject.hasPrefix("flow ") { explanation += " It concerns \(Self.list(flows.sorted()))." }
    if let rule { explanation += "\n\n\(rule.reason)" }
    let reason = reasons[identity]
    if let reason {
      explanation += "\n\nIt was accepted: \(reason)"
    } else if isExperimental {
      explanation += "\n\nThe flow was experimental: it had promised nothing, so this does not fail the check."
    }
    let diagnostic = Diagnostic(
      identity.code, at: place ?? promise ?? Self.nowhere, rule?.title ?? "breaking change", explanation,
      related: place == nil ? [] : promise.map { [Diagnostic.Related(label: "It was promised here", span: $0)] } ?? [],
      hint: rule.map(\.way))
    let isMitigated = isExperimental || reason != nil
    return BreakingChange(
      code: identity.code, subject: identity.subject,
      diagnostic: isMitigated ? diagnostic.with(severity: .warning) : diagnostic)
  }

  /// A lock that was made in memory has no lines. Diagnostics need one.
  private static let nowhere = SourceSpan(file: SourceFile(path: "catalog.lock", bytes: []), start: 0, end: 0)

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "`\($0)`" }
    if names.count > 4 { return "\(shown.joined(separator: ", ")) and \(names.count - 4) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return "\(shown.dropLast().joined(separator: ", ")) and \(last)"
  }
}

/// The breaking changes that a lock records, each with the reason that was given.
struct AcceptedChanges {
  private var reasons: [String: String] = [:]

  /// - Parameter older: what it records as well is history.
  init(_ lock: CatalogLock, besides older: CatalogLock) {
    for name in lock.names(.breaking) {
      for (key, fact) in lock[.breaking, name]?.facts ?? [:] where older[.breaking, name]?[key] == nil {
        reasons[key] = CatalogLock.unquoted(fact.value)
      }
    }
  }

  subscript(identity: Finding.Identity) -> String? { reasons[Self.key(identity.code, identity.subject)] }

  static func key(_ code: DiagnosticCode, _ subject: String) -> String { "\(code.rawValue) \(subject)" }
}
