// What stands behind the arguments of a use: timeouts, retries, fallbacks, compensation.

extension PlanChecker {
  static let retryAttempts = 1...10
  static let errorStatuses = 400...599

  /// Whether the modifiers make sense for the step, in this place, and together.
  func check(_ modifiers: UseModifiersSyntax, of use: UseSyntax, _ step: CheckedStep, _ place: Place) {
    if let timeout = modifiers.timeout, step.syntax.needs.isEmpty {
      reporter.report(.needlessTimeout(timeout.span, step: step.syntax.name))
    }
    if let retry = modifiers.retry { check(retry, step) }
    for (word, span) in [("optional", modifiers.optional), ("else", modifiers.fallback?.span)] {
      if let span, !step.canFail { reporter.report(.needlessFallback(span, word: word, step: step.syntax.name)) }
    }
    if let undo = modifiers.undo, step.repetition == .safe {
      reporter.report(.needlessUndo(undo.span, step: step.syntax.name))
    }
    if let detach = modifiers.detach { check(detach: detach, of: use, step, place) }
    if let optional = modifiers.optional, let fallback = modifiers.fallback {
      reporter.report(.modifierConflict(fallback.span, "else", with: "optional", at: optional, Self.twoFallbacks))
    }
    if let done = use.done { check(modifiers, ofDone: done) }
  }

  private static let twoFallbacks = "One says that the slot stays empty when the step fails, the other fills it."

  private func check(_ retry: RetrySyntax, _ step: CheckedStep) {
    if !Self.retryAttempts.contains(retry.attempts.value) { reporter.report(.retryRange(retry.attempts, Self.retryAttempts)) }
    if let backoff = retry.backoff, backoff.max.nanoseconds < backoff.first.nanoseconds {
      reporter.report(.backoffReversed(backoff.first.span.through(backoff.max.span)))
    }
    if step.syntax.needs.isEmpty {
      reporter.report(.needlessRetry(retry.span, step: step.syntax.name))
    } else if step.repetition == .unsafe {
      reporter.report(.unsafeRetry(retry.span, step: step.syntax.name))
    }
  }

  private func check(detach: SourceSpan, of use: UseSyntax, _ step: CheckedStep, _ place: Place) {
    let modifiers = use.modifiers
    if let binding = use.binding { reporter.report(.detachedOutput(binding, detach: detach)) }
    if step.syntax.needs.isEmpty { reporter.report(.needlessDetach(detach, step: step.syntax.name)) }
    if place.isInRound { reporter.report(.detachInLoop(detach)) }
    if step.choosesFragments { reporter.report(.detachedFragments(detach, step: step.syntax.name)) }
    let nobody = "Nobody waits for a detached use, so the plan does not know what has become of it."
    let others: [(String, SourceSpan?)] = [
      ("optional", modifiers.optional), ("else", modifiers.fallback?.span), ("undo", modifiers.undo?.span),
      ("on", modifiers.handlers.first?.error.span), ("done", use.done),
    ]
    for case (let word, let span?) in others {
      reporter.report(.modifierConflict(detach, "detach", with: word, at: span, nobody))
    }
  }

  private func check(_ modifiers: UseModifiersSyntax, ofDone done: SourceSpan) {
    if let optional = modifiers.optional {
      let why = "`done` answers the request, and an empty answer is none."
      reporter.report(.modifierConflict(optional, "optional", with: "done", at: done, why))
    }
    if let undo = modifiers.undo {
      let why = "When the step of a `done` has succeeded, the request is answered and cannot fail any more."
      reporter.report(.modifierConflict(undo.span, "undo", with: "done", at: done, why))
    }
  }

  // MARK: Other steps

  /// Resolves the call before the use itself is known to be right, so that names in it count as read.
  mutating func resolveUndo(of use: UseSyntax, _ place: Place) -> ResolvedCall? {
    guard let undo = use.modifiers.undo else { return nil }
    var inside = place
    inside.readsOwnOutput = true
    guard let (step, arguments) = resolve(undo.call, inside) else { return nil }
    if step.hasOutput { reporter.report(.undoOutput(undo.call.step, step: step)) }
    return ResolvedCall(step: step.resolved, arguments: arguments, span: undo.call.step.span)
  }

  mutating func resolveFallback(of use: UseSyntax, _ step: CheckedStep?, _ place: Place) -> ResolvedFallback {
    if use.modifiers.optional != nil { return .empty }
    guard let fallback = use.modifiers.fallback else { return .none }
    switch fallback.kind {
    case .defaultValue:
      if let step, !step.isBroken { checkDefault(fallback.span, step) }
      return .defaultValue
    case .step(let call):
      guard let (other, arguments) = resolve(call, place) else { return .none }
      uses.append(Use(name: call.step, step: other, errors: other.fails))
      if let step, !step.isBroken, other.output != step.output || other.hasOutput != step.hasOutput {
        reporter.report(.elseType(call.step, other, step: step))
      }
      return .step(ResolvedCall(step: other.resolved, arguments: arguments, span: call.step.span))
    }
  }

  /// A call behind `undo` or `else`.
  private mutating func resolve(
    _ call: CallSyntax, _ place: Place
  ) -> (step: CheckedStep, arguments: [ResolvedArgument])? {
    count(call.step)
    let step = checker.step(call.step, in: scope)
    let arguments = arguments(of: call, step, place)
    guard let step, !step.isBroken else { return nil }
    if step.fragment != nil {
      reporter.report(.fragmentAsOtherStep(call.step, fragment: step.syntax.name))
      return nil
    }
    if step.choosesFragments { reporter.report(.callWithFragments(call.step.span, step: step.syntax.name)) }
    if step.isStream {
      reporter.report(.streamStep(call.step, step: step, isDone: false))
      return nil
    }
    if step.takesParts {
      reporter.report(.streamPlace(call.step))
      return nil
    }
    return (step, arguments)
  }

  /// `else default` needs a record all of whose fields have a value when nobody gives one.
  private func checkDefault(_ span: SourceSpan, _ step: CheckedStep) {
    guard step.hasOutput else { return reporter.report(.defaultOfNothing(span, step: step.syntax.name)) }
    guard let output = step.output else { return }
    if output.isOptional { return reporter.report(.defaultOfOptionalOutput(span, step: step.syntax.name, type: output)) }
    if case .list = output { return }
    if case .map = output { return }
    guard case .record(let record)? = checker.declaration(of: output) else {
      return reporter.report(.defaultOfScalar(span, step: step.syntax.name, type: output))
    }
    if record.isBroken { return }
    let without = record.fields.filter { field in
      guard let type = field.type else { return false }
      return field.defaultValue == nil && !type.isOptional
    }
    if !without.isEmpty { reporter.report(.defaultIncomplete(span, record: record, fields: without)) }
  }

  // MARK: Errors of one use

  /// What the flow's own `on` lines have to answer.
  func unhandledErrors(of use: UseSyntax, _ step: CheckedStep) -> [NameSyntax] {
    let modifiers = use.modifiers
    if modifiers.optional != nil || modifiers.fallback != nil || modifiers.detach != nil { return [] }
    let handled = Set(modifiers.handlers.map(\.error.text))
    return step.fails.filter { !handled.contains($0.text) }
  }

  mutating func resolveHandlers(of use: UseSyntax, _ step: CheckedStep, _ place: Place) -> [ResolvedErrorHandler] {
    var seen: [String: SourceSpan] = [:]
    var handlers: [ResolvedErrorHandler] = []
    for handler in use.modifiers.handlers {
      let name = handler.error
      if let first = seen[name.text] {
        reporter.report(.duplicateMember(name, kind: "error", first: first))
        continue
      }
      seen[name.text] = name.span
      if checker.error(name, in: scope) != nil, !step.fails.contains(where: { $0.text == name.text }) {
        reporter.report(.errorOfOtherStep(name, step: step))
      }
      switch handler.target {
      case .status(let status):
        if !Self.errorStatuses.contains(status.value) { reporter.report(.errorStatusRange(status)) }
        handlers.append(ResolvedErrorHandler(error: name.text, target: .status(status.value)))
      case .fragment(let fragment):
        if let body = expand(fragment, of: use, isInserted: false, for: name, place) {
          handlers.append(ResolvedErrorHandler(error: name.text, target: .fragment(name: fragment.text, body: body)))
        }
      }
    }
    return handlers
  }
}

extension RetrySyntax {
  /// Before a further attempt when nobody says how long to wait: long enough for a connection to be made again, short
  /// enough for an interactive request.
  private static var usualBackoff: (first: Int, max: Int) { (10_000_000, 160_000_000) }

  var resolved: ResolvedRetry {
    let backoff = backoff.map { ($0.first.nanoseconds, $0.max.nanoseconds) } ?? Self.usualBackoff
    return ResolvedRetry(attempts: attempts.value, backoffNanoseconds: backoff.0, backoffMaxNanoseconds: backoff.1)
  }
}
