package import ZerverCatalog

extension ResolvedFlow {
  package var outline: [PlanOutline<SourceSpan>] { plan.map(\.outline) }
}

extension ResolvedNode {
  var outline: PlanOutline<SourceSpan> {
    switch self {
    case .use(let use): .use(use.outline)
    case .parallel(let join, let branches):
      .parallel(needsAll: join == .allRequired, branches: branches.map { $0.map(\.outline) })
    case .when(_, let then, let otherwise): .choice([then.map(\.outline), otherwise.map(\.outline)])
    case .choose(_, let arms, let otherwise): .choice((arms.map(\.body) + [otherwise ?? []]).map { $0.map(\.outline) })
    case .forEach(let loop): .loop(roundsMax: loop.itemsMax, body: loop.body.map(\.outline))
    }
  }
}

extension ResolvedUse {
  fileprivate var outline: PlanOutline<SourceSpan>.Use {
    var outline = PlanOutline<SourceSpan>.Use(step.outline(at: span))
    outline.timeoutNanoseconds = timeoutNanoseconds
    outline.retry = retry.map {
      PlanOutline.Retry(
        attempts: $0.attempts, backoffNanoseconds: $0.backoffNanoseconds, backoffMaxNanoseconds: $0.backoffMaxNanoseconds)
    }
    switch fallback {
    case .none: outline.fallback = .none
    case .empty, .defaultValue: outline.fallback = .value
    case .step(let call): outline.fallback = .step(call.step.outline(at: call.span))
    }
    outline.hasUndo = undo != nil
    outline.isDetached = isDetached
    outline.inserts = inserts.map { $0.body.map(\.outline) }
    outline.replaces = replaces.map { $0.body.map(\.outline) }
    for handler in errorHandlers {
      if case .fragment(_, let body) = handler.target { outline.replaces.append(body.map(\.outline)) }
    }
    return outline
  }
}

extension ResolvedStep {
  fileprivate func outline(at place: SourceSpan) -> PlanOutline<SourceSpan>.Step {
    PlanOutline.Step(
      name, at: place, declaredAt: span, needs: needs, declaresErrors: !fails.isEmpty, isSafe: repetition == .safe,
      isRepeatable: repetition != .unsafe)
  }
}
