import Testing
@_spi(Server) import ZerverCore

@Suite struct TimerQueueTests {
  /// One tick of the queue.
  private static let tick: UInt64 = 1 << 20

  private static func after(_ ticks: UInt64) -> Instant { Instant(nanoseconds: ticks * tick) }

  private static func drain(_ queue: inout TimerQueue, now: Instant) -> [UInt64] {
    var payloads: [UInt64] = []
    while let payload = queue.popExpired(now: now) { payloads.append(payload) }
    return payloads
  }

  @Test("an empty queue has no deadline and pops nothing")
  func empty() {
    var queue = TimerQueue(now: Self.after(7))
    #expect(queue.nextDeadline == nil)
    #expect(queue.popExpired(now: Self.after(1 << 40)) == nil)
    #expect(queue.count == 0)
  }

  @Test(
    "a timer fires at its tick and not before",
    arguments: [1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 262_143, 262_144, 1 << 24, 1 << 30, 1 << 43])
  func fires(afterTicks ticks: UInt64) {
    for start: UInt64 in [0, 1, 62, 63, 64, 4_000, 262_143] {
      let due = start + ticks
      var queue = TimerQueue(now: Self.after(start))
      _ = queue.schedule(at: Self.after(due), payload: 9)
      #expect(queue.popExpired(now: Instant(nanoseconds: due * Self.tick - 1)) == nil)
      #expect(queue.nextDeadline == Self.after(due))
      #expect(queue.popExpired(now: Self.after(due)) == 9)
      #expect(queue.popExpired(now: Self.after(due)) == nil)
    }
  }

  @Test("an instant between two ticks is rounded up, so a timer never fires early")
  func rounding() {
    var queue = TimerQueue(now: Self.after(0))
    _ = queue.schedule(at: Instant(nanoseconds: 3 * Self.tick + 1), payload: 1)
    #expect(queue.popExpired(now: Instant(nanoseconds: 4 * Self.tick - 1)) == nil)
    #expect(queue.popExpired(now: Self.after(4)) == 1)
  }

  @Test("a timer in the past is due at once")
  func past() {
    var queue = TimerQueue(now: Self.after(100))
    _ = queue.schedule(at: Self.after(5), payload: 1)
    #expect(queue.nextDeadline == Self.after(100))
    #expect(queue.popExpired(now: Self.after(100)) == 1)
  }

  @Test("the last instant of the clock can be scheduled and cancelled")
  func farthest() {
    var queue = TimerQueue(now: Self.after(1))
    let handle = queue.schedule(at: Instant(nanoseconds: .max), payload: 1)
    // Not 0: a worker with no other timer would not wait at all.
    #expect(queue.nextDeadline == Instant(nanoseconds: .max))
    #expect(queue.popExpired(now: Self.after(1 << 43)) == nil)
    #expect(queue.cancel(handle) == true)
    #expect(queue.nextDeadline == nil)
  }

  @Test("timers are popped in the order of their ticks, and of one tick in the order of scheduling")
  func order() {
    var queue = TimerQueue(now: Self.after(0))
    for (payload, ticks) in [900, 3, 70, 3, 5_000, 70].enumerated() {
      _ = queue.schedule(at: Self.after(UInt64(ticks)), payload: UInt64(payload))
    }
    #expect(Self.drain(&queue, now: Self.after(10_000)) == [1, 3, 2, 5, 0, 4])
  }

  @Test("a cancelled timer does not fire, and its handle names nothing any more")
  func cancel() {
    var queue = TimerQueue(now: Self.after(0))
    let first = queue.schedule(at: Self.after(4), payload: 1)
    #expect(queue.cancel(first) == true)
    #expect(queue.cancel(first) == false)
    let second = queue.schedule(at: Self.after(4), payload: 2)
    #expect(queue.cancel(first) == false, "the node is in use again, under another generation")
    #expect(queue.reschedule(first, at: Self.after(1)) == false)
    #expect(Self.drain(&queue, now: Self.after(4)) == [2])
    #expect(queue.cancel(second) == false, "it has been popped")
  }

  @Test("an expired timer can be cancelled or put off until it is popped")
  func expiredButNotPopped() {
    var queue = TimerQueue(now: Self.after(0))
    let handles = (0..<4).map { payload in queue.schedule(at: Self.after(4), payload: UInt64(payload)) }
    #expect(queue.popExpired(now: Self.after(4)) == 0)
    #expect(queue.cancel(handles[2]) == true)
    #expect(queue.reschedule(handles[1], at: Self.after(8)) == true)
    #expect(Self.drain(&queue, now: Self.after(4)) == [3])
    #expect(Self.drain(&queue, now: Self.after(8)) == [1])
  }

  @Test("a timer that is put off fires at its new instant, one that is brought forward too")
  func reschedule() {
    var queue = TimerQueue(now: Self.after(0))
    let later = queue.schedule(at: Self.after(10), payload: 1)
    let sooner = queue.schedule(at: Self.after(5_000), payload: 2)
    for ticks: UInt64 in [20, 300, 70_000] { #expect(queue.reschedule(later, at: Self.after(ticks)) == true) }
    #expect(queue.reschedule(later, at: Self.after(250)) == true)
    #expect(queue.reschedule(sooner, at: Self.after(100)) == true)
    #expect(Self.drain(&queue, now: Self.after(99)) == [])
    #expect(Self.drain(&queue, now: Self.after(249)) == [2])
    #expect(Self.drain(&queue, now: Self.after(250)) == [1])
    #expect(queue.count == 0)
  }

  @Test("a clock that steps back changes nothing")
  func clockStepsBack() {
    var queue = TimerQueue(now: Self.after(0))
    #expect(queue.popExpired(now: Self.after(100)) == nil)
    #expect(queue.popExpired(now: Self.after(50)) == nil)
    _ = queue.schedule(at: Self.after(101), payload: 1)
    #expect(queue.popExpired(now: Self.after(60)) == nil)
    #expect(queue.popExpired(now: Self.after(101)) == 1)
  }

  @Test("random schedules, cancellations and clocks agree with a list that is searched", arguments: 0..<8)
  func agreesWithModel(round: Int) {
    var random = TestRandom(for: "TimerQueue, round \(round)")
    // Small spans make neighbours collide, large ones use the upper levels.
    let span = [4, 70, 500, 5_000, 100_000, 10_000_000, 1 << 28, 1 << 32][round] as UInt64
    var now = random.next() % (1 << 50)
    var queue = TimerQueue(now: Instant(nanoseconds: now), capacity: 4)
    var model: [(handle: TimerHandle, payload: UInt64, tick: UInt64)] = []
    var gone: [TimerHandle] = []

    func tick(of nanoseconds: UInt64) -> UInt64 { (nanoseconds + Self.tick - 1) / Self.tick }
    func randomInstant(_ random: inout TestRandom) -> UInt64 {
      now + random.next() % (span * Self.tick) - min(now, random.next() % Self.tick)
    }

    for step in 0..<4_000 {
      switch random.next() % 10 {
      case 0..<4:
        let at = randomInstant(&random)
        let payload = UInt64(step)
        model.append((queue.schedule(at: Instant(nanoseconds: at), payload: payload), payload, tick(of: at)))
      case 4 where !model.isEmpty:
        let victim = model.remove(at: Int(random.next() % UInt64(model.count)))
        #expect(queue.cancel(victim.handle) == true)
        gone.append(victim.handle)
      case 5, 6:
        guard !model.isEmpty else { continue }
        let index = Int(random.next() % UInt64(model.count))
        let at = randomInstant(&random)
        #expect(queue.reschedule(model[index].handle, at: Instant(nanoseconds: at)) == true)
        model[index].tick = tick(of: at)
      case 7:
        if let stale = gone.randomElement(using: &random) { #expect(queue.cancel(stale) == false) }
      default:
        now += random.next() % (span * Self.tick / 4 + 1)
        let nowTick = now / Self.tick
        let expected = model.filter { $0.tick <= nowTick }
        var popped: [UInt64] = []
        while let payload = queue.popExpired(now: Instant(nanoseconds: now)) { popped.append(payload) }
        #expect(popped.sorted() == expected.map(\.payload).sorted())
        gone += expected.map(\.handle)
        model.removeAll { $0.tick <= nowTick }
        if let next = queue.nextDeadline {
          #expect(next.nanoseconds > now)
          #expect(next.nanoseconds / Self.tick <= model.map(\.tick).min() ?? 0)
        }
      }
      #expect(queue.count == model.count)
      #expect((queue.nextDeadline == nil) == model.isEmpty)
    }

    // Following the queue's own deadlines pops the rest in order.
    var rest: [UInt64] = []
    // A timer moves at most seven times, and each move is one deadline.
    for _ in 0..<(8 * model.count + 1) {
      guard let next = queue.nextDeadline else { break }
      while let payload = queue.popExpired(now: next) { rest.append(payload) }
    }
    #expect(queue.nextDeadline == nil)
    let tickOf = Dictionary(uniqueKeysWithValues: model.map { ($0.payload, $0.tick) })
    let ticks = rest.compactMap { tickOf[$0] }
    // A timer whose instant had passed when it was scheduled is popped with the first of them.
    let nowTick = now / Self.tick
    #expect(ticks.map { max($0, nowTick) } == ticks.map { max($0, nowTick) }.sorted())
    #expect(rest.sorted() == model.map(\.payload).sorted())
  }
}
