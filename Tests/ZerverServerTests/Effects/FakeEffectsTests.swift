import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@Suite struct FakeEffectsTests {
  private let worker = RecordingWorker()

  @Test("a manual clock stands still until it is moved")
  func clock() {
    let clock = ManualClock(now: .seconds(100))
    let time = FakeTime(clock)
    time.start(on: worker)
    time.submit(.time(.now), as: operation(1), deadline: farAway)
    clock.advance(by: .milliseconds(1500))
    time.submit(.time(.now), as: operation(2), deadline: farAway)
    #expect(worker.outcomes == [.instant(.seconds(100)), .instant(.milliseconds(101_500))])
  }

  @Test("moving the clock wakes sleeps in the order of their ends, through the worker's mailbox")
  func sleeps() {
    let clock = ManualClock()
    let time = FakeTime(clock)
    time.start(on: worker)
    for (token, seconds) in [3, 1, 2, 9].enumerated() {
      time.submit(.time(.sleep(.seconds(seconds))), as: operation(token), deadline: farAway)
    }
    time.submit(.time(.sleep(.seconds(2))), as: operation(8), deadline: farAway)
    time.cancel(operation(8))
    #expect(clock.sleepersCount == 4)
    clock.advance(by: .seconds(3))
    #expect(worker.box.operations == [operation(1), operation(2), operation(0)])
    #expect(worker.box.outcomes == [.elapsed, .elapsed, .elapsed])
    #expect(clock.sleepersCount == 1)
  }

  @Test("cancelling an operation of one worker leaves the same operation of another")
  func twoWorkers() {
    let clock = ManualClock()
    let other = RecordingWorker()
    for worker in [worker, other] {
      let time = FakeTime(clock)
      time.start(on: worker)
      time.submit(.time(.sleep(.seconds(1))), as: operation(1), deadline: farAway)
      if worker === other { time.cancel(operation(1)) }
    }
    clock.advance(by: .seconds(1))
    #expect(worker.box.outcomes == [.elapsed])
    #expect(other.box.outcomes.isEmpty)
  }

  @Test("UUIDs and bytes of the fake can be predicted, also by workers that share them")
  func crypto() {
    let sequence = FakeCrypto.Sequence()
    for token in 1...2 {
      let crypto = FakeCrypto(sequence)
      crypto.start(on: worker)
      crypto.submit(.crypto(.uuid), as: operation(token), deadline: farAway)
      crypto.submit(.crypto(.randomBytes(count: 3)), as: operation(token), deadline: farAway)
    }
    #expect(
      worker.outcomes == [
        .text("00000000-0000-4000-8000-000000000001"), .bytes([0, 1, 2]),
        .text("00000000-0000-4000-8000-000000000002"), .bytes([3, 4, 5]),
      ])
  }
}
