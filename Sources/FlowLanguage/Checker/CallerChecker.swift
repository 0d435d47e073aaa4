import ZerverCatalog

/// Checks what a flow asks of its callers: `tenant`, `requires` and `idempotency`.
struct CallerChecker {
  let checker: Checker
  let flow: FlowSyntax
  private var reporter: Reporter { checker.reporter }

  init(checker: Checker, flow: FlowSyntax) {
    self.checker = checker
    self.flow = flow
  }

  func tenantScope() -> TenantScope {
    guard let name = flow.tenant else { return .none }
    let words = ["required", "optional"]
    if words.contains(name.text), let scope = TenantScope(rawValue: name.text) { return scope }
    reporter.report(.unknownWord(name, role: "tenant scope", words: words))
    return .none
  }

  func requirements() -> [Requirement] {
    var seen: [Requirement: SourceSpan] = [:]
    return flow.requirements.compactMap { syntax in
      guard let kind = Requirement.Kind(rawValue: syntax.kind.text) else {
        reporter.report(.unknownWord(syntax.kind, role: "requirement", words: Requirement.Kind.allCases.map(\.rawValue)))
        return nil
      }
      if !NameStyle.kebab.accepts(syntax.name.text) { reporter.report(.nameStyle(syntax.name, .kebab)) }
      let requirement = Requirement(kind, syntax.name.text)
      if let first = seen[requirement] {
        reporter.report(.duplicateMember(syntax.name, kind: kind.rawValue, first: first))
        return nil
      }
      seen[requirement] = syntax.name.span
      return requirement
    }
  }

  func idempotency() -> Idempotency? {
    guard let syntax = flow.idempotency else { return nil }
    guard let mode = Idempotency.Mode(rawValue: syntax.mode.text) else {
      reporter.report(.unknownWord(syntax.mode, role: "mode of idempotency", words: Idempotency.Mode.allCases.map(\.rawValue)))
      return nil
    }
    if let safe = flow.safeMethod { reporter.report(.idempotencyOfSafeMethod(syntax.keyword, method: safe)) }
    if let stream = flow.output?.stream { reporter.report(.idempotencyOfStream(syntax.keyword, stream: stream)) }
    if let stream = flow.input?.stream { reporter.report(.idempotencyOfInputStream(syntax.keyword, stream: stream)) }
    return Idempotency(mode, ttlNanoseconds: syntax.ttl.nanoseconds)
  }
}

extension FlowSyntax {
  /// A method that only asks, by which the flow is called.
  var safeMethod: NameSyntax? {
    ([method].compactMap { $0 } + routes.map(\.method)).first { FlowMethod(rawValue: $0.text)?.isSafe ?? false }
  }
}
