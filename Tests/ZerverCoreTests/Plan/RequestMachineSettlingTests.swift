import Testing

@testable import ZerverCore

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
}
