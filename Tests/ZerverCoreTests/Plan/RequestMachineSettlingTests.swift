import Testing

@_spi(Server) @testable import ZerverCore

private let one = "use charge line=1 needs=db\nrun 0"

/// Requests whose plan waits for a word from outside, and whose answer is kept before it is given.
@Suite struct RequestMachineSettlingTests {
  @Test("a held request does nothing until it is released, also after its deadline: who holds it knows that")
  func held() {
    let player = Player(one, deadline: 500, isHeld: true)
    #expect(player.next() == .park && player.wakeAt == Instant(nanoseconds: .max))
    player.pass(501)
    #expect(player.next() == .park && !player.isIdle)
    player.now = Instant(nanoseconds: 0)
    player.machine.released()
    #expect(player.wakeAt == Instant(nanoseconds: 500))
    #expect(player.next() == .run(strand: 0, use: 0))
  }

  @Test("the answer of a released request is settled before it is given")
  func settles() {
    let player = Player(one, isHeld: true)
    player.machine.released()
    _ = player.next()
    player.decide(.done)
    #expect(player.next() == .settle(nil))
    #expect(player.next() == .park && player.wakeAt == Instant(nanoseconds: .max) && !player.isIdle)
    player.pass(2_000_000)
    #expect(player.next() == .park)
    player.machine.settled()
    #expect(player.next() == .respond && player.isIdle)
  }

  @Test("a failure is settled behind the compensations, with its cause")
  func settlesFailure() {
    let player = Player(
      """
      use charge line=1
      use order line=2
      use refund line=1
      run 0 undo=3
      run 1
      jump 4
      run 2
      arrive
      """, isHeld: true)
    player.machine.released()
    #expect(player.next() == .run(strand: 0, use: 0))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.failed)
    #expect(player.next() == .keepFailure(.failure))
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(.continued)
    #expect(player.next() == .note(.undone(use: 2)))
    #expect(player.next() == .settle(.failure))
    player.machine.settled()
    #expect(player.next() == .refuse(.failure) && player.isIdle)
  }

  @Test("the deadline of a released request settles its failure as well")
  func deadline() {
    let player = Player(one, deadline: 500, isHeld: true)
    player.machine.released()
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(500)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .settle(.deadlinePassed))
    player.machine.settled()
    #expect(player.next() == .refuse(.deadlinePassed))
  }

  @Test("a request that is preempted answers without its plan, and settles nothing", arguments: [
    RequestMachine.Action.respond, .refuse(.failure),
  ])
  func preempted(_ answer: RequestMachine.Action) {
    let player = Player(one, isHeld: true)
    player.machine.preempted(by: answer)
    #expect(player.next() == answer && player.isIdle)
  }

  @Test("detached uses go on while an answer is settled, and after it")
  func detached() {
    let player = Player(
      """
      use order line=1
      use mail line=2 needs=db
      detach 2
      run 0
      run 1
      arrive
      """, isHeld: true)
    player.machine.released()
    #expect(player.next() == .run(strand: 0, use: 0))
    player.decide(.done)
    #expect(player.next() == .settle(nil))
    #expect(player.next() == .run(strand: 1, use: 1))
    player.need(1, strand: 1)
    guard case .submit(1, 0, let token, _) = player.next() else {
      Issue.record("the detached use waits for nothing")
      return
    }
    #expect(player.next() == .park)
    player.machine.settled()
    #expect(player.next() == .respond && !player.isIdle)
    #expect(player.complete(token))
    #expect(player.next() == .run(strand: 1, use: 1, isResuming: true))
    player.decide(.continued, strand: 1)
    #expect(player.next() == .note(.detachedEnded(use: 1)))
    #expect(player.next() == .discard && player.isIdle)
  }

  @Test("a client that goes away leaves a request behind that runs and settles all the same, and answers nobody")
  func abandoned() {
    let events: [(Player) -> Void] = [
      { _ in },
      { $0.machine.released() },
      {
        $0.machine.released()
        _ = $0.next()
        $0.decide(.done)
      },
      {
        $0.machine.released()
        _ = $0.next()
        $0.decide(.done)
        #expect($0.next() == .settle(nil))
      },
    ]
    for (count, event) in events.enumerated() {
      let player = Player(one, isHeld: true)
      event(player)
      player.machine.abandoned()
      #expect(player.outlivesClient)
      if count == 0 {
        #expect(player.next() == .park)
        player.machine.released()
      }
      if count <= 1 {
        #expect(player.next() == .run(strand: 0, use: 0))
        player.decide(.done)
      }
      if count <= 2 { #expect(player.next() == .settle(nil)) }
      #expect(player.next() == .park)
      player.machine.settled()
      #expect(player.next() == .discard && player.isIdle)
    }
  }

  @Test("a request whose client has gone while it was held is preempted without an answer")
  func abandonedThenPreempted() {
    let player = Player(one, isHeld: true)
    player.machine.abandoned()
    player.machine.preempted(by: .respond)
    #expect(player.next() == .discard && player.isIdle)
  }

  @Test("a server that stops settles nothing, and the next request of the machine is like the first")
  func cut() {
    for isReleased in [false, true] {
      let player = Player(one, isHeld: true)
      if isReleased { player.machine.released() }
      player.machine.abandoned()
      player.machine.cut(in: player.plan)
      #expect(player.next() == .discard && player.isIdle)
      player.machine.started(deadline: Instant(nanoseconds: 10), limits: .init())
      #expect(player.next() == .decode)
      player.machine.decoded(.continued)
      #expect(player.next() == .run(strand: 0, use: 0) && !player.outlivesClient)
      player.decide(.done)
      #expect(player.next() == .respond)
    }
  }

  // MARK: Changes

  /// A plan whose first use has a need with one change in it that has succeeded, and which has not been resumed.
  private func afterChange(_ assembly: String, effects: Int = 1) -> Player {
    let player = Player(assembly, deadline: 500, isHeld: true)
    player.machine.released()
    _ = player.next()
    player.need(effects)
    let tokens = player.submitted()
    player.complete(tokens[0], hasChanged: true)
    return player
  }

  private let two = "use charge line=1 needs=db\nuse order line=2 needs=db\nrun 0\nrun 1"
  private let undone = """
    use charge line=1 needs=db
    use order line=2 needs=db
    use refund line=1 needs=db
    run 0 undo=3
    run 1
    jump 5
    run 2
    arrive
    run 1
    """

  @Test("a change is left when the deadline passes before its step has seen it", arguments: [false, true])
  func leavesUnseen(hasUndo: Bool) {
    // Its use has not succeeded, so no compensation takes it back.
    let player = afterChange(hasUndo ? undone : two)
    player.pass(500)
    #expect(player.next() == .settle(.deadlinePassed))
    #expect(player.leavesChanges)
  }

  @Test("a change is left when another effect of its need fails, or a later round of its step")
  func leavesBesides() {
    let besides = afterChange(two, effects: 2)
    besides.complete(1, succeeded: false)
    #expect(besides.next() == .settle(.effect(strand: 0, effect: 1)))
    #expect(besides.leavesChanges)
    let later = afterChange(two)
    #expect(later.next() == .run(strand: 0, use: 0, isResuming: true))
    later.need(1)
    later.complete(later.submitted()[0], succeeded: false)
    #expect(later.next() == .settle(.effect(strand: 0, effect: 0)))
    #expect(later.leavesChanges)
  }

  @Test("a change of a use that has succeeded is left without a compensation, and taken back with one", arguments: [false, true])
  func leavesBehind(hasUndo: Bool) {
    let player = afterChange(hasUndo ? undone : two)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.failed)
    if hasUndo {
      #expect(player.next() == .keepFailure(.failure))
      #expect(player.next() == .run(strand: 0, use: 2))
      // What a compensation changes is not to be taken back.
      player.need(1)
      player.complete(player.submitted()[0], hasChanged: true)
      #expect(player.next() == .run(strand: 0, use: 2, isResuming: true))
      player.decide(.continued)
      #expect(player.next() == .note(.undone(use: 2)))
    }
    #expect(player.next() == .settle(.failure))
    #expect(player.leavesChanges != hasUndo)
  }

  @Test("a compensation takes back the changes of its own use, and of no other")
  func leavesOther() {
    let player = afterChange(undone)
    _ = player.next()
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
    player.need(1)
    player.complete(player.submitted()[0], hasChanged: true)
    player.pass(500)
    #expect(player.next() == .keepFailure(.deadlinePassed))
    #expect(player.leavesChanges)
  }

  @Test("an answer drops the compensations, and with them what they would have taken back")
  func leavesAnswered() {
    let player = afterChange(undone)
    _ = player.next()
    player.decide(.continued)
    _ = player.next()
    player.decide(.done)
    #expect(player.next() == .settle(nil))
    #expect(player.leavesChanges)
  }

  @Test("a use that is tried again leaves nothing, and the next request on a machine neither")
  func leavesNothing() {
    let player = afterChange("use charge line=1 needs=db retry=1 backoff=10..10\nrun 0")
    player.pass(500)
    #expect(player.next() == .settle(.deadlinePassed))
    #expect(!player.leavesChanges)
    let other = afterChange(two)
    other.machine.cut(in: other.plan)
    while !other.isIdle { _ = other.next() }
    other.machine.started(deadline: Instant(nanoseconds: 1000), limits: .init())
    _ = other.next()
    other.machine.decoded(.failed)
    #expect(!other.leavesChanges)
  }

  @Test("the longest compensation has all of its attempts and the longest waits between them")
  func longestUndo() {
    let plan = MachinePlan(
      Plan(
        assembly: """
          use charge line=1
          use order line=2
          use refund line=1
          use cancel line=2 retry=3 backoff=10..30
          use drop line=2 built-in
          run 0 undo=3
          run 1 undo=5
          jump 8
          run 2
          arrive
          run 3 else=6
          run 4
          arrive
          run 1
          """))
    #expect(plan.longestUndo(attempt: .seconds(5)) == .seconds(20) + .nanoseconds(10 + 20 + 30))
    #expect(MachinePlan(Plan(assembly: two)).longestUndo(attempt: .seconds(5)) == .zero)
  }
}
