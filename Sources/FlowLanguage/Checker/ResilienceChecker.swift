import ZerverCatalog

/// Checks how a resolved plan behaves when things go wrong, and when a request only asks.
struct ResilienceChecker {
  let reporter: Reporter
  let flow: FlowSyntax
  let profile: FlowProfile

  func check(_ plan: [ResolvedNode]) {
    checkDeadline(plan.map(\.outline))
    // Browsers, proxies and crawlers send `GET` and `HEAD` by themselves, and again (RFC 9110 §9.2.1).
    let methods = [flow.method].compactMap { $0 } + flow.routes.map(\.method)
    let safe = methods.first { FlowMethod(rawValue: $0.text)?.isSafe ?? false }
    Self.check(plan, askedBy: safe, reporter)
  }

  /// - Parameter method: one that only asks, by which the plan's flow is called.
  static func check(_ plan: [ResolvedNode], askedBy method: NameSyntax?, _ reporter: Reporter) {
    for finding in PlanReview(plan.map(\.outline), isAsked: method != nil).findings {
      switch finding {
      case .missingTimeout(let step): reporter.report(.missingTimeout(step))
      case .missingUndo(let step, let failing): reporter.report(.missingUndo(step, failing: failing))
      case .unsafeStep(let step): if let method { reporter.report(.unsafeGet(step, method: method)) }
      }
    }
  }

  private func checkDeadline(_ plan: [PlanOutline<SourceSpan>]) {
    let deadline: Int
    let what: String
    let span: SourceSpan
    if let own = flow.deadline {
      (deadline, what, span) = (own.nanoseconds, "its deadline", own.span)
    } else if let nanoseconds = profile.deadlineNanoseconds, let name = flow.profile {
      (deadline, what, span) = (nanoseconds, "the deadline of profile `\(profile.name)`", name.span)
    } else {
      return
    }
    guard let (overrun, path) = CriticalPath.overrun(of: plan, deadline: deadline) else { return }
    switch overrun {
    case .always: reporter.report(.criticalPath(span, path, deadline: CriticalPath.text(deadline), of: what))
    case .withManyRounds: reporter.report(.longLoop(span, path, deadline: CriticalPath.text(deadline), of: what))
    }
  }
}
