import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct ReadyQueueTests {
  /// The queue behind a reference, because `#expect` copies what it looks at.
  private final class Box {
    var queue: ReadyQueue
    init(slots: Int, limits: ReadyQueue.Limits = .init()) { queue = ReadyQueue(slots: slots, limits: limits) }
    var isEmpty: Bool { queue.isEmpty }
    func push(_ slot: Int, _ priority: PriorityClass, at now: Instant) { queue.push(slot, priority, at: now) }
    func pop(at now: Instant) -> ReadyQueue.Entry? { queue.pop(at: now) }
    func hasRoom(in priority: PriorityClass) -> Bool { queue.hasRoom(in: priority) }
    func count(of priority: PriorityClass) -> Int { queue.count(of: priority) }
  }

  private func instant(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  @Test("one class is first in, first out")
  func fifo() {
    let queue = Box(slots: 8)
    for slot in 0..<5 { queue.push(slot, .interactive, at: instant(0)) }
    var order: [Int] = []
    while let entry = queue.pop(at: instant(1)) { order.append(entry.slot) }
    #expect(order == [0, 1, 2, 3, 4])
    #expect(queue.isEmpty)
  }

  @Test("of 21 turns under full load, 16 are interactive, 4 default and 1 batch")
  func weights() {
    let queue = Box(slots: 64)
    for slot in 0..<64 {
      queue.push(slot, .interactive, at: instant(0))
      queue.push(slot, .default, at: instant(0))
      queue.push(slot, .batch, at: instant(0))
    }
    var counts: [PriorityClass: Int] = [:]
    for _ in 0..<42 { counts[queue.pop(at: instant(1))!.priority, default: 0] += 1 }
    #expect(counts == [.interactive: 32, .default: 8, .batch: 2])
  }

  @Test("a class alone gets every turn")
  func workConserving() {
    let queue = Box(slots: 64)
    for slot in 0..<40 { queue.push(slot, .batch, at: instant(0)) }
    var served = 0
    while queue.pop(at: instant(1)) != nil { served += 1 }
    #expect(served == 40)
  }

  @Test("a head that has waited past its aging limit goes first")
  func aging() {
    let queue = Box(slots: 64)
    queue.push(9, .batch, at: instant(0))
    for slot in 0..<8 { queue.push(slot, .interactive, at: instant(200)) }
    #expect(queue.pop(at: instant(250))?.slot == 0)
    #expect(queue.pop(at: instant(251))?.slot == 9)
    #expect(queue.pop(at: instant(251))?.slot == 1)
  }

  @Test("batch is served under interactive load that never ends")
  func noStarvation() {
    let queue = Box(slots: 64)
    queue.push(63, .batch, at: instant(0))
    var turns = 0
    while true {
      queue.push(turns % 32, .interactive, at: instant(0))
      turns += 1
      if queue.pop(at: instant(0))!.priority == .batch { break }
      #expect(turns < 22)
    }
  }

  @Test("a full class has no room for new requests, and takes those that come back")
  func bounds() {
    var limits = ReadyQueue.Limits()
    limits.requestsMax = [2, 1, 1]
    let queue = Box(slots: 8, limits: limits)
    queue.push(0, .interactive, at: instant(0))
    #expect(queue.hasRoom(in: .interactive))
    queue.push(1, .interactive, at: instant(0))
    #expect(!queue.hasRoom(in: .interactive))
    #expect(queue.hasRoom(in: .batch))
    queue.push(2, .interactive, at: instant(0))
    #expect(queue.count(of: .interactive) == 3)
  }
}
