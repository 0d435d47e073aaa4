// What becomes of a use that fails: fallbacks, errors with a status of their own, compensations.

extension PlanRecorder {
  func checkFallback(of use: Use, at place: FlowPlace) {
    if !use.declaration.canFail { report(.needlessFallback(use.declaration.name, at: place)) }
    if use.isOptional || use.fallback != nil { report(.twoFallbacks(use.declaration.name, at: place)) }
    if use.isDetached { report(.detachConflict(use.declaration.name, at: place)) }
  }

  func add(_ handler: ErrorHandler, to use: inout Use) {
    if let first = use.handlers.first(where: { $0.code == handler.code }) {
      report(.duplicateMapping(handler.code, at: handler.place, first: first.place))
    }
    if !use.declaration.fails.contains(handler.code) {
      report(.errorOfOtherStep(handler.code, use.declaration, at: handler.place))
    }
    if use.isDetached { report(.detachConflict(use.declaration.name, at: handler.place)) }
    use.handlers.append(handler)
  }

  /// A compensation that may be repeated is worth more than one attempt: the same as in `.flow` files.
  func insist(on undo: Int) {
    let declaration = uses[undo].declaration
    guard declaration.repetition != .unsafe, !declaration.needs.isEmpty, uses[undo].retry == nil else { return }
    uses[undo].retry = Retry(attempts: 2, backoff: .milliseconds(10), backoffMax: .seconds(1))
  }

  /// Puts what becomes of errors around the code of their uses. Their fragments stand behind those that a step may choose
  /// itself.
  func handleErrors() {
    for number in uses.indices where !uses[number].handlers.isEmpty {
      var fragment = UInt8(clamping: uses[number].declaration.mayReplace.count)
      var targets: [String: HandledError] = [:]
      for handler in uses[number].handlers {
        switch handler.target {
        case .status(let status): targets[handler.code] = .status(status)
        case .fragment:
          targets[handler.code] = .fragment(fragment)
          fragment += 1
        }
      }
      let (code, handled) = (uses[number].code, targets)
      uses[number].code = { context in
        let outcome = code(&context)
        guard outcome == .failed, let failure = context.failure, let target = handled[failure.code] else { return outcome }
        switch target {
        case .status(let status): return context.fail(failure.answered(with: status))
        case .fragment(let fragment):
          context.failure = nil
          return .replaced(fragment)
        }
      }
    }
  }

  private enum HandledError {
    case status(UInt16)
    /// Of the use's fragments that replace.
    case fragment(UInt8)
  }
}

extension PlanRecorder.Use {
  /// The declared errors that the flow has to have a status for.
  var unhandledErrors: [String] {
    if isOptional || isDetached || fallback != nil { return [] }
    return declaration.fails.filter { code in !handlers.contains { $0.code == code } }
  }

  /// The bodies of `on(error) { … }`, in the order of their lines.
  var errorFragments: [[PlanNode]] {
    handlers.compactMap { handler in
      if case .fragment(let nodes) = handler.target { nodes } else { nil }
    }
  }
}

extension [PlanRecorder.Use] {
  /// Without compensations: when one of them runs, the request has failed already, and it is answered with that.
  var answering: [PlanRecorder.Use] {
    let compensations = Set(compactMap(\.undo))
    return enumerated().filter { !compensations.contains($0.offset) }.map(\.element)
  }
}
