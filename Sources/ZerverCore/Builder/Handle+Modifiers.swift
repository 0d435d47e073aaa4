// What may stand behind a step: `step(LoadUser.self, id).timeout(.seconds(1)).retry(2)`.

extension Handle {
  /// The step may wait this long for its effects: `step(LoadUser.self, id).timeout(.milliseconds(100))`.
  @discardableResult
  public func timeout(_ duration: Duration, file: String = #fileID, line: Int = #line) -> Handle<Value> {
    modifyStep("timeout", at: FlowPlace(file, line)) { recorder, use, place in
      if duration <= .zero { recorder.report(.timeoutRange(place)) }
      if use.declaration.needs.isEmpty { recorder.report(.needlessTimeout(use.declaration.name, at: place)) }
      if use.timeout != nil { recorder.report(.repeatedModifier("timeout", use.declaration.name, at: place)) }
      use.timeout = duration
    }
    return self
  }

  /// Further attempts after the first, when an effect or the step has failed. The wait before each doubles, up to `max`.
  @discardableResult
  public func retry(
    _ attempts: Int, backoff: Duration = .milliseconds(10), max: Duration = .milliseconds(160), file: String = #fileID,
    line: Int = #line
  ) -> Handle<Value> {
    modifyStep("retry", at: FlowPlace(file, line)) { recorder, use, place in
      if !(1...10).contains(attempts) { recorder.report(.retryRange(attempts, at: place)) }
      if max < backoff || backoff <= .zero { recorder.report(.backoffReversed(place)) }
      if use.retry != nil { recorder.report(.repeatedModifier("retry", use.declaration.name, at: place)) }
      if use.declaration.needs.isEmpty {
        recorder.report(.needlessRetry(use.declaration.name, at: place))
      } else if use.declaration.repetition == .unsafe {
        recorder.report(.unsafeRetry(use.declaration.name, at: place))
      }
      use.retry = PlanRecorder.Retry(attempts: attempts, backoff: backoff, backoffMax: max)
    }
    return self
  }

  /// The plan goes on when the step has failed for good. Its value is missing then.
  @discardableResult
  public func optional(file: String = #fileID, line: Int = #line) -> Handle<Value?> {
    modifyStep("optional", at: FlowPlace(file, line)) { recorder, use, place in
      if !use.declaration.canFail { recorder.report(.needlessOptional(use.declaration.name, at: place)) }
      if use.fallback != nil { recorder.report(.twoFallbacks(use.declaration.name, at: place)) }
      use.isOptional = true
      recorder.block.written &= ~origin.needed
      recorder.block.maybe |= origin.needed
    }
    return tolerant()
  }

  /// The value that stands in for the step's output when it has failed for good.
  @discardableResult
  public func orElse(_ value: Value, file: String = #fileID, line: Int = #line) -> Handle<Value> where Value: Sendable {
    modifyStep("orElse", at: FlowPlace(file, line)) { recorder, use, place in
      recorder.checkFallback(of: use, at: place)
      guard case .slot(let index, let offset) = source else { return recorder.report(.fallbackOfNothing(use.declaration.name, at: place)) }
      let slot = Slot<Value>(index: index, offset: offset)
      use.fallback = recorder.number(
        .builtIn("else-default", at: place) { context in
          context.frame.write(value, to: slot)
          return .continued
        })
    }
    // The step cannot answer any more: the answer may be the other value.
    return Handle(source, origin)
  }

  /// The step whose output stands in for this one's when this one has failed for good:
  /// `.orElse { step(GuessUser.self, request) }`.
  @discardableResult
  public func orElse(file: String = #fileID, line: Int = #line, _ other: () -> Handle<Value>) -> Handle<Value> {
    var result = Handle(source, origin)
    modifyStep("orElse", at: FlowPlace(file, line)) { recorder, use, place in
      recorder.checkFallback(of: use, at: place)
      let own = origin.needed
      recorder.block.written &= ~own
      let (fallback, block) = recorder.recordBlock(other)
      guard case .use(let number)? = block.nodes.first, block.nodes.count == 1, fallback.origin.use == number else {
        recorder.block.written |= own
        recorder.ignore(fallback.origin)
        return recorder.report(.fallbackOfSeveral(place))
      }
      use.fallback = number
      recorder.block.maybe |= own | fallback.origin.needed
      let (first, second) = (source, fallback.source)
      var both = origin.either(fallback.origin)
      both.use = origin.use
      result = Handle(
        .computed { context in context.frame.areWritten(own) ? first.value(in: context) : second.value(in: context) }, both)
    }
    return result
  }

  /// Another status than the flow gives for an error of the step, where it is used here.
  @discardableResult
  public func on(_ error: FlowErrorName, _ status: Int, file: String = #fileID, line: Int = #line) -> Handle<Value> {
    modifyStep("on", at: FlowPlace(file, line)) { recorder, use, place in
      if !(400...599).contains(status) { recorder.report(.errorStatus(status, at: place)) }
      recorder.add(.init(code: error.code, target: .status(UInt16(clamping: status)), place: place), to: &use)
    }
    return self
  }

  /// The statements that run instead of the rest of the plan when the step has failed with this error. They answer.
  @discardableResult
  public func on<Output>(
    _ error: FlowErrorName, file: String = #fileID, line: Int = #line, @PlanBlock _ statements: () -> FlowAnswer<Output>
  ) -> Handle<Value> {
    modifyStep("on", at: FlowPlace(file, line)) { recorder, use, place in
      let fragment = recorder.recordFragment(hiding: origin.needed, statements)
      recorder.add(.init(code: error.code, target: .fragment(fragment), place: place), to: &use)
    }
    return self
  }

  /// The step that takes back what this one has done, when the request fails later: `.undo { step(RefundCard.self, $0) }`.
  @discardableResult
  public func undo(
    file: String = #fileID, line: Int = #line, _ compensation: (Handle<Value>) -> Handle<NoOutput>
  ) -> Handle<Value> {
    modifyStep("undo", at: FlowPlace(file, line)) { recorder, use, place in
      if use.declaration.repetition == .safe { recorder.report(.needlessUndo(use.declaration.name, at: place)) }
      recorder.recentlyRead = 0
      let (_, block) = recorder.recordBlock { compensation(self) }
      if case .use(let undo)? = block.nodes.first, block.nodes.count == 1 {
        if use.undo != nil { recorder.report(.repeatedModifier("undo", use.declaration.name, at: place)) }
        use.undo = undo
        recorder.insist(on: undo)
        recorder.keep(recorder.recentlyRead, for: undo, of: &use)
      } else {
        recorder.report(.undoOfSeveral(place))
      }
    }
    return self
  }

  /// The statements of a fragment that the step may run before the plan goes on. They may read what the step has written:
  /// `.inserting(.creditCheck) { quote in step(CheckCredit.self, user, quote) }`.
  @discardableResult
  public func inserting<Last>(
    _ fragment: Fragment, file: String = #fileID, line: Int = #line, @PlanBlock _ statements: (Handle<Value>) -> Handle<Last>
  ) -> Handle<Value> {
    modifyStep("inserting", at: FlowPlace(file, line)) { recorder, use, place in
      if !use.declaration.mayInsert.contains(fragment.name) {
        recorder.report(.undeclaredFragment(fragment.name, step: use.declaration.name, at: place))
      }
      use.inserts[fragment.name] = recorder.recordFragment(hiding: 0) { statements(self) }
    }
    return self
  }

  /// The statements of a fragment that the step may run instead of the rest of the plan. They answer.
  @discardableResult
  public func replacing<Output>(
    _ fragment: Fragment, file: String = #fileID, line: Int = #line, @PlanBlock _ statements: () -> FlowAnswer<Output>
  ) -> Handle<Value> {
    modifyStep("replacing", at: FlowPlace(file, line)) { recorder, use, place in
      if !use.declaration.mayReplace.contains(fragment.name) {
        recorder.report(.undeclaredFragment(fragment.name, step: use.declaration.name, at: place))
      }
      use.replaces[fragment.name] = recorder.recordFragment(hiding: origin.needed, statements)
    }
    return self
  }

  /// A warning about the step that is as it should be, like a comment `// route-gen: allow missing-undo because …` in a
  /// `.flow` file.
  @discardableResult
  public func allowing(_ code: String, because reason: String, file: String = #fileID, line: Int = #line) -> Handle<Value> {
    modifyStep("allowing", at: FlowPlace(file, line)) { _, use, place in
      use.allowances.append(Allowance(code: code, reason: reason, place: place))
    }
    return self
  }

  fileprivate func modifyStep(
    _ modifier: String, at place: FlowPlace, _ change: (PlanRecorder, inout PlanRecorder.Use, FlowPlace) -> Void
  ) {
    guard let recorder = PlanRecorder.current else { return }
    guard origin.plan === recorder.identity, let use = origin.use else {
      return recorder.report(.modifierOfValue(modifier, at: place))
    }
    // A copy, because what a fragment records becomes uses of the same list.
    var changed = recorder.uses[use]
    change(recorder, &changed, place)
    recorder.uses[use] = changed
  }
}

extension Handle where Value == NoOutput {
  /// The request is answered without waiting for the step.
  @discardableResult
  public func detached(file: String = #fileID, line: Int = #line) -> Handle<NoOutput> {
    modifyStep("detached", at: FlowPlace(file, line)) { recorder, use, place in
      if use.declaration.needs.isEmpty { recorder.report(.needlessDetach(use.declaration.name, at: place)) }
      if recorder.roundSlot != nil { recorder.report(.detachInLoop(place)) }
      if use.undo != nil || use.isOptional || use.fallback != nil || !use.handlers.isEmpty { recorder.report(.detachConflict(use.declaration.name, at: place)) }
      use.isDetached = true
    }
    return self
  }
}
