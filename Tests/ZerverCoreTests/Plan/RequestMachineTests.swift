import Testing

@_spi(Server) @testable import ZerverCore

private let sequence = """
  use first line=1
  use second line=2
  run 0
  run 1
  """

private func group(_ join: String) -> String {
  """
  use left line=1 needs=db
  use middle line=2 needs=db
  use right line=3 needs=db
  use last line=4
  fork \(join) 1 3 5 then=7
  run 0
  arrive
  run 1
  arrive
  run 2
  arrive
  run 3
  """
}

@Suite struct RequestMachineTests {
  @Test("steps run one after the other, and done ends the request")
  func runsInSequence() {
    let player = Player(sequence)
    #expect(player.next() == .run(strand: 0, use: 0))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(player.isIdle)
    #expect(player.next() == .park)
  }

  @Test("input that cannot be decoded refuses the request before any step")
  func refusesBadInput() {
    let plan = MachinePlan(Plan(assembly: sequence))
    var machine = RequestMachine()
    machine.started(deadline: Instant(nanoseconds: 10), limits: .init())
    let first = machine.next(in: plan)
    #expect(first == .decode)
    machine.decoded(.failed)
    let second = machine.next(in: plan)
    #expect(second == .refuse(.failure))
  }

  @Test("a failing step refuses the request and runs nothing else")
  func stepFails() {
    let player = Player(sequence)
    _ = player.next()
    player.decide(.failed)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("a plan that ends without a response is refused")
  func planEnds() {
    let player = Player("use only line=1\nrun 0")
    _ = player.next()
    player.decide(.continued)
    #expect(player.next() == .refuse(.planEnded))
  }

  @Test("a step that needs effects is resumed when all have succeeded")
  func resumesAfterEffects() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(2)
    #expect(player.submitted() == [0, 1])
    #expect(player.afterSubmits() == .park)
    #expect(player.complete(1))
    #expect(player.next() == .park)
    #expect(player.complete(0))
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
    player.decide(.done)
    #expect(player.next() == .respond)
  }

  @Test("a second round of effects gets new tokens, and the tokens of the first are stale")
  func secondRound() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(1)
    #expect(player.submitted() == [0])
    player.complete(0)
    _ = player.next()
    player.need(1)
    #expect(player.submitted() == [1])
    #expect(!player.complete(0))
    #expect(player.complete(1))
  }

  @Test("a need without effects resumes at once")
  func emptyNeed() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(0)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
  }

  @Test("effects in order are submitted one at a time")
  func inOrder() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(2, inOrder: true)
    #expect(player.submitted() == [0])
    player.complete(0)
    #expect(player.submitted() == [1])
    player.complete(1)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
  }

  @Test("effects beyond the cap wait until one in flight has completed")
  func effectCap() {
    var limits = RequestMachine.Limits()
    limits.effectsInFlightMax = 2
    let player = Player("use load line=1 needs=db\nrun 0", limits: limits)
    _ = player.next()
    player.need(3)
    #expect(player.submitted() == [0, 1])
    player.complete(0)
    #expect(player.submitted() == [2])
  }

  @Test("more effects than a need may have refuse the request")
  func tooManyEffects() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(65)
    #expect(player.next() == .refuse(.tooManyEffects(use: 0)))
  }

  struct EffectJoin: Sendable, CustomTestStringConvertible {
    let join: Join
    /// One letter per completion of three effects, in the order of their tokens: `s` success, `f` failure.
    let completions: String
    let resumes: Bool?
    let cancelled: [Int]
    var testDescription: String { "\(join) after \(completions)" }
  }

  @Test(
    "a need is met as its join says",
    arguments: [
      EffectJoin(join: .all, completions: "sf", resumes: nil, cancelled: []),
      EffectJoin(join: .all, completions: "sff", resumes: true, cancelled: []),
      EffectJoin(join: .allRequired, completions: "ss", resumes: nil, cancelled: []),
      EffectJoin(join: .allRequired, completions: "f", resumes: false, cancelled: [1, 2]),
      EffectJoin(join: .any, completions: "f", resumes: true, cancelled: [1, 2]),
      EffectJoin(join: .firstSuccess, completions: "f", resumes: nil, cancelled: []),
      EffectJoin(join: .firstSuccess, completions: "fs", resumes: true, cancelled: [2]),
      EffectJoin(join: .firstSuccess, completions: "fff", resumes: false, cancelled: []),
      EffectJoin(join: .quorum(2), completions: "s", resumes: nil, cancelled: []),
      EffectJoin(join: .quorum(2), completions: "sfs", resumes: true, cancelled: []),
      EffectJoin(join: .quorum(2), completions: "ss", resumes: true, cancelled: [2]),
      EffectJoin(join: .quorum(2), completions: "ff", resumes: false, cancelled: [2]),
    ])
  func effectJoins(_ row: EffectJoin) {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(3, join: row.join)
    #expect(player.submitted() == [0, 1, 2])
    for (token, letter) in row.completions.enumerated() { player.complete(token, succeeded: letter == "s") }
    var cancelled: [Int] = []
    var action = player.next()
    while case .cancel(_, _, let token) = action {
      cancelled.append(token)
      action = player.next()
    }
    #expect(cancelled == row.cancelled)
    switch row.resumes {
    case nil: #expect(action == .park)
    case true?: #expect(action == .run(strand: 0, use: 0, isResuming: true))
    case false?: #expect(action == .refuse(.effect(strand: 0, effect: row.completions.count - 1)))
    }
    for token in cancelled { #expect(!player.complete(token), "a cancelled operation is stale") }
  }

  @Test("branches of a group run side by side, and the plan goes on when all have arrived")
  func parallel() {
    let player = Player(group("all-required"))
    #expect(player.next() == .run(strand: 1, use: 0))
    player.need(1, strand: 1)
    // Submission comes before the next branch runs, so that its round trip overlaps with the branch.
    #expect(player.next() == .submit(strand: 1, effect: 0, token: 0, deadline: Instant(nanoseconds: 1_000_000)))
    #expect(player.next() == .run(strand: 2, use: 1))
    player.need(1, strand: 2)
    #expect(player.next() == .submit(strand: 2, effect: 0, token: 1, deadline: Instant(nanoseconds: 1_000_000)))
    #expect(player.next() == .run(strand: 3, use: 2))
    player.decide(.continued, strand: 3)
    #expect(player.next() == .park)
    player.complete(1)
    #expect(player.next() == .run(strand: 2, use: 1, isResuming: true))
    player.decide(.continued, strand: 2)
    #expect(player.next() == .park)
    player.complete(0)
    #expect(player.next() == .run(strand: 1, use: 0, isResuming: true))
    player.decide(.continued, strand: 1)
    #expect(player.next() == .run(strand: 0, use: 3))
  }

  @Test("the cap on parallel steps holds branches back")
  func branchCap() {
    var limits = RequestMachine.Limits()
    limits.parallelStepsMax = 1
    let player = Player(group("all-required"), limits: limits)
    #expect(player.next() == .run(strand: 1, use: 0))
    player.need(1, strand: 1)
    #expect(player.submitted() == [0])
    #expect(player.afterSubmits() == .park)
    player.complete(0)
    #expect(player.next() == .run(strand: 1, use: 0, isResuming: true))
    player.decide(.continued, strand: 1)
    #expect(player.next() == .run(strand: 1, use: 1))
  }

  struct BranchJoin: Sendable, CustomTestStringConvertible {
    let join: String
    let outcomes: String
    let goesOn: Bool?
    var testDescription: String { "\(join) after \(outcomes)" }
  }

  @Test(
    "a group is met as its join says",
    arguments: [
      BranchJoin(join: "all", outcomes: "sf", goesOn: nil),
      BranchJoin(join: "all", outcomes: "fff", goesOn: true),
      BranchJoin(join: "all-required", outcomes: "sf", goesOn: false),
      BranchJoin(join: "any", outcomes: "f", goesOn: true),
      BranchJoin(join: "first-success", outcomes: "fs", goesOn: true),
      BranchJoin(join: "first-success", outcomes: "fff", goesOn: false),
      BranchJoin(join: "quorum-2", outcomes: "sfs", goesOn: true),
      BranchJoin(join: "quorum-2", outcomes: "ff", goesOn: false),
    ])
  func branchJoins(_ row: BranchJoin) {
    let player = Player(group(row.join))
    var tokens: [Int] = []
    // All three branches wait for one effect each.
    while true {
      let action = player.next()
      if case .run(let strand, _, _) = action {
        player.need(1, strand: strand, join: .all)
      } else if case .submit(_, _, let token, _) = action {
        tokens.append(token)
      } else {
        #expect(action == .park)
        break
      }
    }
    for (index, letter) in row.outcomes.enumerated() {
      player.complete(tokens[index])
      guard case .run(let strand, _, _) = player.next() else {
        Issue.record("the branch is resumed")
        return
      }
      player.decide(letter == "s" ? .continued : .failed, strand: strand)
    }
    var action = player.next()
    var cancelled = 0
    while case .cancel = action {
      cancelled += 1
      action = player.next()
    }
    switch row.goesOn {
    case nil: #expect(action == .park && cancelled == 0)
    case true?: #expect(action == .run(strand: 0, use: 3))
    case false?: #expect(action == .refuse(.failure))
    }
    if row.goesOn != nil { #expect(cancelled == 3 - row.outcomes.count) }
  }

  @Test("a when takes its branch, and otherwise the other")
  func conditions() {
    let assembly = """
      use then line=1
      use otherwise line=2
      use last line=3
      test 0 else=3
      run 0
      jump 4
      run 1
      run 2
      """
    for (holds, use) in [(true, 0), (false, 1)] {
      let player = Player(assembly)
      #expect(player.next() == .test(strand: 0, condition: 0))
      player.machine.tested(holds, strand: 0, in: player.plan)
      #expect(player.next() == .run(strand: 0, use: use))
      player.decide(.continued)
      #expect(player.next() == .run(strand: 0, use: 2))
    }
  }

  private let fragments = """
    use choose line=1
    use last line=2
    use extra line=3
    use instead line=4
    run 0 inserts=2 replaces=4
    run 1
    run 2
    jump 1
    run 3
    """

  @Test("an inserted fragment runs before the plan goes on")
  func inserts() {
    let player = Player(fragments)
    _ = player.next()
    player.decide(.inserted(0))
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
  }

  @Test("a replacing fragment runs instead of the rest")
  func replaces() {
    let player = Player(fragments)
    _ = player.next()
    player.decide(.replaced(0))
    #expect(player.next() == .run(strand: 0, use: 3))
    player.decide(.done)
    #expect(player.next() == .respond)
  }

  @Test("replacing out of a branch cancels what the other branches wait for")
  func replacesFromBranch() {
    let player = Player(
      """
      use load line=1 needs=db
      use choose line=2
      use last line=3
      use instead line=4
      fork all-required 1 3 then=5
      run 0
      arrive
      run 1 replaces=6
      arrive
      run 2
      run 3
      """)
    #expect(player.next() == .run(strand: 1, use: 0))
    player.need(1, strand: 1)
    #expect(player.next() == .submit(strand: 1, effect: 0, token: 0, deadline: Instant(nanoseconds: 1_000_000)))
    #expect(player.next() == .run(strand: 2, use: 1))
    player.decide(.replaced(0), strand: 2)
    #expect(player.next() == .cancel(strand: 1, effect: 0, token: 0))
    #expect(player.next() == .run(strand: 0, use: 3))
    #expect(!player.complete(0))
  }

  @Test("a step that yields goes to the back of the queue and is run again")
  func yields() {
    let player = Player("use count line=1 cooperative\nrun 0")
    _ = player.next()
    player.decide(.yielded)
    #expect(player.next() == .requeue)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
  }

  @Test("a use that outlives its timeout fails, and its late completion is stale")
  func timesOut() {
    let player = Player("use load line=1 needs=db timeout=100\nrun 0")
    player.now = Instant(nanoseconds: 50)
    _ = player.next()
    player.need(1)
    #expect(player.next() == .submit(strand: 0, effect: 0, token: 0, deadline: Instant(nanoseconds: 150)))
    #expect(player.wakeAt == Instant(nanoseconds: 150))
    player.machine.timePassed(Instant(nanoseconds: 149), in: player.plan)
    #expect(player.next() == .park)
    player.machine.timePassed(Instant(nanoseconds: 150), in: player.plan)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .refuse(.stepTimedOut(use: 0)))
    #expect(!player.complete(0))
  }

  @Test("a timeout counts from the first round of a use, not from the last")
  func timeoutSpansRounds() {
    let player = Player("use load line=1 needs=db timeout=100\nrun 0")
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.complete(0)
    _ = player.next()
    player.now = Instant(nanoseconds: 90)
    player.need(1)
    #expect(player.wakeAt == Instant(nanoseconds: 100))
  }

  @Test("the deadline ends the request wherever it is, and cancels what is outstanding")
  func deadline() {
    let player = Player("use load line=1 needs=db\nrun 0", deadline: 500)
    _ = player.next()
    player.need(2)
    _ = player.submitted()
    player.machine.timePassed(Instant(nanoseconds: 500), in: player.plan)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .cancel(strand: 0, effect: 1, token: 1))
    #expect(player.next() == .refuse(.deadlinePassed))
    #expect(player.isIdle)
  }

  @Test("a client that goes away cancels everything and is not answered")
  func clientGone() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.machine.abandoned()
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .discard)
    #expect(player.isIdle)
  }

  @Test("a machine serves one request after the other without remembering the last")
  func reuse() {
    let player = Player(group("all-required"))
    _ = player.next()
    player.machine.abandoned()
    while player.next() != .discard {}
    player.machine.started(deadline: Instant(nanoseconds: 10), limits: .init())
    #expect(player.next() == .decode)
    player.machine.decoded(.continued)
    #expect(player.next() == .run(strand: 1, use: 0))
  }

  @Test("random plans end exactly once, and leave nothing in flight", arguments: 0..<300)
  func randomWalk(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let join = ["all", "all-required", "any", "first-success", "quorum-2"][Int(random.next() % 5)]
    let player = Player(group(join) + "\n", deadline: 1_000_000)
    var open: Set<Int> = []
    var ended = false
    for _ in 0..<500 where !ended {
      switch player.next() {
      case .decode: Issue.record("decoded twice")
      case .run(let strand, let use, _):
        if use == 3 {
          player.decide(.done, strand: strand)
        } else {
          switch random.next() % 4 {
          case 0: player.decide(.continued, strand: strand)
          case 1: player.decide(.failed, strand: strand)
          default: player.need(Int(random.next() % 3), strand: strand, join: .all)
          }
        }
      case .test: Issue.record("the plan has no test")
      case .submit(_, _, let token, _): #expect(open.insert(token).inserted)
      case .cancel(_, _, let token): #expect(open.remove(token) != nil, "only what is in flight is cancelled")
      case .requeue: Issue.record("no step yields")
      case .receive: Issue.record("no step takes parts")
      case .draw, .note, .keepFailure, .settle, .discard: Issue.record("the plan has no retries, compensations or detached uses")
      case .park:
        if let token = open.randomElement(using: &random) {
          open.remove(token)
          #expect(player.complete(token, succeeded: random.next() % 4 != 0))
        } else {
          Issue.record("parked with nothing in flight")
          ended = true
        }
      case .respond, .refuse:
        ended = true
        #expect(open.isEmpty, "everything in flight was cancelled")
      }
    }
    #expect(ended, "seed \(seed)")
    #expect(player.isIdle)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014), so that a seed repeats a test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
