/// Walks one request through its plan. Pure: it reads no clock and performs no I/O.
///
/// The driver gives it an event, does what `next` says, and asks `next` again until that is `.park` or ends the request.
/// A request is one strand of control, or several while a parallel group is at work. Only the owning worker mutates a
/// machine.
package struct RequestMachine: ~Copyable {
  /// Strands at work at the same time: the plan's own, and one for each branch. RouteGen checks it.
  package static var strandsMax: Int { 16 }
  /// Effects of one need: one bit each.
  package static var effectsOfNeedMax: Int { 64 }

  package enum Action: Equatable {
    /// Decode the input, then call `decoded`.
    case decode
    /// Run a use of a step, then call `stepDecided`. It is resumed when the strand's own effects have completed or it
    /// has yielded; otherwise it starts, whatever an earlier step of the same strand has left behind.
    case run(strand: Int, use: Int, isResuming: Bool = false)
    /// Evaluate a condition, then call `tested`.
    case test(strand: Int, condition: Int)
    /// Submit effect `effect` of the strand's need under this token.
    case submit(strand: Int, effect: Int, token: Int, deadline: Instant)
    /// The operation of this effect is of no use any more.
    case cancel(strand: Int, effect: Int, token: Int)
    /// Put the request at the back of its queue: a step has yielded.
    case requeue
    /// Nothing to do until an effect completes, or until `wakeAt` has passed.
    case park
    /// The response is ready. Final.
    case respond
    /// The request has failed. Final.
    case refuse(Cause)
  }

  package enum Cause: Equatable {
    /// A step or the decoding has stored a failure in the context.
    case failure
    /// An effect of a strand's need has failed and the join with it.
    case effect(strand: Int, effect: Int)
    /// A use took longer than its `timeout`.
    case stepTimedOut(use: Int)
    /// The request's deadline has passed.
    case deadlinePassed
    /// A need that no worker can carry out: too many effects at once or in a request's life.
    case tooManyEffects(use: Int)
    /// Every path of a plan ends with a response, and this one did not.
    case planEnded
  }

  package struct Limits: Equatable, Sendable {
    /// Branches of one request that may be at work at the same time. Others wait for their turn.
    package var parallelStepsMax = 8
    /// Effects of one request that may be in flight. Others wait for their turn.
    package var effectsInFlightMax = 16
    package init() {}
  }

  private enum Phase: Equatable {
    /// Before `started`, and after the end. Every completion is stale.
    case idle
    /// The input has not been decoded.
    case decoding
    case walking
    /// Decided, with cancellations still to hand out. Can become: idle.
    case ending(Action)
  }

  private var phase = Phase.idle
  private var deadline = Instant(nanoseconds: 0)
  private var limits = Limits()
  private var strands = StrandTable(count: RequestMachine.strandsMax)
  /// Strands that have been used: the others were never touched.
  private var strandsUsed = 0
  private var branchesAtWork = 0
  private var effectsInFlight = 0
  private var tokensUsed = 0
  private var hasCancellations = false
  private var hasYielded = false

  package init() {}

  // MARK: Events

  package mutating func started(deadline: Instant, limits: Limits) {
    precondition(phase == .idle, "a machine walks one request at a time")
    phase = .decoding
    self.deadline = deadline
    self.limits = limits
    tokensUsed = 0
    strandsUsed = 1
    strands[0] = Strand()
    strands[0].state = .ready
  }

  package mutating func decoded(_ outcome: StepOutcome) {
    precondition(phase == .decoding, "the input is decoded once")
    switch outcome {
    case .continued: phase = .walking
    case .failed: end(.refuse(.failure))
    case .inserted, .replaced, .needs, .done, .yielded: preconditionFailure("decoding continues or fails")
    }
  }

  /// The step that `run` named has decided. `need` has the shape of the context's need after `.needs`.
  package mutating func stepDecided(
    _ outcome: StepOutcome, strand index: Int, need: NeedShape? = nil, at now: Instant, in plan: borrowing MachinePlan
  ) {
    precondition(phase == .walking && strands[index].state == .running, "only the strand that runs decides")
    switch outcome {
    case .continued:
      advance(index, to: strands[index].counter + 1)
    case .inserted(let fragment):
      advance(index, to: choice(of: index, in: plan).inserts[Int(fragment)])
    case .replaced(let fragment):
      let target = choice(of: index, in: plan).replaces[Int(fragment)]
      for other in 0..<strandsUsed { abandon(other) }
      strands[0].parent = -1
      advance(0, to: target)
    case .needs:
      guard let need else { preconditionFailure("a need comes with its shape") }
      park(index, need: need, at: now, in: plan)
    case .yielded:
      strands[index].state = .resumable
      hasYielded = true
    case .done:
      end(.respond)
    case .failed:
      failed(index, cause: .failure, in: plan)
    }
  }

  package mutating func tested(_ holds: Bool, strand index: Int, in plan: borrowing MachinePlan) {
    precondition(phase == .walking && strands[index].state == .running, "only the strand that runs decides")
    guard case .test(_, let otherwise) = plan.instructions[strands[index].counter] else {
      preconditionFailure("a test was asked for")
    }
    advance(index, to: holds ? strands[index].counter + 1 : otherwise)
  }

  /// An operation has completed. Returns where its outcome belongs, or `nil` when nobody waits for it any more: count it,
  /// change nothing. A timeout may win the race against its own completion, so this is expected, not a bug.
  package func recipient(ofToken token: Int) -> (strand: Int, effect: Int)? {
    guard phase == .walking else { return nil }
    for index in 0..<strandsUsed where strands[index].state == .waiting {
      let effect = token - strands[index].firstToken
      if effect >= 0 && effect < 64 && strands[index].inFlight & (1 << UInt64(effect)) != 0 { return (index, effect) }
    }
    return nil
  }

  package mutating func effectCompleted(
    strand index: Int, effect: Int, succeeded: Bool, in plan: borrowing MachinePlan
  ) {
    precondition(strands[index].inFlight & (1 << UInt64(effect)) != 0, "the effect was in flight")
    strands[index].inFlight &= ~(1 << UInt64(effect))
    effectsInFlight -= 1
    switch strands[index].count.completed(succeeded: succeeded) {
    case .pending: return
    case .met:
      cancelEffects(of: index)
      strands[index].state = .resumable
    case .failed:
      cancelEffects(of: index)
      failed(index, cause: .effect(strand: index, effect: effect), in: plan)
    }
  }

  /// Time has passed: ends what is late.
  package mutating func timePassed(_ now: Instant, in plan: borrowing MachinePlan) {
    guard phase == .walking || phase == .decoding else { return }
    if now >= deadline { return end(.refuse(.deadlinePassed)) }
    for index in 0..<strandsUsed {
      guard phase == .walking, strands[index].state == .waiting, strands[index].hasTimeout,
        let timeout = strands[index].timeout, now >= timeout
      else { continue }
      cancelEffects(of: index)
      failed(index, cause: .stepTimedOut(use: strands[index].use), in: plan)
    }
  }

  /// The client has gone, or the server stops: everything outstanding is cancelled and nothing is answered.
  package mutating func abandoned() {
    guard phase != .idle else { return }
    end(.park)
  }

  // MARK: Questions

  package var isIdle: Bool { phase == .idle }

  /// The end is decided; `next` says what it is.
  package var hasEnded: Bool {
    if case .ending = phase { true } else { false }
  }

  /// When `timePassed` has to be called at the latest.
  package var wakeAt: Instant {
    var earliest = deadline
    for index in 0..<strandsUsed where strands[index].state == .waiting {
      if let timeout = strands[index].timeout, timeout < earliest { earliest = timeout }
    }
    return earliest
  }

  // MARK: What comes next

  package mutating func next(in plan: borrowing MachinePlan) -> Action {
    if hasCancellations, let action = takeCancellation() { return action }
    switch phase {
    case .idle: return .park
    case .decoding: return .decode
    case .ending(let action):
      phase = .idle
      return action
    case .walking: return walk(plan)
    }
  }

  private mutating func walk(_ plan: borrowing MachinePlan) -> Action {
    if hasYielded {
      hasYielded = false
      return .requeue
    }
    var index = 0
    while index < strandsUsed {
      switch strands[index].state {
      case .ready:
        if let action = execute(index, plan) { return action }
        // Control has moved: another strand may be ready, effects may have to be cancelled, the request may have ended.
        if phase != .walking || hasCancellations { return next(in: plan) }
        index = 0
      case .resumable:
        strands[index].state = .running
        return .run(strand: index, use: strands[index].use, isResuming: true)
      case .waiting:
        if let action = submitNext(index) { return action }
        index += 1
      case .joining:
        if startBranch(of: index, plan) { index = 0 } else { index += 1 }
      case .free, .running:
        index += 1
      }
    }
    return .park
  }

  /// Executes the instruction of a ready strand. `nil` when that needed nobody's help.
  private mutating func execute(_ index: Int, _ plan: borrowing MachinePlan) -> Action? {
    let counter = strands[index].counter
    guard counter < plan.instructions.count else {
      end(.refuse(.planEnded))
      return nil
    }
    switch plan.instructions[counter] {
    case .run(let use, _):
      strands[index].state = .running
      strands[index].use = use
      strands[index].timeout = nil
      strands[index].hasTimeout = false
      return .run(strand: index, use: use)
    case .test(let condition, _):
      strands[index].state = .running
      return .test(strand: index, condition: condition)
    case .jump(let target):
      strands[index].counter = target
    case .fork(let fork):
      strands[index].state = .joining
      strands[index].fork = fork
      strands[index].branchesStarted = 0
      strands[index].count = JoinCount(plan.forks[fork].join, of: plan.forks[fork].branches.count)
    case .arrive:
      branchEnded(index, succeeded: true, cause: .failure, in: plan)
    }
    return nil
  }

  // MARK: Branches

  private mutating func startBranch(of parent: Int, _ plan: borrowing MachinePlan) -> Bool {
    let fork = strands[parent].fork
    let started = strands[parent].branchesStarted
    guard started < plan.forks[fork].branches.count, branchesAtWork < limits.parallelStepsMax || started == 0,
      let child = freeStrand()
    else { return false }
    strands[parent].branchesStarted += 1
    branchesAtWork += 1
    strands[child] = Strand()
    strands[child].parent = parent
    strands[child].counter = plan.forks[fork].branches[started]
    strands[child].state = .ready
    return true
  }

  private mutating func freeStrand() -> Int? {
    for index in 0..<strandsUsed where strands[index].state == .free && strands[index].cancelled == 0 { return index }
    guard strandsUsed < Self.strandsMax else { return nil }
    strandsUsed += 1
    return strandsUsed - 1
  }

  private mutating func branchEnded(_ index: Int, succeeded: Bool, cause: Cause, in plan: borrowing MachinePlan) {
    let parent = strands[index].parent
    precondition(parent >= 0, "a branch has a parent")
    abandon(index)
    switch strands[parent].count.completed(succeeded: succeeded) {
    case .pending: return
    case .met:
      abandonBranches(of: parent)
      advance(parent, to: plan.forks[strands[parent].fork].then)
    case .failed:
      abandonBranches(of: parent)
      failed(parent, cause: cause, in: plan)
    }
  }

  private mutating func failed(_ index: Int, cause: Cause, in plan: borrowing MachinePlan) {
    if strands[index].parent < 0 {
      end(.refuse(cause))
    } else {
      branchEnded(index, succeeded: false, cause: cause, in: plan)
    }
  }

  private mutating func abandonBranches(of parent: Int) {
    for index in 0..<strandsUsed where strands[index].state != .free && strands[index].parent == parent { abandon(index) }
  }

  private mutating func abandon(_ index: Int) {
    guard strands[index].state != .free else { return }
    if strands[index].state == .joining { abandonBranches(of: index) }
    cancelEffects(of: index)
    strands[index].state = .free
    if strands[index].parent >= 0 { branchesAtWork -= 1 }
  }

  // MARK: Effects

  private mutating func park(_ index: Int, need: NeedShape, at now: Instant, in plan: borrowing MachinePlan) {
    guard need.effects <= Self.effectsOfNeedMax, tokensUsed + need.effects <= OperationID.tokensMax else {
      return failed(index, cause: .tooManyEffects(use: strands[index].use), in: plan)
    }
    guard need.effects > 0 else {
      strands[index].state = .resumable
      return
    }
    strands[index].state = .waiting
    strands[index].firstToken = tokensUsed
    strands[index].inOrder = need.inOrder
    strands[index].submitted = 0
    strands[index].inFlight = 0
    strands[index].count = JoinCount(need.join, of: need.effects)
    tokensUsed += need.effects
    if !strands[index].hasTimeout, let timeout = plan.uses[strands[index].use].timeout {
      strands[index].timeout = now + timeout
      strands[index].hasTimeout = true
    }
  }

  private mutating func submitNext(_ index: Int) -> Action? {
    let effect = strands[index].submitted
    guard effect < strands[index].count.total, effectsInFlight < limits.effectsInFlightMax else { return nil }
    guard !strands[index].inOrder || strands[index].inFlight == 0 else { return nil }
    strands[index].submitted += 1
    strands[index].inFlight |= 1 << UInt64(effect)
    effectsInFlight += 1
    let limit = strands[index].timeout.map { min($0, deadline) } ?? deadline
    return .submit(strand: index, effect: effect, token: strands[index].firstToken + effect, deadline: limit)
  }

  private mutating func cancelEffects(of index: Int) {
    guard strands[index].inFlight != 0 else { return }
    effectsInFlight -= strands[index].inFlight.nonzeroBitCount
    strands[index].cancelled |= strands[index].inFlight
    strands[index].inFlight = 0
    hasCancellations = true
  }

  private mutating func takeCancellation() -> Action? {
    for index in 0..<strandsUsed where strands[index].cancelled != 0 {
      let effect = strands[index].cancelled.trailingZeroBitCount
      strands[index].cancelled &= strands[index].cancelled - 1
      return .cancel(strand: index, effect: effect, token: strands[index].firstToken + effect)
    }
    hasCancellations = false
    return nil
  }

  // MARK: Help

  private mutating func advance(_ index: Int, to counter: Int) {
    strands[index].counter = counter
    strands[index].state = .ready
  }

  private func choice(of index: Int, in plan: borrowing MachinePlan) -> Plan.Choice {
    guard case .run(_, let choice) = plan.instructions[strands[index].counter], choice >= 0 else {
      preconditionFailure("the use declares its fragments")
    }
    return plan.choices[choice]
  }

  private mutating func end(_ action: Action) {
    for index in 0..<strandsUsed { abandon(index) }
    precondition(branchesAtWork == 0 && effectsInFlight == 0, "an ended request has nothing at work")
    hasYielded = false
    phase = .ending(action)
  }
}

/// What the machine has to know of a ``Need``.
package struct NeedShape: Equatable, Sendable {
  package var effects: Int
  package var inOrder: Bool
  package var join: Join

  package init(effects: Int, inOrder: Bool = false, join: Join = .allRequired) {
    self.effects = effects
    self.inOrder = inOrder
    self.join = join
  }

  package init(_ need: Need) {
    self.init(effects: need.effects.count, inOrder: need.mode == .inOrder, join: need.join)
  }
}
