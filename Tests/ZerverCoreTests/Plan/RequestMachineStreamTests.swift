import Testing

@_spi(Server) @testable import ZerverCore

/// A step that gives its output in parts.
@Suite struct RequestMachineStreamTests {
  @Test("after a part the request waits, without a deadline, until there is room")
  func waitsForRoom() {
    let player = Player("use give line=1\nrun 0", deadline: 100)
    _ = player.next()
    player.decide(.emitted)
    #expect(player.next() == .park)
    #expect(player.wakeAt == Instant(nanoseconds: .max))
    player.pass(1_000)
    #expect(player.next() == .park)
    player.machine.roomMade(deadline: Instant(nanoseconds: 2_000))
    #expect(player.next() == .requeue)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(player.isIdle)
  }

  @Test("each part has the whole deadline")
  func deadlineOfPart() {
    let player = Player("use give line=1 needs=db\nrun 0", deadline: 100)
    _ = player.next()
    player.decide(.emitted)
    player.machine.roomMade(deadline: Instant(nanoseconds: 2_000))
    _ = player.next()
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
    let player = Player("use give line=1 needs=db timeout=100\nrun 0")
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(90)
    player.complete(0)
    _ = player.next()
    player.decide(.emitted)
    player.machine.roomMade(deadline: Instant(nanoseconds: 10_000))
    _ = player.next()
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(189)
    #expect(player.next() == .park)
    player.pass(190)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 1))
    #expect(player.next() == .refuse(.stepTimedOut(use: 0)))
  }

  @Test("what fails after a part is neither tried again nor replaced")
  func failsForGood() {
    let player = Player("use give line=1 needs=db retry=3 backoff=10..80\nuse other line=2\nrun 0 else=1\nrun 1")
    _ = player.next()
    player.decide(.emitted)
    player.machine.roomMade(deadline: Instant(nanoseconds: 1_000))
    _ = player.next()
    _ = player.next()
    player.decide(.failed, isTransient: true)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("a client that goes away ends a stream that waits for it")
  func abandoned() {
    let player = Player("use give line=1\nrun 0")
    _ = player.next()
    player.decide(.emitted)
    _ = player.next()
    player.machine.abandoned()
    #expect(player.next() == .discard)
    #expect(player.isIdle)
  }

  @Test("tokens are forgotten only when many are used and none is in flight")
  func tokens() {
    let player = Player("use give line=1 needs=db\nrun 0")
    _ = player.next()
    var rounds = 0
    while !player.mayForgetTokens {
      player.need(1)
      #expect(player.submitted() == [rounds])
      #expect(!player.mayForgetTokens)
      player.complete(rounds)
      _ = player.next()
      rounds += 1
    }
    #expect(rounds == OperationID.tokensMax / 2 + 1)
    player.machine.forgetTokens()
    player.need(1)
    #expect(player.submitted() == [0])
  }
}
