/// Takes the value of a slot out of a frame, and puts it back later: for compensations in a loop, which read what a round
/// has written that is over.
struct SlotCopy: Sendable {
  let take: @Sendable (borrowing RequestContext) -> KeptValue?
  let restore: @Sendable (KeptValue?, inout RequestContext) -> Void

  init<Value>(_ slot: Slot<Value>) {
    take = { context in context.frame.isWritten(slot) ? KeptValue(value: context.frame[slot]) : nil }
    restore = { kept, context in
      context.frame.destroy(slot)
      guard let kept else { return }
      guard let value = kept.value as? Value else { preconditionFailure("a value goes back to where it came from") }
      context.frame.write(value, to: slot)
    }
  }

  /// For a slot that nobody takes out.
  static let none = SlotCopy(Slot<NoOutput>())
}

/// A value that stays with its request, which one thread at a time works on.
struct KeptValue: @unchecked Sendable {
  let value: Any
}

extension PlanRecorder {
  /// Inside a loop: puts aside what the compensation of a use reads of the round, and gives it back before it runs.
  ///
  /// - Parameter slots: what the compensation reads.
  func keep(_ slots: UInt64, for undo: Int, of use: inout Use) {
    guard let first = roundSlot else { return }
    let copies = (first..<slotCount).filter { slots & (1 << UInt64($0)) != 0 }.map { self.copies[$0] }
    guard !copies.isEmpty else { return }
    let (code, compensation) = (use.code, uses[undo].code)
    use.code = { context in
      let outcome = code(&context)
      guard outcome.hasSucceeded else { return outcome }
      var values: [KeptValue?] = []
      for copy in copies { values.append(copy.take(context)) }
      context.keep(values)
      return outcome
    }
    uses[undo].code = { context in
      if !context.isResuming {
        for (copy, value) in zip(copies, context.kept(as: [KeptValue?].self)) { copy.restore(value, &context) }
      }
      return compensation(&context)
    }
    use.forgetting = number(
      .builtIn("drop-kept", at: use.place) { context in
        context.dropKept()
        return .continued
      })
  }
}
