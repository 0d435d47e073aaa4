@_spi(Server) import ZerverCore

/// Walks one request of an example through its flow, with the real machine and the real steps, and without any effect.
struct ExampleRunner: ~Copyable {
  /// What the request came to.
  struct Answer {
    var status: UInt16
    /// The code of the problem.
    var error: String?
    /// JSON, or the text of a plain answer.
    var body: String
    var isJSON: Bool
    /// What a failure says to the log.
    var logDetail = ""
  }

  /// Far more than an example's values can keep a step busy for.
  private static let turnsMax = 100_000
  private static let deadline = Instant(nanoseconds: .max)

  private let example: FlowExample
  private let flow: FlowDefinition
  private let plan: MachinePlan
  private var context = RequestContext()
  private var machine = RequestMachine()
  private var now = Instant(nanoseconds: 0)
  /// What is answered when the compensations have run.
  private var keptFailure: FlowFailure?
  /// An input in parts has been taken: an example gives all of it as one part.
  private var hasTakenInput = false
  /// Steps that have yielded, or given or taken a part, by strand.
  private var yielded: [Int: (progress: Progress, round: Int)] = [:]
  /// The steps that have run, in order.
  private(set) var steps: [String] = []

  init(_ example: FlowExample) {
    self.example = example
    flow = example.definition()
    plan = MachinePlan(flow.plan)
  }

  mutating func run() throws(ExampleFailure) -> Answer {
    context.frame.reserve(flow.frameBytes)
    machine.started(deadline: Self.deadline, limits: .init())
    do throws(ExampleFailure) {
      let answer = try walk()
      flow.release(&context)
      return answer
    } catch {
      flow.release(&context)
      throw error
    }
  }

  /// Compensations and detached steps run to their end, too: they are a part of what the flow does.
  private mutating func walk() throws(ExampleFailure) -> Answer {
    var answer: Answer?
    for _ in 0..<Self.turnsMax {
      switch machine.next(in: plan) {
      case .decode: machine.decoded(decode())
      case .run(let strand, let use, let isResuming): try runStep(strand: strand, use: use, isResuming: isResuming)
      case .receive: machine.partArrived(decodePart(), deadline: Self.deadline, in: plan)
      case .test(let strand, let condition): machine.tested(flow.test(condition, context), strand: strand, in: plan)
      case .requeue, .note: continue
      case .draw(let strand): machine.drawn(0, strand: strand, at: now, in: plan)
      case .keepFailure(let cause): if cause == .failure { keptFailure = context.failure }
      case .park: sleep()
      case .respond: answer = response()
      case .refuse(let cause): answer = try problem(cause)
      case .discard: break
      case .submit, .cancel: preconditionFailure("no step of an example waits for an effect")
      case .settle: preconditionFailure("no request of an example is held")
      }
      if let answer, machine.isIdle { return answer }
    }
    throw ExampleFailure(example, "A step has given the thread back \(Self.turnsMax) times, and I do not wait for it any longer.", steps)
  }

  /// A use that is tried again waits for its backoff: the clock is moved to its end.
  private mutating func sleep() {
    precondition(machine.wakeAt < Self.deadline, "a parked request waits for something")
    now = machine.wakeAt
    machine.timePassed(now, in: plan)
  }

  private mutating func decodePart() -> StepOutcome {
    hasTakenInput = true
    guard let decodePart = flow.decodePart else { preconditionFailure("only an input in parts is received") }
    var body: [UInt8] = []
    if case .body(let lines) = example.input { body = Array(lines.utf8) }
    context.isLastPart = true
    return body.withUnsafeBytes { body in
      context.body = body
      return decodePart(&context)
    }
  }

  private mutating func decode() -> StepOutcome {
    var body: [UInt8] = []
    var query: [UInt8] = []
    switch example.input {
    case .none: break
    case .body(let json): body = Array(json.utf8)
    case .query(let text): query = Array(text.utf8)
    }
    return body.withUnsafeBytes { body in
      query.withUnsafeBytes { query in
        context.body = body
        context.query = query
        return flow.decode(&context)
      }
    }
  }

  // MARK: Steps

  private mutating func runStep(strand: Int, use: Int, isResuming: Bool) throws(ExampleFailure) {
    let step = flow.plan.uses[use].step
    let isBuiltIn = flow.plan.uses[use].isBuiltIn
    let given = isBuiltIn ? nil : example.givens[step]
    if !isResuming, !isBuiltIn { steps.append(given == nil ? step : "\(step) (given)") }
    var outcome: StepOutcome
    if let given {
      outcome = example.substitute(use, given, &context)
    } else {
      let before = isResuming ? yielded.removeValue(forKey: strand) : nil
      context.resumption = before.map { Resumption(round: $0.round, outcomes: [], progress: $0.progress) }
      outcome = flow.run(use, &context)
      context.resumption = nil
      try checkEffects(outcome, step)
      if outcome == .taken, hasTakenInput { outcome = context.fail(.noFurtherPart(step: step)) }
      if outcome == .yielded || outcome == .emitted, let progress = context.progress { yielded[strand] = (progress, (before?.round ?? 0) + 1) }
    }
    machine.stepDecided(
      outcome, strand: strand, isTransient: outcome == .failed && context.failure?.isTransient ?? false, at: now, in: plan)
    // What an example receives has room for everything.
    if outcome == .emitted { machine.roomMade(deadline: Self.deadline) }
  }

  private func checkEffects(_ outcome: StepOutcome, _ step: String) throws(ExampleFailure) {
    guard outcome == .needs else { return }
    let kinds = Set(context.need?.effects.map(\.kind.name) ?? []).sorted().joined(separator: ", ")
    throw ExampleFailure(
      example,
      """
      Step \(step) asks for an effect (\(kinds)), and an example has none. A line says what comes of it instead:

          given \(step) = …
          given \(step) fails …
      """, steps)
  }

  // MARK: The end

  private func response() -> Answer {
    if let response = context.response {
      return Answer(
        status: response.status, body: String(decoding: response.body, as: UTF8.self),
        isJSON: response.contentType.contains("json"))
    }
    guard !flow.isStream else { return Answer(status: context.status, body: listOfLines(), isJSON: true) }
    return Answer(
      status: context.status, body: context.output.withBytes { String(decoding: $0, as: UTF8.self) },
      isJSON: context.contentType.description == ContentType.json.description)
  }

  /// The elements of a stream as one list, which is how an example writes them.
  private func listOfLines() -> String {
    let lines = context.output.withBytes { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
    return "[\(lines.joined(separator: ","))]"
  }

  private func problem(_ cause: RequestMachine.Cause) throws(ExampleFailure) -> Answer {
    guard cause == .failure, let failure = keptFailure ?? context.failure else {
      throw ExampleFailure(example, "The plan ended without an answer (\(cause)).", steps)
    }
    let status = failure.status ?? flow.errors.first { $0.code == failure.code }?.status ?? 500
    var buffer = ByteBuffer()
    ProblemRenderer.render(failure, status: status, instance: UnsafeRawBufferPointer(start: nil, count: 0), to: &buffer)
    return Answer(
      status: status, error: failure.code, body: buffer.withBytes { String(decoding: $0, as: UTF8.self) }, isJSON: true,
      logDetail: failure.logDetail)
  }
}
