/// Walks one request through its plan. Pure: it reads no clock and performs no I/O.
///
/// The driver gives it an event, does what `next` says, and asks `next` again until that is `.park` or the machine is idle.
/// A request is one strand of control, or several while a parallel group or detached uses are at work. Only the owning
/// worker mutates a machine.
///
/// A request that fails after uses with a compensation have succeeded is not over: the compensations run, the last one
/// first, and then the failure is answered. Nor is one that is answered while detached uses are at work.
@_spi(Server) public struct RequestMachine: ~Copyable {
  /// Strands at work at the same time: the plan's own, and one for each branch. RouteGen checks it.
  public static var strandsMax: Int { 16 }
  /// Effects of one need: one bit each.
  public static var effectsOfNeedMax: Int { 64 }

  public enum Action: Equatable, Sendable {
    /// Decode the input, then call `decoded`.
    case decode
    /// Run a use of a step, then call `stepDecided`. It is resumed when the strand's own effects have completed or it
    /// has yielded; otherwise it starts, whatever an earlier step of the same strand has left behind.
    case run(strand: Int, use: Int, isResuming: Bool = false)
    /// Ask for the next part of the input, then call `partArrived` when it has come, or will not.
    case receive
    /// Evaluate a condition, then call `tested`.
    case test(strand: Int, condition: Int)
    /// Submit effect `effect` of the strand's need under this token.
    case submit(strand: Int, effect: Int, token: Int, deadline: Instant)
    /// A use may be worth another attempt: call `drawn` with any 64 bits.
    case draw(strand: Int)
    /// The operation of this effect is of no use any more.
    case cancel(strand: Int, effect: Int, token: Int)
    /// Put the request at the back of its queue: a step has yielded.
    case requeue
    /// Nothing to do until an effect completes, or until `wakeAt` has passed.
    case park
    /// Something that no answer tells, for metrics and the log. What its cause refers to is still there.
    case note(Note)
    /// The answer is decided, and kept for repetitions before it is given: call `settled` when that has come to its end.
    /// The cause is that of a failure.
    case settle(Cause?)
    /// The request has failed for this cause, and compensations run before that is answered: they may overwrite what
    /// the cause refers to, so that the failure has to be kept until `refuse`.
    case keepFailure(Cause)
    /// The response is ready. Final, unless detached uses are at work.
    case respond
    /// The request has failed. Final, unless detached uses are at work.
    case refuse(Cause)
    /// Nobody is to be answered any more, and nothing is at work. Final.
    case discard
  }

  public enum Note: Equatable, Sendable {
    /// A use has failed in passing and is tried again.
    case retried(use: Int)
    /// A use has failed for good, and the plan goes on without its output or with another.
    case fellBack(use: Int, Cause)
    /// A compensation has run.
    case undone(use: Int)
    /// A compensation has failed: what it was to take back may still be there.
    case undoFailed(use: Int, Cause)
    case detachedEnded(use: Int)
    case detachedFailed(use: Int, Cause)
  }

  public enum Cause: Equatable, Sendable {
    /// A step or the decoding has stored a failure in the context.
    case failure
    /// An effect of a strand's need has failed and the join with it.
    case effect(strand: Int, effect: Int)
    /// A use took longer than its `timeout`.
    case stepTimedOut(use: Int)
    /// The deadline of the request, or of a detached use, has passed.
    case deadlinePassed
    /// The server stops and runs nothing any more.
    case serverStopped
    /// A need that no worker can carry out: too many effects at once or in a request's life.
    case tooManyEffects(use: Int)
    /// Every path of a plan ends with a response, and this one did not.
    case planEnded
  }

  public struct Limits: Equatable, Sendable {
    /// Branches of one request that may be at work at the same time. Others wait for their turn.
    public var parallelStepsMax = 8
    /// Effects of one request that may be in flight. Others wait for their turn.
    public var effectsInFlightMax = 16
    /// What one attempt of a compensation may take. The client waits for it, and nobody else will do it.
    public var undoNanosecondsMax: UInt64 = 5_000_000_000
    /// What a detached use may take, further attempts included.
    public var detachedNanosecondsMax: UInt64 = 30_000_000_000
    public init() {}
  }

  @usableFromInline enum Phase {
    /// Before `started`, and after the end. Every completion is stale.
    case idle
    /// The input has not been decoded.
    case decoding
    /// The input is decoded, and something outside decides whether the plan runs. That knows the deadline. Can become:
    /// walking, ending.
    case held
    case walking
    /// The request has failed and its compensations run, on strand 0. Can become: ending.
    case undoing
    /// `answer` is decided, with errands still to hand out. Can become: settling, lingering, idle.
    case ending
    /// The answer is being kept for repetitions. Can become: ending.
    case settling
    /// Answered, with detached uses at work. Can become: idle.
    case lingering
  }

  @usableFromInline var phase = Phase.idle
  /// The final action, from `undoing` on.
  private var answer = Action.discard
  private var deadline = Instant(nanoseconds: 0)
  private var limits = Limits()
  private var strands = StrandTable(count: RequestMachine.strandsMax)
  /// Strands that have been used: the others were never touched.
  private var strandsUsed = 0
  private var branchesAtWork = 0
  private var effectsInFlight = 0
  private var tokensUsed = 0
  private var detachedAtWork = 0
  /// There are cancellations, notes or draws to hand out before anything else.
  private var hasErrands = false
  private var notes: [Note] = []
  private var keepsFailure = false
  private var hasYielded = false
  /// The answer is kept before it is given.
  private var settles = false
  /// The client has gone while its request was held or was to be settled: it is worked on all the same, because another
  /// one may ask for its answer.
  private var isAbandoned = false
  /// Where the code of each compensation begins, in the order in which their uses have succeeded.
  private var undos: [Int] = []
  /// Where the one that runs began, and whether it has been reported as failed.
  private var undoStart = 0
  private var hasFailedUndo = false
  /// Effects that have changed something, and those of them that the compensations take back.
  private var changes = 0
  private var changesWithUndo = 0

  public init() {}

  // MARK: Events

  public mutating func started(deadline: Instant, limits: Limits) {
    precondition(phase == .idle, "a machine walks one request at a time")
    phase = .decoding
    isAbandoned = false
    self.deadline = deadline
    self.limits = limits
    tokensUsed = 0
    changes = 0
    changesWithUndo = 0
    strandsUsed = 1
    strands[0] = Strand()
    strands[0].state = .ready
    strands[0].deadline = deadline
  }

  /// - Parameter isHeld: the plan waits until `released` or `preempted` is called.
  public mutating func decoded(_ outcome: StepOutcome, isHeld: Bool = false) {
    precondition(phase == .decoding, "the input is decoded once")
    switch outcome {
    case .continued: phase = isHeld ? .held : .walking
    case .failed: end(.refuse(.failure))
    case .inserted, .replaced, .needs, .done, .yielded, .emitted, .taken: preconditionFailure("decoding continues or fails")
    }
  }

  /// The plan of a held request runs, and its answer is settled.
  public mutating func released() {
    precondition(phase == .held, "only what is held is released")
    phase = .walking
    settles = true
  }

  /// A held request is answered without its plan: by `respond`, or by `refuse`.
  public mutating func preempted(by answer: Action) {
    precondition(phase == .held, "only what is held is preempted")
    end(answer)
  }

  /// What `settle` asked for has come to its end, whatever that was.
  public mutating func settled() {
    precondition(phase == .settling, "an answer is settled when that was asked for")
    phase = .ending
  }

  /// The step that `run` named has decided. `need` has the shape of the context's need after `.needs`; a failure is
  /// transient when the context's failure says so.
  public mutating func stepDecided(
    _ outcome: StepOutcome, strand index: Int, need: NeedShape? = nil, isTransient: Bool = false, at now: Instant,
    in plan: borrowing MachinePlan
  ) {
    precondition(strands[index].state == .running, "only the strand that runs decides")
    switch outcome {
    case .continued:
      if strands[index].choice >= 0 { useSucceeded(index, in: plan) }
      advance(index, to: strands[index].counter + 1)
    case .inserted(let fragment):
      useSucceeded(index, in: plan)
      advance(index, to: choice(of: index, in: plan).inserts[Int(fragment)])
    case .replaced(let fragment):
      let target = choice(of: index, in: plan).replaces[Int(fragment)]
      for other in 0..<strandsUsed where !strands[other].isDetached { abandon(other) }
      strands[0].parent = Strand.noParent
      advance(0, to: target)
    case .needs:
      guard let need else { preconditionFailure("a need comes with its shape") }
      park(index, need: need, at: now, in: plan)
    case .yielded:
      limitDetached(index, at: now)
      strands[index].state = .resumable
      hasYielded = true
    case .emitted:
      precondition(phase == .walking && !strands[index].isDetached, "only the step that answers gives parts of the answer")
      strands[index].state = .emitting
      strands[index].timeout = nil
      strands[index].hasTimeout = false
      strands[index].hasBegunAnswer = true
      // The client may take as long as the connection lets it.
      setDeadline(Instant(nanoseconds: .max), of: index)
    case .taken:
      precondition(phase == .walking && !strands[index].isDetached, "only the plan's own strand takes the input")
      take(index)
    case .done:
      // Nobody waits for the answer of a compensation or of a detached use.
      if phase == .walking, !strands[index].isDetached { end(.respond) } else { sectionEnded(index, in: plan) }
    case .failed:
      attemptFailed(index, cause: .failure, isTransient: isTransient, in: plan)
    }
  }

  /// The random number for `draw`: the use is tried again after a part of its backoff, or fails for good.
  public mutating func drawn(_ random: UInt64, strand index: Int, at now: Instant, in plan: borrowing MachinePlan) {
    precondition(strands[index].state == .drawing, "a random number was asked for")
    guard let policy = plan.retries[strands[index].use] else { preconditionFailure("a use is tried again by its policy") }
    limitDetached(index, at: now)
    let deadline = strands[index].deadline
    switch strands[index].retry.attemptFailed(under: policy, random: random, at: now, deadline: deadline) {
    case .retry(let instant):
      strands[index].state = .backingOff
      strands[index].timeout = instant
      strands[index].hasTimeout = true
      note(.retried(use: strands[index].use))
    case .giveUp:
      useFailed(index, cause: strands[index].cause, in: plan)
    }
  }

  /// The client has room for a further part of the answer.
  /// - Parameter deadline: when that part has to be there.
  public mutating func roomMade(deadline: Instant) {
    for index in 0..<strandsUsed where strands[index].state == .emitting {
      strands[index].state = .resumable
      setDeadline(deadline, of: index)
      hasYielded = true
    }
  }

  /// The strand goes on with the next part of the input. Its sender has a time of its own for it.
  private mutating func take(_ index: Int) {
    strands[index].state = .taking
    strands[index].timeout = nil
    strands[index].hasTimeout = false
    setDeadline(Instant(nanoseconds: .max), of: index)
  }

  /// The next part of the input is there, or none will come, and the context's failure says why.
  /// - Parameter deadline: when the step has to be done with it.
  public mutating func partArrived(_ outcome: StepOutcome, deadline: Instant, in plan: borrowing MachinePlan) {
    for index in 0..<strandsUsed where strands[index].state == .receiving {
      setDeadline(deadline, of: index)
      guard outcome == .continued else { return end(.refuse(.failure)) }
      if case .part = plan.instructions[strands[index].counter] {
        advance(index, to: strands[index].counter + 1)
      } else {
        strands[index].state = .resumable
      }
    }
  }

  /// Half of the tokens are used, and no operation with one of them can be waited for: a new version of the request's slot
  /// may begin with the first token again.
  public var mayForgetTokens: Bool { tokensUsed > OperationID.tokensMax / 2 && effectsInFlight == 0 && detachedAtWork == 0 }

  public mutating func forgetTokens() {
    precondition(mayForgetTokens, "nobody waits for an operation")
    tokensUsed = 0
  }

  private mutating func setDeadline(_ deadline: Instant, of index: Int) {
    self.deadline = deadline
    strands[index].deadline = deadline
  }

  public mutating func tested(_ holds: Bool, strand index: Int, in plan: borrowing MachinePlan) {
    precondition(strands[index].state == .running, "only the strand that runs decides")
    guard case .test(_, let otherwise) = plan.instructions[strands[index].counter] else {
      preconditionFailure("a test was asked for")
    }
    advance(index, to: holds ? strands[index].counter + 1 : otherwise)
  }

  /// An operation has completed. Returns where its outcome belongs, or `nil` when nobody waits for it any more: count it,
  /// change nothing. A timeout may win the race against its own completion, so this is expected, not a bug.
  public func recipient(ofToken token: Int) -> (strand: Int, effect: Int)? {
    // None waits before `started` and after the end.
    for index in 0..<strandsUsed where strands[index].state == .waiting {
      let effect = token - strands[index].firstToken
      if effect >= 0 && effect < 64 && strands[index].inFlight & (1 << UInt64(effect)) != 0 { return (index, effect) }
    }
    return nil
  }

  /// - Parameter hasChanged: the effect has changed something, and ``leavesChanges`` is to be asked.
  public mutating func effectCompleted(
    strand index: Int, effect: Int, succeeded: Bool, isTransient: Bool = false, hasChanged: Bool = false,
    in plan: borrowing MachinePlan
  ) {
    precondition(strands[index].inFlight & (1 << UInt64(effect)) != 0, "the effect was in flight")
    strands[index].inFlight &= ~(1 << UInt64(effect))
    effectsInFlight -= 1
    if hasChanged { countChange(index, in: plan) }
    switch strands[index].count.completed(succeeded: succeeded) {
    case .pending: return
    case .met:
      cancelEffects(of: index)
      strands[index].state = .resumable
    case .failed:
      cancelEffects(of: index)
      attemptFailed(index, cause: .effect(strand: index, effect: effect), isTransient: isTransient, in: plan)
    }
  }

  /// Time has passed: ends what is late.
  public mutating func timePassed(_ now: Instant, in plan: borrowing MachinePlan) {
    switch phase {
    case .idle, .ending, .held: return
    case .decoding:
      // No strand has begun to wait.
      if now >= deadline { end(.refuse(.deadlinePassed)) }
      return
    case .walking: if now >= deadline { end(.refuse(.deadlinePassed)) }
    case .undoing, .settling, .lingering: break
    }
    for index in 0..<strandsUsed { timePassed(now, for: index, in: plan) }
  }

  private mutating func timePassed(_ now: Instant, for index: Int, in plan: borrowing MachinePlan) {
    switch strands[index].state {
    case .waiting, .backingOff, .ready, .resumable, .startable: break
    case .free, .running, .drawing, .joining, .emitting, .taking, .receiving: return
    }
    if strands[index].isDetached, now >= strands[index].deadline {
      cancelEffects(of: index)
      return useFailed(index, cause: .deadlinePassed, in: plan)
    }
    guard strands[index].hasTimeout, let timeout = strands[index].timeout, now >= timeout else { return }
    if strands[index].state == .backingOff {
      strands[index].state = .startable
    } else if strands[index].state == .waiting {
      cancelEffects(of: index)
      attemptFailed(index, cause: .stepTimedOut(use: strands[index].use), isTransient: true, in: plan)
    }
  }

  /// The client has gone: what it waited for is cancelled and nothing is answered. Compensations run, and so does what is
  /// detached.
  public mutating func abandoned() {
    if phase == .held || phase == .settling || settles {
      isAbandoned = true
      return
    }
    switch phase {
    case .idle, .lingering: return
    case .decoding, .walking: end(.discard)
    case .undoing, .ending, .held, .settling: answer = .discard
    }
  }

  /// The server stops: nothing runs any more, and what has not come to its end is noted.
  public mutating func cut(in plan: borrowing MachinePlan) {
    guard phase != .idle else { return }
    for index in 0..<strandsUsed where strands[index].isDetached {
      note(.detachedFailed(use: strands[index].use, .serverStopped))
    }
    if phase == .undoing, strands[0].state != .free { note(.undoFailed(use: strands[0].use, .serverStopped)) }
    while let start = undos.popLast() { note(.undoFailed(use: use(at: start, in: plan), .serverStopped)) }
    for index in 0..<strandsUsed { abandon(index) }
    hasYielded = false
    keepsFailure = false
    settles = false
    answer = .discard
    phase = .ending
  }

  // MARK: Questions

  // They change nothing. The driver asks them through a pointer, and to lend a machine to a getter that does not mutate it, the
  // compiler copies all of it: three copies of 185 bytes for each request.

  /// The use that a strand runs, or ran last.
  public func use(ofStrand index: Int) -> Int { strands[index].use }

  @inlinable public var isIdle: Bool { mutating get { phase == .idle } }

  /// Something is at work, whether or not somebody waits for an answer: compensations, detached uses, an answer that is to
  /// be kept.
  public var outlivesClient: Bool { mutating get { phase == .undoing || detachedAtWork > 0 || isAbandoned } }

  /// Something was changed and no compensation takes it back: to be asked at the end. An answer drops the compensations. One
  /// that has failed takes nothing back either, but says so by a note of its own.
  public var leavesChanges: Bool { mutating get { answer == .respond ? changes > 0 : changes > changesWithUndo } }

  /// The end is decided; `next` says what it is.
  @inlinable public var hasEnded: Bool { mutating get { phase == .ending } }

  /// When `timePassed` has to be called at the latest.
  public var wakeAt: Instant {
    // From the failure on, compensations and detached uses have times of their own.
    var earliest =
      switch phase {
      case .undoing, .lingering, .held, .settling: Instant(nanoseconds: .max)
      case .idle, .decoding, .walking, .ending: deadline
      }
    for index in 0..<strandsUsed {
      guard strands[index].state == .waiting || strands[index].state == .backingOff else { continue }
      if let timeout = strands[index].timeout, timeout < earliest { earliest = timeout }
      if strands[index].deadline < earliest { earliest = strands[index].deadline }
    }
    return earliest
  }

  // MARK: What comes next

  public mutating func next(in plan: borrowing MachinePlan) -> Action {
    if hasErrands, let action = takeErrand() { return action }
    switch phase {
    case .idle: return .park
    case .decoding: return .decode
    case .walking: return stepInLine(plan) ?? walk(plan)
    case .undoing: return undo(plan)
    case .held: return .park
    case .settling: return detachedAtWork == 0 ? .park : walk(plan)
    case .ending:
      if settles { return settle() }
      if isAbandoned { answer = .discard }
      if detachedAtWork == 0 {
        phase = .idle
        return answer
      }
      phase = .lingering
      return answer == .discard ? walk(plan) : answer
    case .lingering:
      guard detachedAtWork == 0 else { return walk(plan) }
      phase = .idle
      return .discard
    }
  }

  private mutating func settle() -> Action {
    settles = false
    phase = .settling
    guard case .refuse(let cause) = answer else { return .settle(nil) }
    return .settle(cause)
  }

  private mutating func undo(_ plan: borrowing MachinePlan) -> Action {
    if strands[0].state == .free {
      guard let start = undos.popLast() else {
        phase = .ending
        return next(in: plan)
      }
      hasFailedUndo = false
      undoStart = start
      strands[0] = Strand()
      advance(0, to: start)
    }
    return walk(plan)
  }

  /// The usual case of `walk`: one strand that comes to a step.
  @inline(__always)
  private mutating func stepInLine(_ plan: borrowing MachinePlan) -> Action? {
    guard strandsUsed == 1, !hasYielded, strands[0].state == .ready, strands[0].counter < plan.instructions.count,
      case .run(let use, let choice) = plan.instructions[strands[0].counter]
    else { return nil }
    begin(0, use: use, choice: choice)
    return start(0)
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
        if phase != .walking || hasErrands { return next(in: plan) }
        index = 0
      case .resumable:
        strands[index].state = .running
        return .run(strand: index, use: strands[index].use, isResuming: true)
      case .startable:
        return start(index)
      case .waiting:
        if let action = submitNext(index) { return action }
        index += 1
      case .joining:
        if startBranch(of: index, plan) { index = 0 } else { index += 1 }
      case .taking:
        strands[index].state = .receiving
        return .receive
      case .free, .running, .drawing, .backingOff, .emitting, .receiving:
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
    case .run(let use, let choice):
      begin(index, use: use, choice: choice)
      return start(index)
    case .part: take(index)
    case .detach(let start):
      detach(at: start)
      strands[index].counter += 1
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
      if strands[index].parent >= 0 {
        branchEnded(index, succeeded: true, cause: .failure, in: plan)
      } else {
        sectionEnded(index, in: plan)
      }
    }
    return nil
  }

  /// The strand has come to a use.
  @inline(__always)
  private mutating func begin(_ index: Int, use: Int, choice: Int) {
    strands[index].use = use
    strands[index].choice = choice
    strands[index].retry = RetryState()
    strands[index].changes = 0
  }

  /// Runs the strand's use from its beginning.
  @inline(__always)
  private mutating func start(_ index: Int) -> Action {
    strands[index].state = .running
    strands[index].timeout = nil
    strands[index].hasTimeout = false
    return .run(strand: index, use: strands[index].use)
  }

  // MARK: Failures of uses

  private mutating func attemptFailed(
    _ index: Int, cause: Cause, isTransient: Bool, in plan: borrowing MachinePlan
  ) {
    if isTransient, !strands[index].hasBegunAnswer, let policy = plan.retries[strands[index].use], strands[index].retry.mayTryAgain(under: policy) {
      strands[index].state = .drawing
      strands[index].cause = cause
      hasErrands = true
    } else {
      useFailed(index, cause: cause, in: plan)
    }
  }

  /// The use has failed for good.
  private mutating func useFailed(_ index: Int, cause: Cause, in plan: borrowing MachinePlan) {
    let use = strands[index].use
    if strands[index].isDetached {
      note(.detachedFailed(use: use, cause))
      return abandon(index)
    }
    let otherwise = strands[index].choice < 0 || strands[index].hasBegunAnswer ? -1 : plan.choices[strands[index].choice].otherwise
    if phase == .undoing {
      note(.undoFailed(use: use, cause))
      hasFailedUndo = true
      if otherwise >= 0 { advance(index, to: otherwise) } else { abandon(index) }
    } else if otherwise >= 0 {
      note(.fellBack(use: use, cause))
      advance(index, to: otherwise)
    } else {
      failed(index, cause: cause, in: plan)
    }
  }

  // MARK: Compensations and detached uses

  /// In the same event as the success, so that nothing can end the request in between.
  private mutating func useSucceeded(_ index: Int, in plan: borrowing MachinePlan) {
    let undo = plan.choices[strands[index].choice].undo
    guard undo >= 0 else { return }
    undos.append(undo)
    changesWithUndo += strands[index].changes
  }

  /// A change that a compensation makes is none that has to be taken back. Of a use that is tried again, the checker knows
  /// that it does no harm when it runs twice.
  private mutating func countChange(_ index: Int, in plan: borrowing MachinePlan) {
    if phase == .undoing, index == 0 { return }
    guard plan.retries[strands[index].use] == nil else { return }
    changes += 1
    strands[index].changes += 1
  }

  private mutating func detach(at start: Int) {
    guard let index = freeStrand() else { preconditionFailure("RouteGen counts the strands of a plan") }
    detachedAtWork += 1
    strands[index] = Strand()
    strands[index].parent = Strand.detached
    strands[index].counter = start
    strands[index].state = .ready
  }

  /// The time of a detached use begins when it waits for the first time: until then it only computes.
  private mutating func limitDetached(_ index: Int, at now: Instant) {
    guard strands[index].isDetached, strands[index].deadline.nanoseconds == .max else { return }
    strands[index].deadline = now.advanced(byNanoseconds: limits.detachedNanosecondsMax)
  }

  /// A compensation or a detached use has come to its end.
  private mutating func sectionEnded(_ index: Int, in plan: borrowing MachinePlan) {
    if strands[index].isDetached {
      note(.detachedEnded(use: strands[index].use))
      abandon(index)
    } else {
      precondition(phase == .undoing && index == 0, "only compensations end like this on the plan's own strand")
      if !hasFailedUndo { note(.undone(use: use(at: undoStart, in: plan))) }
      abandon(index)
    }
  }

  private func use(at start: Int, in plan: borrowing MachinePlan) -> Int {
    guard case .run(let use, _) = plan.instructions[start] else { preconditionFailure("a section runs a step") }
    return use
  }

  private mutating func note(_ note: Note) {
    notes.append(note)
    hasErrands = true
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
    strands[child].deadline = deadline
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
    if strands[index].isDetached { detachedAtWork -= 1 }
  }

  // MARK: Effects

  private mutating func park(_ index: Int, need: NeedShape, at now: Instant, in plan: borrowing MachinePlan) {
    guard need.effects <= Self.effectsOfNeedMax, tokensUsed + need.effects <= OperationID.planTokensMax else {
      return useFailed(index, cause: .tooManyEffects(use: strands[index].use), in: plan)
    }
    limitDetached(index, at: now)
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
    if strands[index].hasTimeout { return }
    if phase == .undoing, index == 0 {
      strands[index].timeout = now.advanced(byNanoseconds: limits.undoNanosecondsMax)
      strands[index].hasTimeout = true
    } else if let timeout = plan.uses[strands[index].use].timeout {
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
    let deadline = strands[index].deadline
    let limit = strands[index].timeout.map { min($0, deadline) } ?? deadline
    return .submit(strand: index, effect: effect, token: strands[index].firstToken + effect, deadline: limit)
  }

  private mutating func cancelEffects(of index: Int) {
    guard strands[index].inFlight != 0 else { return }
    effectsInFlight -= strands[index].inFlight.nonzeroBitCount
    strands[index].cancelled |= strands[index].inFlight
    strands[index].inFlight = 0
    hasErrands = true
  }

  // MARK: Errands

  private mutating func takeErrand() -> Action? {
    for index in 0..<strandsUsed where strands[index].cancelled != 0 {
      let effect = strands[index].cancelled.trailingZeroBitCount
      strands[index].cancelled &= strands[index].cancelled - 1
      return .cancel(strand: index, effect: effect, token: strands[index].firstToken + effect)
    }
    if !notes.isEmpty { return .note(notes.removeFirst()) }
    for index in 0..<strandsUsed where strands[index].state == .drawing { return .draw(strand: index) }
    hasErrands = false
    guard keepsFailure, case .refuse(let cause) = answer else { return nil }
    keepsFailure = false
    return .keepFailure(cause)
  }

  // MARK: Help

  private mutating func advance(_ index: Int, to counter: Int) {
    strands[index].counter = counter
    strands[index].state = .ready
  }

  private func choice(of index: Int, in plan: borrowing MachinePlan) -> Plan.Choice {
    precondition(strands[index].choice >= 0, "the use declares its fragments")
    return plan.choices[strands[index].choice]
  }

  private mutating func end(_ action: Action) {
    if detachedAtWork == 0 {
      for index in 0..<strandsUsed { abandon(index) }
    } else {
      for index in 0..<strandsUsed where !strands[index].isDetached { abandon(index) }
    }
    precondition(
      branchesAtWork == 0 && (effectsInFlight == 0 || detachedAtWork > 0), "only detached uses outlive the request")
    // A detached use that has yielded comes again without it.
    hasYielded = false
    answer = action
    phase = .ending
    if !undos.isEmpty { beginUndo(action) }
  }

  private mutating func beginUndo(_ action: Action) {
    if action == .respond { return undos.removeAll(keepingCapacity: true) }
    phase = .undoing
    keepsFailure = action != .discard
    hasErrands = true
  }
}

/// What the machine has to know of a ``Need``.
@_spi(Server) public struct NeedShape: Equatable, Sendable {
  public var effects: Int
  public var inOrder: Bool
  public var join: Join

  public init(effects: Int, inOrder: Bool = false, join: Join = .allRequired) {
    self.effects = effects
    self.inOrder = inOrder
    self.join = join
  }

  public init(_ need: Need) {
    self.init(effects: need.effects.count, inOrder: need.mode == .inOrder, join: need.join)
  }
}
