// The body of `run` for each number of the plan.

extension FlowEmitter {
  func emit(_ use: LoweredUse, to writer: inout SwiftWriter) {
    switch use {
    case .step(let use, let keepsForUndo):
      guard keepsForUndo, let undo = use.undo else { return emit(use, to: &writer) }
      emitKeeping(undo, to: &writer) { emit(use, to: &$0) }
    case .fallback(let call, let use): emit(Call(call), finish: function(use), ending(use), to: &writer)
    case .undo(let call, let readsKept):
      if readsKept { writer.line("let kept = context.kept(as: \(keptType(call)).self)") }
      emit(readsKept ? keptCall(call) : Call(call), finish: "context.finish", ")", to: &writer)
    case .defaultValue(let use): emitDefault(of: use, to: &writer)
    case .drop:
      writer.line("context.dropKept()")
      writer.line("return .continued")
    case .beginLoop(let loop): emitBegin(loop, to: &writer)
    case .nextRound(let loop): emitNext(loop, to: &writer)
    case .endLoop(let loop):
      writer.line("endRound\(loop.number)(&context)")
      writer.line("context.frame.destroy(\(counter(loop)))")
      writer.line("return .continued")
    }
  }

  // MARK: Steps

  /// A step with its arguments as Swift, and where the plan names it.
  private struct Call {
    let step: ResolvedStep
    let place: SourcePlace
    /// `nil`: read from their slots.
    var values: [String]?
    let arguments: [ResolvedArgument]

    init(_ call: ResolvedCall) {
      step = call.step
      place = call.span.place(of: call.step.name)
      arguments = call.arguments
    }

    init(_ use: ResolvedUse) {
      step = use.step
      place = use.place
      arguments = use.arguments
    }
  }

  private func emit(_ use: ResolvedUse, to writer: inout SwiftWriter) {
    let call = Call(use)
    guard !use.errorHandlers.isEmpty else { return emit(call, finish: function(use), ending(use), to: &writer) }
    writer.line("do throws(\(names.core("FlowFailure"))) {")
    writer.indented { emit(call, finish: function(use), ending(use), to: &$0) }
    writer.line("} catch {")
    writer.indented { emitHandlers(of: use, to: &$0) }
    writer.line("}")
  }

  private func emit(_ call: Call, finish function: String, _ ending: String, to writer: inout SwiftWriter) {
    let step = names.step(call.step)
    let values = call.values ?? call.arguments.map(read)
    let arguments = zip(call.step.parameters, values).map { "\(SwiftNames.label($0.name)): \($1)" }
    if StepEmitter.canResume(call.step) {
      writer.block("if context.isResuming") { writer in
        let resume = "\(step).resume(\((["context.currentResumption"] + arguments).joined(separator: ", ")))"
        writer.line(resume + ending, after: "return try \(function)(", at: call.place)
      }
    }
    let run = "\(step).run(\(arguments.joined(separator: ", ")))"
    writer.line(run + ending, after: "return try \(function)(", at: call.place)
  }

  /// What takes the step's decision. `try` covers it, too, so that a step which does not throw raises no warning.
  func function(_ use: ResolvedUse) -> String {
    guard use.isDone else { return "context.finish" }
    return switch flow.output {
    case .none: "context.completeEmpty"
    case .text: "context.completeText"
    case .file: "context.completeFile"
    case .json: "context.complete"
    case .stream: "context.completeStream"
    }
  }

  /// What stands behind the decision.
  func ending(_ use: ResolvedUse) -> String {
    var arguments = ""
    var headers = ""
    if use.isDone {
      if case .file = flow.output {} else { arguments += ", status: \(flow.outputStatus)" }
      if case .stream = flow.output { arguments += ", givesParts: \(use.step.isStream)" }
      if !flow.headers.isEmpty { headers = ", headers: headers" }
    } else if let binding = use.binding {
      arguments += ", into: Slots.\(slots[binding])"
    }
    if !use.inserts.isEmpty { arguments += ", inserts: \(list(use.inserts.map(\.name)))" }
    if !use.replaces.isEmpty { arguments += ", replaces: \(list(use.replaces.map(\.name)))" }
    return arguments + headers + ")"
  }

  private func list(_ fragments: [String]) -> String { "[\(fragments.map(SwiftLiteral.string).joined(separator: ", "))]" }

  /// `on error -> …` of this use alone. Its fragments stand behind those that the step may choose itself.
  func emitHandlers(of use: ResolvedUse, to writer: inout SwiftWriter) {
    var fragment = use.replaces.count
    writer.line("switch error.code {")
    for handler in use.errorHandlers {
      switch handler.target {
      case .status(let status): writer.line("case \(SwiftLiteral.string(handler.error)): throw error.answered(with: \(status))")
      case .fragment:
        writer.line("case \(SwiftLiteral.string(handler.error)): return .replaced(\(fragment))")
        fragment += 1
      }
    }
    writer.line("default: throw error")
    writer.line("}")
  }

  private func emitDefault(of use: ResolvedUse, to writer: inout SwiftWriter) {
    guard let output = use.step.output else { preconditionFailure("a default stands in for an output") }
    writer.line("return try \(function(use))(.continue(\(names.defaultValue(output)))\(ending(use))")
  }

  // MARK: What an undo in a loop reads

  func emitKeeping(_ undo: ResolvedCall, to writer: inout SwiftWriter, _ decision: (inout SwiftWriter) -> Void) {
    let values = zip(undo.step.parameters, undo.arguments).map { "\(read($1)) as \(names.type($0.type))" }
    writer.block("func decide() throws(\(names.core("FlowFailure"))) -> \(outcome)", decision)
    writer.line("let outcome = try decide()")
    writer.line("if outcome.hasSucceeded { context.keep((\(values.joined(separator: ", ")))) }")
    writer.line("return outcome")
  }

  private func keptType(_ call: ResolvedCall) -> String {
    "(\(call.step.parameters.map { names.type($0.type) }.joined(separator: ", ")))"
  }

  private func keptCall(_ call: ResolvedCall) -> Call {
    var kept = Call(call)
    let count = call.step.parameters.count
    kept.values = count == 1 ? ["kept"] : (0..<count).map { "kept.\($0)" }
    return kept
  }

  // MARK: Loops

  static func counterName(_ number: Int) -> String { "round_\(number)" }
  func counter(_ loop: LoweredLoop) -> String { "Slots.\(Self.counterName(loop.number))" }

  /// A list that is not there has no elements.
  func elements(of loop: LoweredLoop) -> String {
    let list = read(loop.loop.list)
    return isOptional(loop.loop.list) ? "(\(list) ?? [])" : list
  }

  private func emitBegin(_ lowered: LoweredLoop, to writer: inout SwiftWriter) {
    let loop = lowered.loop
    let path = ([flow.bindings[loop.list.binding].name] + loop.list.path.map(\.name)).joined(separator: ".")
    writer.line(
      "try context.checkElements(\(elements(of: lowered)).count, max: \(loop.itemsMax), of: \(SwiftLiteral.string(path)))")
    writer.line("context.frame.write(0, to: \(counter(lowered)))")
    if let binding = loop.binding { writer.line("context.frame.write([], to: Slots.\(slots[binding]))") }
    writer.line("return .continued")
  }

  private func emitNext(_ loop: LoweredLoop, to writer: inout SwiftWriter) {
    writer.line("endRound\(loop.number)(&context)")
    writer.line("let element = \(elements(of: loop))[context.frame[\(counter(loop))]]")
    writer.line("context.frame.write(element, to: Slots.\(slots[loop.loop.element]))")
    writer.line("context.frame.update(\(counter(loop))) { $0 += 1 }")
    writer.line("return .continued")
  }

  /// For each loop, what ends a round: the next one writes the same slots.
  func emitRounds(to writer: inout SwiftWriter) {
    for lowered in plan.loops {
      let loop = lowered.loop
      writer.line()
      writer.block("private static func endRound\(lowered.number)(_ context: inout \(context))") { writer in
        if let binding = loop.binding, let collected = loop.collected {
          writer.block("if context.frame.isWritten(Slots.\(slots[collected]))") { writer in
            writer.line("let value = context.frame[Slots.\(slots[collected])]")
            writer.line("context.frame.update(Slots.\(slots[binding])) { $0.append(value) }")
          }
        }
        for slot in loop.roundSlots { writer.line("context.frame.destroy(Slots.\(slots[slot]))") }
        for inner in lowered.inner { writer.line("context.frame.destroy(Slots.\(Self.counterName(inner)))") }
      }
    }
  }
}
