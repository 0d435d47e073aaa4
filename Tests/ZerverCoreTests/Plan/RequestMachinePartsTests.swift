import Testing

@_spi(Server) @testable import ZerverCore

/// A step that takes the input in parts.
@Suite struct RequestMachinePartsTests {
  private func player(_ assembly: String = "use add line=1 needs=db parts\npart\nrun 0", deadline: UInt64 = 100) -> Player {
    let player = Player(assembly, deadline: deadline)
    #expect(player.next() == .receive)
    #expect(player.next() == .park)
    return player
  }

  @Test("the step starts with the first part, and is resumed with each further one")
  func parts() {
    let player = player()
    player.arrive()
    #expect(player.next() == .run(strand: 0, use: 0))
    player.decide(.taken)
    #expect(player.next() == .receive)
    #expect(player.next() == .park)
    player.arrive()
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(player.isIdle)
  }

  @Test("a step before the one that takes parts does not wait for any")
  func stepBefore() {
    let player = Player("use load line=1\nuse add line=2 parts\nuse show line=3\nrun 0\npart\nrun 1\nrun 2")
    #expect(player.next() == .run(strand: 0, use: 0))
    player.decide(.continued)
    #expect(player.next() == .receive)
    player.arrive()
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 2))
  }

  @Test("no deadline runs while the request waits for a part, and each part has the whole of it")
  func deadline() {
    let player = player()
    #expect(player.wakeAt == Instant(nanoseconds: .max))
    player.pass(1_000)
    #expect(player.next() == .park)
    player.arrive(deadline: 2_000)
    _ = player.next()
    player.need(1)
    #expect(player.submitted() == [0])
    player.pass(1_999)
    #expect(player.afterSubmits() == .park)
    player.pass(2_000)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .refuse(.deadlinePassed))
  }

  @Test("the timeout of the use counts anew for each part")
  func timeoutOfPart() {
    let player = player("use add line=1 needs=db timeout=100 parts\npart\nrun 0")
    player.arrive(deadline: 10_000)
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(90)
    player.complete(0)
    _ = player.next()
    player.decide(.taken)
    #expect(player.next() == .receive)
    player.pass(500)
    player.arrive(deadline: 10_000)
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(599)
    #expect(player.next() == .park)
    player.pass(600)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 1))
    #expect(player.next() == .refuse(.stepTimedOut(use: 0)))
  }

  @Test("a part that cannot be read fails the request, and what was done before it is undone")
  func badPart() {
    let player = player("use add line=1 needs=db parts\nuse store line=2\nuse remove line=3\nrun 1 undo=3\npart\nrun 0\nrun 2\narrive", starting: 1)
    player.arrive(.failed)
    #expect(player.next() == .keepFailure(.failure))
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(.continued)
    #expect(player.next() == .note(.undone(use: 2)))
    #expect(player.next() == .refuse(.failure))
    #expect(player.isIdle)
  }

  private func player(_ assembly: String, starting use: Int) -> Player {
    let player = Player(assembly)
    #expect(player.next() == .run(strand: 0, use: use))
    player.decide(.continued)
    #expect(player.next() == .receive)
    return player
  }

  @Test("a client that goes away ends a request that waits for its next part")
  func abandoned() {
    let player = player()
    player.machine.abandoned()
    #expect(player.next() == .discard)
    #expect(player.isIdle)
    // A part that comes late finds nobody.
    player.arrive()
    #expect(player.next() == .park)
  }

  @Test("a server that stops ends a request that waits for its next part")
  func cut() {
    let player = player()
    player.machine.cut(in: player.plan)
    #expect(player.next() == .discard)
    #expect(player.isIdle)
  }

  @Test("a detached use goes on while the request waits for a part, and keeps its own deadline")
  func besideDetached() {
    let player = Player("use tell line=1 needs=db\nuse add line=2 parts\ndetach 3\npart\nrun 1\nrun 0\narrive")
    #expect(player.next() == .receive)
    #expect(player.next() == .run(strand: 1, use: 0))
    player.need(1, strand: 1)
    #expect(player.submitted() == [0])
    #expect(!player.mayForgetTokens)
    player.complete(0)
    #expect(player.next() == .run(strand: 1, use: 0, isResuming: true))
  }

  @Test("tokens are forgotten between two parts")
  func tokens() {
    let player = player("use add line=1 needs=db parts\npart\nrun 0", deadline: 1_000_000)
    player.arrive()
    _ = player.next()
    for token in 0...(OperationID.tokensMax / 2) {
      player.need(1)
      #expect(player.submitted() == [token])
      player.complete(token)
      _ = player.next()
    }
    player.decide(.taken)
    #expect(player.next() == .receive)
    #expect(player.mayForgetTokens)
    player.machine.forgetTokens()
    player.arrive()
    _ = player.next()
    player.need(1)
    #expect(player.submitted() == [0])
  }
}

extension Player {
  fileprivate func arrive(_ outcome: StepOutcome = .continued, deadline: UInt64 = 1_000_000) {
    machine.partArrived(outcome, deadline: Instant(nanoseconds: deadline), in: plan)
  }
}
