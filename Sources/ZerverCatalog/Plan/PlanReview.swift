/// What is to be said of a plan that works: how it behaves when something goes wrong, and when a request only asks.
package struct PlanReview<Place: Hashable> {
  package typealias Step = PlanOutline<Place>.Step

  package enum Finding {
    /// The step can keep a request waiting until its deadline.
    case missingTimeout(Step)
    /// Nobody takes back what the step has changed when `failing` fails.
    case missingUndo(Step, failing: Step)
    /// The step may change something, in a flow that is called by a method that only asks.
    case unsafeStep(Step)
  }

  package private(set) var findings: [Finding] = []
  /// Called by a method that only asks.
  private let isAsked: Bool
  /// A fragment is expanded for each of its uses, and says what it has to say once.
  private var met: Set<Step> = []

  package init(_ plan: [PlanOutline<Place>], isAsked: Bool) {
    self.isAsked = isAsked
    walk(plan, before: nil)
  }

  // MARK: The walk

  /// - Parameter next: what can fail the request behind these nodes.
  private mutating func walk(_ nodes: [PlanOutline<Place>], before next: Step?) {
    for (index, node) in nodes.enumerated() {
      walk(node, before: Self.firstFailing(nodes[(index + 1)...]) ?? next)
    }
  }

  private mutating func walk(_ node: PlanOutline<Place>, before next: Step?) {
    switch node {
    case .use(let use): check(use, before: next)
    case .parallel(let needsAll, let branches):
      for (index, branch) in branches.enumerated() {
        let others = branches.enumerated().filter { $0.offset != index }.flatMap(\.element)
        walk(branch, before: needsAll ? Self.firstFailing(others[...]) ?? next : next)
      }
    case .choice(let ways): for way in ways { walk(way, before: next) }
    case .loop(let rounds, let body):
      // What a round has changed stays when a later round fails.
      walk(body, before: rounds > 1 ? Self.firstFailing(body[...]) ?? next : next)
    }
  }

  private mutating func check(_ use: PlanOutline<Place>.Use, before next: Step?) {
    for body in use.inserts { walk(body, before: next) }
    for body in use.replaces { walk(body, before: nil) }
    let inserted = Self.firstFailing(use.inserts.flatMap { $0 }[...])
    let isNew = met.insert(use.step).inserted
    if isNew, isAsked, !use.step.isSafe { findings.append(.unsafeStep(use.step)) }
    if isNew, !use.isDetached, use.step.reachesOut, use.timeoutNanoseconds == nil { findings.append(.missingTimeout(use.step)) }
    if isNew, !use.isDetached, !use.step.isRepeatable, !use.hasUndo, let failing = inserted ?? next {
      findings.append(.missingUndo(use.step, failing: failing))
    }
    guard case .step(let other) = use.fallback, met.insert(other).inserted else { return }
    if isAsked, !other.isSafe { findings.append(.unsafeStep(other)) }
    if use.isDetached { return }
    // The timeout of a use counts for the step in its place as well.
    if other.reachesOut, !use.step.reachesOut, use.timeoutNanoseconds == nil { findings.append(.missingTimeout(other)) }
    if !other.isRepeatable, let failing = next { findings.append(.missingUndo(other, failing: failing)) }
  }

  // MARK: What can fail

  private static func firstFailing(_ nodes: ArraySlice<PlanOutline<Place>>) -> Step? {
    // A lazy sequence would ask each node twice, and those inside it four times.
    for node in nodes {
      if let step = firstFailing(node) { return step }
    }
    return nil
  }

  private static func firstFailing(_ node: PlanOutline<Place>) -> Step? {
    switch node {
    case .use(let use): return failing(use)
    // The other joins go on when a branch has failed, or need more than one failure.
    case .parallel(let needsAll, let branches): return needsAll ? firstFailing(branches.flatMap { $0 }[...]) : nil
    case .choice(let ways): return firstFailing(ways.flatMap { $0 }[...])
    case .loop(_, let body): return firstFailing(body[...])
    }
  }

  private static func failing(_ use: PlanOutline<Place>.Use) -> Step? {
    if use.isDetached { return nil }
    switch use.fallback {
    case .value: return nil
    case .step(let other): return other.canFail ? other : nil
    case .none: return use.step.canFail ? use.step : nil
    }
  }
}
