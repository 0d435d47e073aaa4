import ZerverCatalog

/// Checks how a resolved plan behaves when things go wrong: timeouts, compensation, and time enough for both.
struct ResilienceChecker {
  let reporter: Reporter
  let flow: FlowSyntax
  let profile: FlowProfile
  /// A fragment is expanded for each of its uses, and says what it has to say once.
  private var reported: Set<Int> = []

  /// A use that can fail the request.
  private typealias Failing = (name: String, span: SourceSpan)

  init(reporter: Reporter, flow: FlowSyntax, profile: FlowProfile) {
    self.reporter = reporter
    self.flow = flow
    self.profile = profile
  }

  mutating func check(_ plan: [ResolvedNode]) {
    checkDeadline(plan)
    walk(plan, before: nil)
  }

  // MARK: Time

  private func checkDeadline(_ plan: [ResolvedNode]) {
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
    let path = CriticalPath(plan)
    if path.nanoseconds > deadline {
      reporter.report(.criticalPath(span, path, deadline: CriticalPath.text(deadline), of: what))
    }
  }

  // MARK: The walk

  /// - Parameter before: what can fail the request behind these nodes.
  private mutating func walk(_ nodes: [ResolvedNode], before next: Failing?) {
    for (index, node) in nodes.enumerated() {
      walk(node, before: Self.firstFailing(nodes[(index + 1)...]) ?? next)
    }
  }

  private mutating func walk(_ node: ResolvedNode, before next: Failing?) {
    switch node {
    case .use(let use): check(use, before: next)
    case .parallel(let join, let branches):
      for (index, branch) in branches.enumerated() {
        let others = branches.enumerated().filter { $0.offset != index }.flatMap(\.element)
        walk(branch, before: join == .allRequired ? Self.firstFailing(others[...]) ?? next : next)
      }
    case .when(_, let then, let otherwise):
      walk(then, before: next)
      walk(otherwise, before: next)
    case .choose(_, let arms, let otherwise):
      for arm in arms { walk(arm.body, before: next) }
      walk(otherwise ?? [], before: next)
    case .forEach(let loop):
      // What a round has changed stays when a later round fails.
      walk(loop.body, before: loop.itemsMax > 1 ? Self.firstFailing(loop.body[...]) ?? next : next)
    }
  }

  private mutating func check(_ use: ResolvedUse, before next: Failing?) {
    for fragment in use.inserts { walk(fragment.body, before: next) }
    for fragment in use.replaces { walk(fragment.body, before: nil) }
    for handler in use.errorHandlers {
      if case .fragment(_, let body) = handler.target { walk(body, before: nil) }
    }
    if use.isDetached { return }
    let isNew = reported.insert(use.span.start).inserted
    if isNew, use.step.reachesOut, use.timeoutNanoseconds == nil { reporter.report(.missingTimeout(use.span, step: use.step)) }
    if isNew, case .step(let call) = use.fallback {
      // The timeout of a use counts for the step in its place as well.
      if call.step.reachesOut, !use.step.reachesOut, use.timeoutNanoseconds == nil {
        reporter.report(.missingTimeout(call.span, step: call.step))
      }
      if call.step.repetition == .unsafe, let failing = next {
        reporter.report(.missingUndo(call.span, step: call.step, failing: failing))
      }
    }
    let inserted = use.inserts.lazy.compactMap { Self.firstFailing($0.body[...]) }.first
    if isNew, use.step.repetition == .unsafe, use.undo == nil, let failing = inserted ?? next {
      reporter.report(.missingUndo(use.span, step: use.step, failing: failing))
    }
  }

  // MARK: What can fail

  private static func firstFailing(_ nodes: ArraySlice<ResolvedNode>) -> Failing? {
    nodes.lazy.compactMap { firstFailing($0) }.first
  }

  private static func firstFailing(_ node: ResolvedNode) -> Failing? {
    switch node {
    case .use(let use): return failing(use)
    case .parallel(let join, let branches):
      // The other joins go on when a branch has failed, or need more than one failure.
      return join == .allRequired ? firstFailing(branches.flatMap { $0 }[...]) : nil
    case .when(_, let then, let otherwise): return firstFailing((then + otherwise)[...])
    case .choose(_, let arms, let otherwise): return firstFailing((arms.flatMap(\.body) + (otherwise ?? []))[...])
    case .forEach(let loop): return firstFailing(loop.body[...])
    }
  }

  private static func failing(_ use: ResolvedUse) -> Failing? {
    if use.isDetached { return nil }
    switch use.fallback {
    case .empty, .defaultValue: return nil
    case .step(let call): return call.step.canFail ? (call.step.name, call.span) : nil
    case .none: return use.step.canFail ? (use.step.name, use.span) : nil
    }
  }
}

extension ResolvedStep {
  /// It needs something outside of the server, which can keep it waiting. The clock and the random numbers cannot.
  fileprivate var reachesOut: Bool { needs.contains { $0 != "time" && $0 != "crypto" } }
  fileprivate var canFail: Bool { reachesOut || !fails.isEmpty }
}
