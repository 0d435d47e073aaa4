extension FlowDefinition {
  /// A flow whose contract stands in a `.flow` file and whose plan is Swift (`plan swift SearchPlan`), as generated code
  /// defines it. The closure runs once, here.
  public init<Input, Output>(
    input: FlowInput<Input>, output: FlowOutput<Output>, errors: [(code: String, status: UInt16)],
    pathInput: PathInputForm = .query, place: FlowPlace, plan: (Handle<Input>) -> FlowAnswer<Output>
  ) {
    self.init(RecordedPlan(input, output, at: place, plan), errors: errors, pathInput: pathInput, place: place)
  }

  /// The same for a flow without an input.
  public init<Output>(
    output: FlowOutput<Output>, errors: [(code: String, status: UInt16)], place: FlowPlace,
    plan: () -> FlowAnswer<Output>
  ) {
    self.init(RecordedPlan(output, at: place, plan), errors: errors, pathInput: .query, place: place)
  }

  private init(
    _ plan: RecordedPlan, errors: [(code: String, status: UInt16)], pathInput: PathInputForm, place: FlowPlace
  ) {
    let mappings = errors.map { DeclaredMapping(code: $0.code, status: Int($0.status), place: place) }
    self.init(
      plan, errors: errors, pathInput: pathInput, place: place,
      problems: plan.problems + plan.problems(mapping: mappings, at: place))
  }

  init(
    _ plan: RecordedPlan, errors: [(code: String, status: UInt16)], pathInput: PathInputForm = .query, place: FlowPlace,
    problems: [FlowProblem], contract: FlowContract? = nil
  ) {
    let code = plan.uses.map(\.code)
    let conditions = plan.conditions
    let releases = plan.releases
    self.init(
      // A plan with a mistake may not even be a program. It is never run: a server does not start with it.
      plan: Plan(assembly: !problems.haveErrors ? plan.assembly : "use unservable line=0\nrun 0"),
      frameBytes: plan.frameBytes, errors: errors, decode: plan.decode, run: { use, context in code[use](&context) },
      test: { condition, context in conditions[condition](context) },
      release: { context in for release in releases { release(&context) } }, pathInput: pathInput,
      isStream: plan.isStream, isFile: plan.isFile, decodePart: plan.decodePart, place: place, problems: problems,
      preconditionPlace: plan.preconditionPlace, recorded: plan, contract: contract)
  }
}
