@_spi(Server) @testable import ZerverCore

/// Runs a generated flow with the real machine, one request from its bytes to its answer. Effects complete in the order
/// in which they were submitted.
struct FlowRunner: Sendable {
  /// What a request came to.
  enum Answer: Equatable {
    case response(status: UInt16, contentType: String, body: String)
    case failure(FlowFailure)
    /// The machine gave up without a failure of the flow's own.
    case refused(RequestMachine.Cause)

    var body: String? {
      guard case .response(_, _, let body) = self else { return nil }
      return body
    }

    /// Code and field of refused input, or the code of a declared error.
    var failure: String? {
      guard case .failure(let failure) = self else { return nil }
      let field = failure.members.first { $0.name == "field" }
      guard case .string(let path)? = field?.value else { return failure.code }
      return "\(failure.code) \(path)"
    }
  }

  /// What the machine has noted, in the order of its notes.
  final class Notes: @unchecked Sendable { var list: [RequestMachine.Note] = [] }
  let notes = Notes()

  var answer: @Sendable (Effect) -> EffectOutcome = { _ in .failed(EffectFailure(.unsupported, detail: "no effects here")) }

  func run(_ flow: FlowDefinition, body: String = "", query: String = "") -> Answer { trace(flow, body: body, query: query).0 }

  /// The answer, and the names of the steps in the order in which they ran; a resumed step has a `+`.
  func trace(_ flow: FlowDefinition, body: String = "", query: String = "") -> (Answer, [String]) {
    var context = RequestContext()
    context.frame.reserve(flow.frameBytes)
    let plan = MachinePlan(flow.plan)
    var machine = RequestMachine()
    machine.started(deadline: Instant(nanoseconds: .max), limits: .init())
    // An input in parts is given line by line.
    var lines = body.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var strands: [Int: (use: Int, need: Need?, outcomes: [EffectOutcome?], progress: Progress?, round: Int)] = [:]
    var pending: [(token: Int, effect: Effect)] = []
    var steps: [String] = []
    var now = Instant(nanoseconds: 0)
    var result: Answer?
    var kept: FlowFailure?
    while true {
      switch machine.next(in: plan) {
      case .decode:
        machine.decoded(Self.decode(flow, &context, body: body, query: query))
      case .run(let strand, let use, let resumes):
        let parked = strands.removeValue(forKey: strand)
        if let parked, resumes {
          context.resumption = Resumption(round: parked.round, outcomes: parked.outcomes, progress: parked.progress)
        }
        steps.append(flow.plan.uses[use].step + (resumes ? "+" : ""))
        let outcome = flow.run(use, &context)
        context.resumption = nil
        if outcome == .needs || outcome == .yielded || outcome == .emitted || outcome == .taken {
          let need = outcome == .needs ? context.need : nil
          strands[strand] = (
            use, need, Array(repeating: nil, count: need?.effects.count ?? 0), outcome == .needs ? resumes ? parked?.progress : nil : context.progress,
            (resumes ? parked?.round ?? 0 : 0) + 1
          )
        }
        machine.stepDecided(
          outcome, strand: strand, need: outcome == .needs ? context.need.map { NeedShape($0) } : nil,
          isTransient: outcome == .failed && context.failure?.isTransient ?? false, at: now, in: plan)
        if outcome == .emitted { machine.roomMade(deadline: Instant(nanoseconds: .max)) }
      case .receive:
        guard let line = lines.popFirst(), let decodePart = flow.decodePart else { preconditionFailure("a step takes the parts that are there") }
        context.isLastPart = lines.isEmpty
        let outcome = Array(line.utf8).withUnsafeBytes { bytes in
          context.body = bytes
          return decodePart(&context)
        }
        machine.partArrived(outcome, deadline: Instant(nanoseconds: .max), in: plan)
      case .test(let strand, let condition):
        machine.tested(flow.test(condition, context), strand: strand, in: plan)
      case .submit(let strand, let effect, let token, _):
        if let need = strands[strand]?.need { pending.append((token, need.effects[effect])) }
      case .cancel(_, _, let token):
        pending.removeAll { $0.token == token }
      case .requeue:
        continue
      case .draw(let strand): machine.drawn(0, strand: strand, at: now, in: plan)
      case .note(let note): notes.list.append(note)
      case .keepFailure(let cause): if cause == .failure { kept = context.failure }
      case .settle: preconditionFailure("no request of a test is held")
      case .park:
        if pending.isEmpty {
          precondition(machine.wakeAt.nanoseconds < .max, "a parked request waits for something")
          now = machine.wakeAt
          machine.timePassed(now, in: plan)
          continue
        }
        let next = pending.removeFirst()
        guard let to = machine.recipient(ofToken: next.token) else { continue }
        let outcome = answer(next.effect)
        strands[to.strand]?.outcomes[to.effect] = outcome
        machine.effectCompleted(strand: to.strand, effect: to.effect, succeeded: outcome.isSuccess, isTransient: outcome.isTransient, in: plan)
      case .respond:
        result = Self.response(context)
        if machine.isIdle { return (Self.finish(flow, &context, result), steps) }
      case .refuse(let cause):
        result = cause == .failure ? (kept ?? context.failure).map { .failure($0) } : .refused(cause)
        if machine.isIdle { return (Self.finish(flow, &context, result), steps) }
      case .discard:
        return (Self.finish(flow, &context, result), steps)
      }
    }
  }

  private static func decode(
    _ flow: FlowDefinition, _ context: inout RequestContext, body: String, query: String
  ) -> StepOutcome {
    Array(body.utf8).withUnsafeBytes { body in
      Array(query.utf8).withUnsafeBytes { query in
        context.body = body
        context.query = query
        return flow.decode(&context)
      }
    }
  }

  private static func response(_ context: borrowing RequestContext) -> Answer {
    let text = context.output.withBytes { String(decoding: $0, as: UTF8.self) }
    return .response(status: context.status, contentType: context.contentType.description, body: text)
  }

  private static func finish(_ flow: FlowDefinition, _ context: inout RequestContext, _ result: Answer?) -> Answer {
    flow.release(&context)
    precondition(context.frame.isEmpty, "a flow releases every slot")
    guard let result else { preconditionFailure("a request is answered before its machine is idle") }
    return result
  }
}
