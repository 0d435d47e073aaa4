import Glibc
import Testing
import ZerverCore
import ZerverServer

@Suite struct SystemTimeTests {
  private let worker = RecordingWorker()
  private let time = SystemTime()

  init() { time.start(on: worker) }

  @Test("now is the wall clock")
  func now() throws {
    let before = time_t(Glibc.time(nil))
    time.submit(.time(.now), as: operation(1), deadline: farAway)
    let after = time_t(Glibc.time(nil))
    guard case .instant(let instant) = try #require(worker.outcomes.first) else {
      Issue.record("not an instant")
      return
    }
    // time(2) reads a coarser clock, which may lag behind by a tick.
    #expect((before - 1...after + 1).contains(Int(instant.components.seconds)))
  }

  @Test("a sleep completes when its time has passed, and not before")
  func sleep() {
    time.submit(.time(.sleep(.milliseconds(50))), as: operation(1), deadline: farAway)
    worker.advance(by: .milliseconds(49), time)
    #expect(worker.outcomes.isEmpty)
    worker.advance(by: .milliseconds(1), time)
    #expect(worker.outcomes == [.elapsed])
    #expect(worker.completed.map(\.operation) == [operation(1)])
  }

  @Test("sleeps complete each at its own time")
  func severalSleeps() {
    for (token, milliseconds) in [30, 10, 20].enumerated() {
      time.submit(.time(.sleep(.milliseconds(milliseconds))), as: operation(token), deadline: farAway)
    }
    worker.advance(by: .milliseconds(20), time)
    #expect(worker.completed.map(\.operation) == [operation(1), operation(2)])
    worker.advance(by: .milliseconds(20), time)
    #expect(worker.completed.map(\.operation) == [operation(1), operation(2), operation(0)])
  }

  @Test("a sleep that would outlast its deadline ends there, timed out")
  func deadline() {
    time.submit(.time(.sleep(.seconds(5))), as: operation(1), deadline: worker.now + .seconds(2))
    worker.advance(by: .seconds(2), time)
    guard case .failed(let failure)? = worker.outcomes.first else {
      Issue.record("the sleep goes on")
      return
    }
    #expect(failure.reason == .timedOut)
    #expect(worker.timers.isEmpty)
  }

  @Test("a cancelled sleep does not complete, gives its timer back, and may be cancelled again")
  func cancel() {
    time.submit(.time(.sleep(.seconds(1))), as: operation(1), deadline: farAway)
    time.cancel(operation(1))
    time.cancel(operation(1))
    #expect(worker.timers.isEmpty)
    worker.advance(by: .seconds(2), time)
    #expect(worker.outcomes.isEmpty)
  }

  @Test("a timer that passes after its sleep was cancelled changes nothing")
  func lateTimer() throws {
    time.submit(.time(.sleep(.seconds(1))), as: operation(1), deadline: farAway)
    let timer = try #require(worker.timers.keys.first)
    time.cancel(operation(1))
    time.timerPassed(timer)
    #expect(worker.outcomes.isEmpty)
  }

  @Test("a sleep of a senseless length is refused", arguments: [Duration.milliseconds(-1), .seconds(24 * 3600 + 1), .seconds(Int64.max)])
  func senseless(duration: Duration) {
    time.submit(.time(.sleep(duration)), as: operation(1), deadline: farAway)
    guard case .failed(let failure)? = worker.outcomes.first else {
      Issue.record("the sleep was accepted")
      return
    }
    #expect(failure.reason == .refused)
  }

  @Test("more sleeps than the limit are unavailable, until one ends")
  func limit() {
    for index in 0..<SystemTime.sleepsMax {
      let operation = OperationID(slot: index, version: 1, token: 1)
      time.submit(.time(.sleep(.milliseconds(1 + index % 2))), as: operation, deadline: farAway)
    }
    #expect(worker.outcomes.isEmpty)
    time.submit(.time(.sleep(.seconds(1))), as: operation(7), deadline: farAway)
    guard case .failed(let failure)? = worker.outcomes.first else {
      Issue.record("the sleep was accepted")
      return
    }
    #expect(failure.reason == .unavailable)
    worker.advance(by: .milliseconds(1), time)
    time.submit(.time(.sleep(.seconds(1))), as: operation(8), deadline: farAway)
    #expect(worker.outcomes.count == 1 + SystemTime.sleepsMax / 2)
  }

  @Test("stop gives every timer back")
  func stop() {
    for token in 0..<3 { time.submit(.time(.sleep(.seconds(1))), as: operation(token), deadline: farAway) }
    time.stop()
    #expect(worker.timers.isEmpty)
  }

  @Test("another kind of effect is unsupported")
  func otherKind() {
    time.submit(.crypto(.uuid), as: operation(1), deadline: farAway)
    guard case .failed(let failure)? = worker.outcomes.first else {
      Issue.record("time answered for crypto")
      return
    }
    #expect(failure.reason == .unsupported)
  }
}
