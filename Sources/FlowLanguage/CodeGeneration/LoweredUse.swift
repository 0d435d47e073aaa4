/// What one number of a lowered plan runs: a step, or one of the small things that generated code does itself.
indirect enum LoweredUse {
  /// Inside a loop, a use that has succeeded puts aside what its compensation would read.
  case step(ResolvedUse, keepsForUndo: Bool)
  /// `else other-step(…)`: its output stands in for the one of the use.
  case fallback(ResolvedCall, of: ResolvedUse)
  /// `else default`
  case defaultValue(ResolvedUse)
  /// Takes a use back. Inside a loop it reads what the use has put aside.
  case undo(ResolvedCall, readsKept: Bool)
  case drop(ResolvedCall)
  case beginLoop(LoweredLoop)
  /// Ends the round before and writes the next element.
  case nextRound(LoweredLoop)
  case endLoop(LoweredLoop)

  init?(fallbackOf use: ResolvedUse) {
    switch use.fallback {
    case .none, .empty: return nil
    case .defaultValue: self = .defaultValue(use)
    case .step(let call): self = .fallback(call, of: use)
    }
  }
}

/// One loop of a plan. Its counter has a slot behind those of the bindings.
struct LoweredLoop {
  let loop: ResolvedLoop
  let number: Int
  /// The loops inside, whose counters start anew in every round.
  var inner: [Int] = []
}

enum LoweredCondition {
  case when(ResolvedCondition)
  /// The value is there, and of one of these cases.
  case isOneOf(ResolvedArgument, [String])
  case hasNext(LoweredLoop)
}

// MARK: Text

extension LoweredUse {
  /// The line of the plan's text.
  var line: String {
    switch self {
    case .step(let use, _): Self.line(use)
    case .fallback(let call, let use):
      // The timeout of the use counts for the step in its place as well.
      Self.line(call.step, call.span)
        + (call.step.needs.isEmpty ? "" : use.timeoutNanoseconds.map { " timeout=\($0)" } ?? "")
    case .undo(let call, _):
      // A compensation that may be repeated is worth more than one attempt.
      Self.line(call.step, call.span)
        + (call.step.repetition == .unsafe || call.step.needs.isEmpty ? "" : " retry=2 backoff=10000000..1000000000")
    case .defaultValue(let use): "use else-default line=\(use.span.line) built-in"
    case .drop(let call): "use drop-kept line=\(call.span.line) built-in"
    case .beginLoop(let loop): "use begin-loop line=\(loop.loop.span.line) built-in"
    case .nextRound(let loop): "use next-round line=\(loop.loop.span.line) built-in"
    case .endLoop(let loop): "use end-loop line=\(loop.loop.span.line) built-in"
    }
  }

  private static func line(_ use: ResolvedUse) -> String {
    var line = line(use.step, use.span)
    if let timeout = use.timeoutNanoseconds { line += " timeout=\(timeout)" }
    if let retry = use.retry {
      line += " retry=\(retry.attempts) backoff=\(retry.backoffNanoseconds)..\(retry.backoffMaxNanoseconds)"
    }
    return line
  }

  private static func line(_ step: ResolvedStep, _ span: SourceSpan) -> String {
    var line = "use \(step.name) line=\(span.place(of: step.name).line)"
    if !step.needs.isEmpty { line += " needs=\(step.needs.joined(separator: ","))" }
    if step.isCooperative { line += " cooperative" }
    if step.takesParts { line += " parts" }
    return line
  }
}
