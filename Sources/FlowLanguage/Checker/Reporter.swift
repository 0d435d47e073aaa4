/// Collects diagnostics. A fragment is checked once for each of its uses, so the same mistake may be met again: it is
/// kept once.
final class Reporter {
  private struct Key: Hashable {
    let code: DiagnosticCode
    let span: SourceSpan
    let title: String
  }

  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false
  private var seen: Set<Key> = []

  func report(_ diagnostic: Diagnostic) {
    guard seen.insert(Key(code: diagnostic.code, span: diagnostic.span, title: diagnostic.title)).inserted else { return }
    diagnostics.append(diagnostic)
    if diagnostic.severity == .error { hasErrors = true }
  }
}
