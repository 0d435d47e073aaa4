/// One flow as generated code defines it: a plan, and the functions that run its steps over a request's context.
public struct FlowDefinition: Sendable {
  public typealias Decode = @Sendable (inout RequestContext) -> StepOutcome
  public typealias Run = @Sendable (_ use: Int, inout RequestContext) -> StepOutcome
  public typealias Test = @Sendable (_ condition: Int, borrowing RequestContext) -> Bool
  public typealias Release = @Sendable (inout RequestContext) -> Void

  public let plan: Plan
  /// Size of the frame, in bytes.
  public let frameBytes: Int
  /// Declared errors and the statuses that the flow's `on` lines give them.
  public let errors: [(code: String, status: UInt16)]
  /// Writes the input's slot from the body or the query.
  public let decode: Decode
  /// Writes the input's slot from the next part of the body: `input stream T`. `nil` for an input that comes as a whole.
  public let decodePart: Decode?
  /// Runs one use of a step.
  public let run: Run
  /// Evaluates one `when`.
  public let test: Test
  /// Destroys every slot that was written.
  public let release: Release
  /// How the fields of a bound path join the input.
  public let pathInput: PathInputForm
  /// It answers in parts: `output stream T`.
  public let isStream: Bool
  /// It answers with files: `output file`.
  public let isFile: Bool
  /// Its plan decides whether the request's condition holds. Requests on a condition to any other flow that changes something
  /// are refused.
  public let readsPrecondition: Bool
  /// Where the flow is declared; `nil` when nobody knows.
  public let place: FlowPlace?
  /// What is wrong with a plan that is written in Swift. A server does not start with an error.
  @_spi(Server) public let problems: [FlowProblem]
  /// Where Swift reads the precondition; `nil` when only the plan of a `.flow` file does, or nothing.
  let preconditionPlace: FlowPlace?
  /// The plan as it was recorded; `nil` for one of a `.flow` file.
  let recorded: RecordedPlan?
  /// The contract of a flow that no `.flow` file knows.
  let contract: FlowContract?

  /// - Parameter plan: see ``Plan`` for the form. A mistake in it is RouteGen's, so it traps at start-up.
  public init(
    plan: StaticString, frameBytes: Int, errors: [(code: String, status: UInt16)], decode: @escaping Decode,
    run: @escaping Run, test: @escaping Test, release: @escaping Release, pathInput: PathInputForm = .query, isStream: Bool = false,
    isFile: Bool = false, decodePart: Decode? = nil, readsPrecondition: Bool = false, place: FlowPlace? = nil
  ) {
    self.init(
      plan: Plan(assembly: plan.description), frameBytes: frameBytes, errors: errors, decode: decode, run: run, test: test,
      release: release, pathInput: pathInput, isStream: isStream, isFile: isFile, decodePart: decodePart,
      readsPrecondition: readsPrecondition, place: place)
  }

  @_spi(Server) public init(
    plan: Plan, frameBytes: Int, errors: [(code: String, status: UInt16)], decode: @escaping Decode, run: @escaping Run,
    test: @escaping Test, release: @escaping Release, pathInput: PathInputForm = .query, isStream: Bool = false,
    isFile: Bool = false, decodePart: Decode? = nil, readsPrecondition: Bool = false, place: FlowPlace?,
    problems: [FlowProblem] = [], preconditionPlace: FlowPlace? = nil
  ) {
    self.init(
      plan: plan, frameBytes: frameBytes, errors: errors, decode: decode, run: run, test: test, release: release,
      pathInput: pathInput, isStream: isStream, isFile: isFile, decodePart: decodePart, readsPrecondition: readsPrecondition,
      place: place, problems: problems, preconditionPlace: preconditionPlace, recorded: nil, contract: nil)
  }

  init(
    plan: Plan, frameBytes: Int, errors: [(code: String, status: UInt16)], decode: @escaping Decode, run: @escaping Run,
    test: @escaping Test, release: @escaping Release, pathInput: PathInputForm = .query, isStream: Bool = false,
    isFile: Bool = false, decodePart: Decode? = nil, readsPrecondition: Bool = false, place: FlowPlace?,
    problems: [FlowProblem], preconditionPlace: FlowPlace?, recorded: RecordedPlan?, contract: FlowContract?
  ) {
    self.plan = plan
    self.frameBytes = frameBytes
    self.errors = errors
    self.decode = decode
    self.run = run
    self.test = test
    self.release = release
    self.pathInput = pathInput
    self.isStream = isStream
    self.decodePart = decodePart
    self.isFile = isFile
    self.readsPrecondition = readsPrecondition || preconditionPlace != nil
    self.preconditionPlace = preconditionPlace
    self.place = place
    self.problems = problems
    self.recorded = recorded
    self.contract = contract
  }
}

/// Where a flow reads its input, for the fields of a bound path: `bind GET /orders/{order-id}`.
public enum PathInputForm: Sendable {
  case query
  /// - Parameter unquoted: fields that stand in JSON without quotes: numbers and booleans.
  case json(unquoted: [String] = [])
}
