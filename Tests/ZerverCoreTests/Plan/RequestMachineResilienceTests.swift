import Testing

@_spi(Server) @testable import ZerverCore

/// Retries, fallbacks, compensations and detached uses.
@Suite struct RequestMachineResilienceTests {
  // MARK: Retries

  private let retried = "use load line=1 needs=db timeout=100 retry=2 backoff=10..15\nuse last line=2\nrun 0\nrun 1"

  /// The ways in which an attempt can fail, and what the machine calls each.
  enum Failure: CaseIterable { case step, effect, timeout }

  private func fail(_ player: Player, _ failure: Failure, isTransient: Bool = true) {
    switch failure {
    case .step: player.decide(.failed, isTransient: isTransient)
    case .effect:
      player.need(1)
      player.complete(player.submitted()[0], succeeded: false, isTransient: isTransient)
    case .timeout:
      player.need(1)
      _ = player.submitted()
      player.pass(player.now.nanoseconds + 100)
      guard case .cancel = player.next() else {
        Issue.record("what is outstanding is cancelled")
        return
      }
    }
  }

  private func cause(_ failure: Failure) -> RequestMachine.Cause {
    switch failure {
    case .step: .failure
    case .effect: .effect(strand: 0, effect: 0)
    case .timeout: .stepTimedOut(use: 0)
    }
  }

  @Test("a failure that may pass is tried again after a part of the backoff", arguments: Failure.allCases)
  func retries(failure: Failure) {
    let player = Player(retried)
    for wait: UInt64 in [10, 15] {
      #expect(player.next() == .run(strand: 0, use: 0))
      fail(player, failure)
      #expect(player.next() == .draw(strand: 0))
      player.draw()
      #expect(player.next() == .note(.retried(use: 0)))
      #expect(player.next() == .park)
      let wakeAt = player.now.nanoseconds + wait
      #expect(player.wakeAt == Instant(nanoseconds: wakeAt))
      player.pass(wakeAt - 1)
      #expect(player.next() == .park, "it is too early")
      player.pass(wakeAt)
    }
    #expect(player.next() == .run(strand: 0, use: 0))
    fail(player, failure)
    #expect(player.next() == .refuse(cause(failure)))
  }

  @Test("an attempt that succeeds ends the retries, and the next use has its own")
  func retrySucceeds() {
    let player = Player(retried)
    _ = player.next()
    fail(player, .effect)
    _ = player.next()
    player.draw(0)
    #expect(player.next() == .note(.retried(use: 0)))
    player.pass(player.now.nanoseconds)
    #expect(player.next() == .run(strand: 0, use: 0))
    player.need(1)
    #expect(player.submitted() == [1], "an attempt has tokens of its own")
    player.complete(1)
    #expect(player.next() == .run(strand: 0, use: 0, isResuming: true))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 1))
  }

  @Test("an error that is no outage is never tried again", arguments: [Failure.step, .effect])
  func finalFailure(failure: Failure) {
    let player = Player(retried)
    _ = player.next()
    fail(player, failure, isTransient: false)
    #expect(player.next() == .refuse(cause(failure)))
  }

  @Test("a use without a policy is not tried again")
  func noPolicy() {
    let player = Player("use load line=1 needs=db\nrun 0")
    _ = player.next()
    player.decide(.failed, isTransient: true)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("an attempt that would begin after the deadline is not made")
  func retryPastDeadline() {
    let player = Player(retried, deadline: 9)
    _ = player.next()
    fail(player, .effect)
    #expect(player.next() == .draw(strand: 0))
    player.draw()
    #expect(player.next() == .refuse(.effect(strand: 0, effect: 0)))
  }

  @Test("the deadline and a client that goes away end a wait between attempts")
  func backoffEnds() {
    for ends in [true, false] {
      let player = Player(retried, deadline: 12)
      _ = player.next()
      player.decide(.failed, isTransient: true)
      _ = player.next()
      player.draw()
      _ = player.next()
      if ends { player.pass(12) } else { player.machine.abandoned() }
      #expect(player.next() == (ends ? .refuse(.deadlinePassed) : .discard))
      #expect(player.isIdle)
    }
  }

  // MARK: Fallbacks

  private let fallback = """
    use load line=1 needs=db retry=1 backoff=5..5
    use guess line=1
    use last line=2
    run 0 else=2
    run 2
    run 1
    jump 1
    """

  @Test("a use that has failed for good goes on at its fallback, whatever it has failed with", arguments: [true, false])
  func fallsBack(isTransient: Bool) {
    let player = Player(fallback)
    #expect(player.next() == .run(strand: 0, use: 0))
    if isTransient {
      player.decide(.failed, isTransient: true)
      #expect(player.next() == .draw(strand: 0))
      player.draw()
      _ = player.next()
      player.pass(5)
      #expect(player.next() == .run(strand: 0, use: 0))
    }
    player.decide(.failed, isTransient: isTransient)
    #expect(player.next() == .note(.fellBack(use: 0, .failure)))
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 2))
  }

  @Test("a fallback of one branch is nothing to its neighbours")
  func fallsBackInBranch() {
    let player = Player(
      """
      use left line=1 needs=db
      use right line=2 needs=db
      use last line=3
      fork all-required 1 3 then=5
      run 0 else=2
      arrive
      run 1
      arrive
      run 2
      """)
    #expect(player.next() == .run(strand: 1, use: 0))
    player.decide(.failed, strand: 1)
    #expect(player.next() == .note(.fellBack(use: 0, .failure)))
    #expect(player.next() == .run(strand: 2, use: 1))
    player.decide(.continued, strand: 2)
    #expect(player.next() == .run(strand: 0, use: 2))
  }

  @Test("the deadline knows no fallback")
  func deadlineDoesNotFallBack() {
    let player = Player(fallback, deadline: 50)
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.pass(50)
    _ = player.next()
    #expect(player.next() == .refuse(.deadlinePassed))
  }

  // MARK: Compensations

  private let undo = """
    use first line=1 needs=db
    use second line=2 needs=db
    use last line=3
    use undo-first line=1 needs=db
    use undo-second line=2 needs=db
    run 0 undo=3
    run 1 undo=5
    run 2
    run 3
    arrive
    run 4
    arrive
    """

  /// A plan with two compensations, at the use that stands behind both.
  private func afterTwo(deadline: UInt64 = 1_000_000) -> Player {
    let player = Player(undo, deadline: deadline)
    for use in [0, 1] {
      #expect(player.next() == .run(strand: 0, use: use))
      player.decide(.continued)
    }
    #expect(player.next() == .run(strand: 0, use: 2))
    return player
  }

  private func expectUndo(_ player: Player, use: Int) {
    #expect(player.next() == .run(strand: 0, use: use))
    player.decide(.continued)
    #expect(player.next() == .note(.undone(use: use)))
  }

  @Test("a request that fails takes back what it has done, the last first, and then answers")
  func undoes() {
    let player = afterTwo()
    player.decide(.failed)
    #expect(player.next() == .keepFailure(.failure))
    expectUndo(player, use: 4)
    expectUndo(player, use: 3)
    #expect(player.next() == .refuse(.failure))
    #expect(player.isIdle)
  }

  @Test("a request that succeeds takes nothing back, and the next one on the machine neither")
  func undoesNothing() {
    let player = afterTwo()
    player.decide(.done)
    #expect(player.next() == .respond)
    player.machine.started(deadline: Instant(nanoseconds: 1000), limits: .init())
    _ = player.next()
    player.machine.decoded(.failed)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("only uses that have succeeded are taken back")
  func undoesWhatWasDone() {
    let player = Player(undo)
    _ = player.next()
    player.decide(.continued)
    _ = player.next()
    player.decide(.failed)
    #expect(player.next() == .keepFailure(.failure))
    expectUndo(player, use: 3)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("the deadline takes back, with time of its own")
  func undoesAfterDeadline() {
    let player = afterTwo(deadline: 100)
    player.need(1)
    _ = player.submitted()
    player.pass(100)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .keepFailure(.deadlinePassed))
    #expect(player.next() == .run(strand: 0, use: 4))
    player.need(1)
    let timeout = Instant(nanoseconds: 100) + .seconds(5)
    #expect(player.next() == .submit(strand: 0, effect: 0, token: 1, deadline: timeout))
    #expect(player.next() == .park)
    #expect(player.wakeAt == timeout)
    player.complete(1)
    #expect(player.next() == .run(strand: 0, use: 4, isResuming: true))
    player.decide(.continued)
    #expect(player.next() == .note(.undone(use: 4)))
    expectUndo(player, use: 3)
    #expect(player.next() == .refuse(.deadlinePassed))
  }

  @Test("a client that goes away is not answered, and everything is taken back")
  func undoesWhenAbandoned() {
    let player = afterTwo()
    player.machine.abandoned()
    #expect(player.outlivesClient)
    expectUndo(player, use: 4)
    // Twice does no harm: the client may go while a failure is being undone.
    player.machine.abandoned()
    expectUndo(player, use: 3)
    #expect(player.next() == .discard)
    #expect(player.isIdle)
  }

  @Test("a client that goes away while its failure is being undone gets no answer")
  func abandonedWhileUndoing() {
    let player = afterTwo()
    player.decide(.failed)
    _ = player.next()
    #expect(player.next() == .run(strand: 0, use: 4))
    player.machine.abandoned()
    player.decide(.continued)
    #expect(player.next() == .note(.undone(use: 4)))
    expectUndo(player, use: 3)
    #expect(player.next() == .discard)
  }

  @Test("a compensation that fails is noted, and the others run all the same", arguments: Failure.allCases)
  func undoFails(failure: Failure) {
    let player = afterTwo()
    player.decide(.failed)
    _ = player.next()
    #expect(player.next() == .run(strand: 0, use: 4))
    switch failure {
    case .step, .effect: fail(player, failure)
    case .timeout:
      player.need(1)
      _ = player.submitted()
      player.pass(5_000_000_000)
      _ = player.next()
    }
    let cause = failure == .timeout ? RequestMachine.Cause.stepTimedOut(use: 4) : self.cause(failure)
    #expect(player.next() == .note(.undoFailed(use: 4, cause)))
    expectUndo(player, use: 3)
    #expect(player.next() == .refuse(.failure))
  }

  @Test("a compensation with a policy is tried again")
  func undoRetries() {
    let player = Player(
      """
      use first line=1
      use last line=2
      use take-back line=1 needs=db retry=1 backoff=10..10
      run 0 undo=2
      run 1
      run 2
      arrive
      """)
    _ = player.next()
    player.decide(.continued)
    _ = player.next()
    player.decide(.failed)
    _ = player.next()
    for _ in 0..<2 {
      #expect(player.next() == .run(strand: 0, use: 2))
      player.decide(.failed, isTransient: true)
      guard case .draw = player.next() else { break }
      player.draw()
      #expect(player.next() == .note(.retried(use: 2)))
      player.pass(10)
    }
    #expect(player.next() == .refuse(.failure))
  }

  @Test("what was kept for a compensation is dropped whether it has succeeded or not", arguments: [true, false])
  func drops(succeeds: Bool) {
    let player = Player(
      """
      use first line=1
      use last line=2
      use take-back line=1
      use drop line=1 built-in
      run 0 undo=2
      run 1
      run 2 else=3
      run 3
      arrive
      """)
    _ = player.next()
    player.decide(.continued)
    _ = player.next()
    player.decide(.failed)
    _ = player.next()
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(succeeds ? .continued : .failed)
    if !succeeds { #expect(player.next() == .note(.undoFailed(use: 2, .failure))) }
    #expect(player.next() == .run(strand: 0, use: 3))
    player.decide(.continued)
    if succeeds { #expect(player.next() == .note(.undone(use: 2))) }
    #expect(player.next() == .refuse(.failure))
  }

  @Test("a use that has succeeded is taken back even when the request ends before anything else has run")
  func undoesAtOnce() {
    let player = Player(undo, deadline: 100)
    _ = player.next()
    player.decide(.continued)
    player.pass(100)
    #expect(player.next() == .keepFailure(.deadlinePassed))
    expectUndo(player, use: 3)
    #expect(player.next() == .refuse(.deadlinePassed))
  }

  @Test("branches take back in the order in which they have succeeded")
  func undoesBranches() {
    let player = Player(
      """
      use left line=1 needs=db
      use right line=2 needs=db
      use last line=3
      use undo-left line=1
      use undo-right line=2
      fork all-required 1 3 then=5
      run 0 undo=6
      arrive
      run 1 undo=8
      arrive
      run 2
      run 3
      arrive
      run 4
      arrive
      """)
    _ = player.next()
    player.need(1, strand: 1)
    _ = player.next()
    #expect(player.next() == .run(strand: 2, use: 1))
    player.decide(.continued, strand: 2)
    #expect(player.next() == .park)
    player.complete(0)
    _ = player.next()
    player.decide(.continued, strand: 1)
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(.failed)
    _ = player.next()
    expectUndo(player, use: 3)
    expectUndo(player, use: 4)
    #expect(player.next() == .refuse(.failure))
  }

  // MARK: Detached uses

  private let detached = """
    use first line=1
    use mail line=2 needs=db retry=1 backoff=10..10
    use last line=3
    run 0
    detach 3
    run 2
    run 1
    arrive
    """

  /// At the last use, with the detached one not begun.
  private func afterDetach(deadline: UInt64 = 1_000_000) -> Player {
    let player = Player(detached, deadline: deadline)
    _ = player.next()
    player.decide(.continued)
    #expect(player.next() == .run(strand: 0, use: 2), "the plan goes before what it has detached")
    return player
  }

  @Test("the answer does not wait for a detached use, which goes on behind it")
  func detaches() {
    let player = afterDetach()
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(!player.isIdle)
    #expect(player.next() == .run(strand: 1, use: 1))
    player.need(1, strand: 1)
    let limit = Instant(nanoseconds: 0) + .seconds(30)
    #expect(player.next() == .submit(strand: 1, effect: 0, token: 0, deadline: limit))
    #expect(player.next() == .park)
    #expect(player.wakeAt == limit)
    // The request's own deadline is none of its business.
    player.pass(2_000_000)
    #expect(player.next() == .park)
    player.complete(0)
    #expect(player.next() == .run(strand: 1, use: 1, isResuming: true))
    player.decide(.continued, strand: 1)
    #expect(player.next() == .note(.detachedEnded(use: 1)))
    #expect(player.next() == .discard)
    #expect(player.isIdle)
  }

  @Test("a detached use that is over before the plan leaves nothing to wait for")
  func detachedFirst() {
    let player = afterDetach()
    player.need(1)
    _ = player.next()
    #expect(player.next() == .run(strand: 1, use: 1))
    player.decide(.continued, strand: 1)
    #expect(player.next() == .note(.detachedEnded(use: 1)))
    player.complete(0)
    _ = player.next()
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(player.isIdle)
  }

  @Test("a detached use survives a failure, a passed deadline and a client that goes away")
  func detachedSurvives() {
    for end in 0..<3 {
      let player = afterDetach(deadline: 100)
      let expected: RequestMachine.Action?
      switch end {
      case 0:
        player.decide(.failed)
        expected = .refuse(.failure)
      case 1:
        player.need(1)
        _ = player.next()
        _ = player.next()
        player.need(1, strand: 1)
        _ = player.submitted()
        player.pass(100)
        #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
        expected = .refuse(.deadlinePassed)
      default:
        player.machine.abandoned()
        expected = nil
      }
      if let expected { #expect(player.next() == expected) }
      if end == 1 {
        #expect(player.next() == .park)
        player.complete(1)
        #expect(player.next() == .run(strand: 1, use: 1, isResuming: true))
      } else {
        #expect(player.next() == .run(strand: 1, use: 1))
      }
      player.decide(.continued, strand: 1)
      #expect(player.next() == .note(.detachedEnded(use: 1)))
      #expect(player.next() == .discard)
    }
  }

  @Test("a detached use that fails is tried again, noted, and changes nothing else")
  func detachedFails() {
    let player = afterDetach()
    player.decide(.done)
    _ = player.next()
    #expect(player.next() == .run(strand: 1, use: 1))
    player.decide(.failed, strand: 1, isTransient: true)
    #expect(player.next() == .draw(strand: 1))
    player.draw(strand: 1)
    #expect(player.next() == .note(.retried(use: 1)))
    #expect(player.next() == .park)
    player.pass(10)
    #expect(player.next() == .run(strand: 1, use: 1))
    player.decide(.failed, strand: 1, isTransient: true)
    #expect(player.next() == .note(.detachedFailed(use: 1, .failure)))
    #expect(player.next() == .discard)
  }

  @Test("a detached use has a deadline, attempts included")
  func detachedDeadline() {
    let player = afterDetach()
    player.decide(.done)
    _ = player.next()
    _ = player.next()
    player.need(1, strand: 1)
    _ = player.submitted()
    player.pass(30_000_000_000)
    #expect(player.next() == .cancel(strand: 1, effect: 0, token: 0))
    #expect(player.next() == .note(.detachedFailed(use: 1, .deadlinePassed)))
    #expect(player.next() == .discard)
  }

  @Test("a fragment that replaces the rest leaves a detached use alone")
  func replacesBesideDetached() {
    let player = Player(
      """
      use mail line=1 needs=db
      use choose line=2
      use instead line=3
      detach 3
      run 1 replaces=5
      run 1
      run 0
      arrive
      run 2
      """)
    #expect(player.next() == .run(strand: 0, use: 1))
    player.decide(.replaced(0))
    #expect(player.next() == .run(strand: 0, use: 2))
    player.decide(.done)
    #expect(player.next() == .respond)
    #expect(player.next() == .run(strand: 1, use: 0))
  }

  @Test("a detached use that answers has ended, and nothing more")
  func detachedDone() {
    let player = afterDetach()
    player.need(1)
    _ = player.next()
    _ = player.next()
    player.decide(.done, strand: 1)
    #expect(player.next() == .note(.detachedEnded(use: 1)))
    #expect(player.next() == .park)
  }

  // MARK: The server stops

  @Test("when the server stops, nothing runs any more, and what was left to do is noted")
  func cut() {
    let player = Player(
      """
      use first line=1
      use mail line=2 needs=db
      use last line=3 needs=db
      use take-back line=1
      run 0 undo=5
      detach 3
      run 2
      run 1
      arrive
      run 3
      arrive
      """)
    _ = player.next()
    player.decide(.continued)
    _ = player.next()
    player.need(1)
    _ = player.next()
    _ = player.next()
    player.need(1, strand: 1)
    _ = player.submitted()
    player.machine.cut(in: player.plan)
    var actions: [RequestMachine.Action] = []
    while !player.isIdle { actions.append(player.next()) }
    #expect(
      actions == [
        .cancel(strand: 0, effect: 0, token: 0), .cancel(strand: 1, effect: 0, token: 1),
        .note(.detachedFailed(use: 1, .serverStopped)), .note(.undoFailed(use: 3, .serverStopped)), .discard,
      ])
  }

  @Test("a machine that undoes when the server stops says so")
  func cutWhileUndoing() {
    let player = afterTwo()
    player.decide(.failed)
    _ = player.next()
    _ = player.next()
    player.need(1)
    _ = player.submitted()
    player.machine.cut(in: player.plan)
    #expect(player.next() == .cancel(strand: 0, effect: 0, token: 0))
    #expect(player.next() == .note(.undoFailed(use: 4, .serverStopped)))
    #expect(player.next() == .note(.undoFailed(use: 3, .serverStopped)))
    #expect(player.next() == .discard)
  }

  // MARK: All of it at once

  @Test("random runs end exactly once, leave nothing in flight and take back all that has succeeded", arguments: 0..<400)
  func randomWalk(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    // Two branches with a compensation each, one retried and one with a fallback, beside a detached use.
    let player = Player(
      """
      use left line=1 needs=db retry=2 backoff=10..20
      use right line=2 needs=db timeout=50
      use mail line=3 needs=db timeout=40 retry=1 backoff=5..5
      use last line=4 needs=db
      use undo-left line=1 needs=db retry=1 backoff=10..20
      use undo-right line=2
      detach 7
      fork all-required 2 4 then=6
      run 0 undo=9
      arrive
      run 1 undo=11 else=5
      arrive
      run 3
      run 2
      arrive
      run 4
      arrive
      run 5
      arrive
      """, deadline: 300)
    var open: Set<Int> = []
    var done: [Int] = []
    var answers = 0
    var failed = false
    var detachedEnds = 0
    var turns = 0
    while !player.isIdle, turns < 2000 {
      turns += 1
      switch player.next() {
      case .run(let strand, let use, _):
        let roll = random.next() % 8
        if roll < 3 {
          player.need(1 + Int(random.next() % 2), strand: strand, join: random.next() % 2 == 0 ? .all : .allRequired)
        } else if roll < 5 {
          player.decide(.failed, strand: strand, isTransient: random.next() % 2 == 0)
        } else if use == 3 {
          player.decide(.done, strand: strand)
        } else {
          if use < 2 { done.append(use) }
          player.decide(.continued, strand: strand)
        }
      case .submit(_, _, let token, _): #expect(open.insert(token).inserted)
      case .cancel(_, _, let token): #expect(open.remove(token) != nil)
      case .draw(let strand): player.draw(random.next(), strand: strand)
      case .note(.undone(let use)), .note(.undoFailed(let use, _)):
        #expect(failed)
        #expect(done.popLast() == use - 4, "the last that has succeeded is taken back first")
      case .receive: Issue.record("no step takes parts")
      case .note(.detachedEnded), .note(.detachedFailed): detachedEnds += 1
      case .note: break
      case .keepFailure: failed = true
      case .settle: Issue.record("the plan is not held")
      case .respond, .refuse:
        answers += 1
        if failed { #expect(done.isEmpty) }
      case .discard: break
      case .park:
        if random.next() % 4 != 0, let token = open.randomElement(using: &random) {
          open.remove(token)
          player.complete(token, succeeded: random.next() % 3 != 0, isTransient: random.next() % 2 == 0)
        } else {
          player.pass(max(player.now.nanoseconds, min(player.wakeAt.nanoseconds, player.now.nanoseconds + 25)))
        }
      case .decode, .test, .requeue: Issue.record("the plan has nothing of the kind")
      }
    }
    #expect(player.isIdle, "seed \(seed)")
    #expect(answers == 1, "seed \(seed)")
    #expect(detachedEnds == 1, "seed \(seed)")
    #expect(open.isEmpty, "seed \(seed)")
  }
}
