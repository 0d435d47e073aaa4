/// A plan that its closure has written down: everything that a ``FlowDefinition`` needs of it.
struct RecordedPlan: Sendable {
  /// The text that ``Plan`` reads.
  let assembly: String
  let nodes: [PlanNode]
  let frameBytes: Int
  let uses: [PlanRecorder.Use]
  let conditions: [PlanCondition.Test]
  let conditionTexts: [String]
  let releases: [@Sendable (inout RequestContext) -> Void]
  let decode: FlowDefinition.Decode
  let decodePart: FlowDefinition.Decode?
  let isStream: Bool
  let isFile: Bool
  /// Where the precondition is read; `nil` for a plan that does not ask.
  let preconditionPlace: FlowPlace?
  let problems: [FlowProblem]

  /// Runs the closure, once.
  init<Input, Output>(
    _ input: FlowInput<Input>, _ output: FlowOutput<Output>, at place: FlowPlace,
    _ plan: (Handle<Input>) -> FlowAnswer<Output>
  ) {
    let recorder = PlanRecorder(output.form, headers: output.headers, at: place)
    let handle = recorder.input(Input.self, inParts: input.decodePart != nil)
    recorder.releases.append(input.release)
    self.init(recorder, Output.self, decode: input.decode, decodePart: input.decodePart) { _ = plan(handle) }
  }

  /// The same for a flow without an input.
  init<Output>(_ output: FlowOutput<Output>, at place: FlowPlace, _ plan: () -> FlowAnswer<Output>) {
    self.init(PlanRecorder(output.form, headers: output.headers, at: place), Output.self, decode: { _ in .continued }) { _ = plan() }
  }

  private init<Output>(
    _ recorder: PlanRecorder, _ output: Output.Type, decode: @escaping FlowDefinition.Decode,
    decodePart: FlowDefinition.Decode? = nil, _ body: () -> Void
  ) {
    PlanRecorder.$current.withValue(recorder, operation: body)
    recorder.finish(answeringWith: output)
    assembly = PlanAssembly(recorder.block.nodes, uses: recorder.uses).text
    nodes = recorder.block.nodes
    frameBytes = recorder.frameBytes
    uses = recorder.uses
    conditions = recorder.conditions
    conditionTexts = recorder.conditionTexts
    releases = recorder.releases
    if case .stream = recorder.form { isStream = true } else { isStream = false }
    isFile = recorder.form == .file
    preconditionPlace = recorder.preconditionPlace
    problems = recorder.problems
    self.decode = decode
    self.decodePart = decodePart
  }

  /// The errors that the plan's steps declare, against those that the flow has a status for.
  func problems(mapping errors: [DeclaredMapping], at place: FlowPlace) -> [FlowProblem] {
    var problems: [FlowProblem] = []
    var mapped: [String: FlowPlace] = [:]
    for error in errors {
      if !(400...599).contains(error.status) { problems.append(.errorStatus(error.status, at: error.place)) }
      if let first = mapped.updateValue(error.place, forKey: error.code) {
        problems.append(.duplicateMapping(error.code, at: error.place, first: first))
      }
    }
    var failing: Set<String> = []
    for use in uses.answering {
      for code in use.unhandledErrors where failing.insert(code).inserted && mapped[code] == nil {
        problems.append(.unmappedError(code, step: use.declaration.name, at: use.place, flow: place))
      }
    }
    for error in errors where !failing.contains(error.code) {
      problems.append(.needlessMapping(error.code, failing: failing.sorted(), at: error.place))
    }
    return problems
  }
}

/// `on cart-not-found -> 404`, wherever it is written.
struct DeclaredMapping: Sendable {
  let code: String
  let status: Int
  let place: FlowPlace
}
