import ZerverCatalog

/// Warns where a request that only asks would change something: browsers, proxies and crawlers send `GET` and `HEAD` by
/// themselves, and again (RFC 9110 §9.2.1).
struct SafeMethodChecker {
  let reporter: Reporter
  let method: NameSyntax?
  let routes: [BindingSyntax]
  /// A fragment is expanded for each of its uses, and says what it has to say once.
  private var reported: Set<Int> = []

  init(reporter: Reporter, flow: FlowSyntax) {
    self.reporter = reporter
    method = flow.method
    routes = flow.routes
  }

  mutating func check(_ plan: [ResolvedNode]) {
    let safe = ([method].compactMap { $0 } + routes.map(\.method)).first { FlowMethod(rawValue: $0.text)?.isSafe ?? false }
    if let safe { walk(plan, safe) }
  }

  private mutating func walk(_ nodes: [ResolvedNode], _ method: NameSyntax) {
    for node in nodes {
      switch node {
      case .use(let use): check(use, method)
      case .parallel(_, let branches): for branch in branches { walk(branch, method) }
      case .when(_, let then, let otherwise): walk(then + otherwise, method)
      case .choose(_, let cases, let otherwise): walk(cases.flatMap(\.body) + (otherwise ?? []), method)
      case .forEach(let loop): walk(loop.body, method)
      }
    }
  }

  private mutating func check(_ use: ResolvedUse, _ method: NameSyntax) {
    for fragment in use.inserts + use.replaces { walk(fragment.body, method) }
    for handler in use.errorHandlers {
      if case .fragment(_, let body) = handler.target { walk(body, method) }
    }
    if case .step(let call) = use.fallback, call.step.repetition != .safe, reported.insert(call.span.start).inserted {
      reporter.report(.unsafeGet(call.span, step: call.step, method: method))
    }
    guard use.step.repetition != .safe, reported.insert(use.span.start).inserted else { return }
    reporter.report(.unsafeGet(use.span, step: use.step, method: method))
  }
}
