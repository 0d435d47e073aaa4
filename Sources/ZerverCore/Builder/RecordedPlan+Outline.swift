import ZerverCatalog

extension PlanOutline where Place == FlowPlace {
  /// - Parameter uses: those that the nodes name by their numbers.
  static func of(_ nodes: [PlanNode], _ uses: [PlanRecorder.Use]) -> [PlanOutline] { nodes.map { of($0, uses) } }

  private static func of(_ node: PlanNode, _ uses: [PlanRecorder.Use]) -> PlanOutline {
    switch node {
    case .use(let number): return .use(of(uses[number], uses))
    case .fork(let join, let branches):
      let needsAll = if case .allRequired = join { true } else { false }
      return .parallel(needsAll: needsAll, branches: branches.map { of($0, uses) })
    case .test(_, let then, let otherwise): return .choice([of(then, uses), of(otherwise, uses)])
    case .loop(_, _, _, let max, let body, _): return .loop(roundsMax: max, body: of(body, uses))
    }
  }

  private static func of(_ use: PlanRecorder.Use, _ uses: [PlanRecorder.Use]) -> Use {
    var outline = Use(step(use))
    outline.timeoutNanoseconds = use.timeout.map { Int($0.nanosecondsWhole) }
    outline.retry = use.retry.map {
      Retry(
        attempts: $0.attempts, backoffNanoseconds: Int($0.backoff.nanosecondsWhole),
        backoffMaxNanoseconds: Int($0.backoffMax.nanosecondsWhole))
    }
    if use.isOptional {
      outline.fallback = .value
    } else if let fallback = use.fallback {
      outline.fallback = uses[fallback].isBuiltIn ? .value : .step(step(uses[fallback]))
    }
    outline.hasUndo = use.undo != nil
    outline.isDetached = use.isDetached
    outline.inserts = use.declaration.mayInsert.map { of(use.inserts[$0] ?? [], uses) }
    outline.replaces = use.declaration.mayReplace.map { of(use.replaces[$0] ?? [], uses) } + use.errorFragments.map { of($0, uses) }
    return outline
  }

  private static func step(_ use: PlanRecorder.Use) -> Step {
    let declaration = use.declaration
    return Step(
      declaration.name, at: use.place, needs: declaration.needs.map(\.name), declaresErrors: !declaration.fails.isEmpty,
      isSafe: declaration.repetition == .safe, isRepeatable: declaration.repetition != .unsafe)
  }
}
