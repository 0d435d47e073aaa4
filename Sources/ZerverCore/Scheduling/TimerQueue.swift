/// The deadlines of one worker: requests, connections and capabilities, tens of thousands of them.
///
/// A hierarchical wheel: eight levels of 64 slots, each slot a list, each level with a bitmap of its occupied slots. The
/// level of a timer is the highest group of six bits in which its tick differs from the current one, so every timer of a
/// lower level is due before every timer of a higher one, and nothing ever wraps around. Scheduling, cancelling and
/// rescheduling are O(1); a timer moves down at most seven times in its life. Nothing allocates once the queue has seen
/// as many timers as it will hold.
///
/// A tick is 2^20 ns, about 1.05 ms. A timer never fires early, and at most one tick late.
///
/// The queue is pure: the time comes in with `popExpired(now:)`.
@_spi(Server) public struct TimerQueue: ~Copyable {
  private struct Node {
    /// Neighbours in the list of a slot, or the next free node.
    var next: Int32
    var previous: Int32
    /// Counts the uses of this node, so that a handle of an earlier use names nothing.
    var generation: UInt64
    /// The first tick at which the timer may fire. The list that holds the timer may belong to an earlier tick, see
    /// `reschedule`.
    var tick: UInt64
    var payload: UInt64
  }

  private static var slotsPerLevel: Int { 64 }
  private static var bitsPerLevel: Int { 6 }
  /// 8 × 6 bits: more than the 45 that a tick has.
  private static var levels: Int { 8 }
  private static var tickShift: UInt64 { 20 }
  /// The list of the timers that have expired and wait to be popped. The lists of the slots come before it.
  private static var expired: Int { levels * slotsPerLevel }
  private static var listCount: Int { expired + 1 }
  private static var noNode: Int32 { -1 }

  /// The heads of the lists, which are circular, then the timers. Owned by this queue; the links are indices, because the
  /// memory moves when it grows. An array would check bounds and uniqueness a dozen times for every timer: 29 ns
  /// instead of 15 to schedule and cancel one.
  private var nodes: UnsafeMutablePointer<Node>
  private var nodesCapacity: Int
  /// Nodes that have been in use, the heads included: those whose memory is initialised.
  private var nodesCount: Int
  private var firstFree: Int32 = TimerQueue.noNode
  /// Bit s of entry l: slot s of level l holds a timer.
  private var occupied: InlineArray<8, UInt64>
  /// Bit l: level l holds a timer.
  private var occupiedLevels: UInt64 = 0
  /// Every timer that is due at this tick or before has left its slot.
  private var currentTick: UInt64

  /// Timers that are scheduled, those that have expired but were not popped included.
  public private(set) var count = 0

  /// - Parameters:
  ///   - now: where the clock stands. Timers are filed relative to it, so a start far in the past costs extra moves.
  ///   - capacity: timers to make room for at once.
  public init(now: Instant, capacity: Int = 1024) {
    currentTick = now.nanoseconds >> Self.tickShift
    occupied = InlineArray(repeating: 0)
    nodesCapacity = Self.listCount + max(1, capacity)
    nodesCount = Self.listCount
    nodes = .allocate(capacity: nodesCapacity)
    for list in 0..<Self.listCount {
      (nodes + list).initialize(to: Node(next: Int32(list), previous: Int32(list), generation: 0, tick: 0, payload: 0))
    }
  }

  deinit { nodes.deallocate() }

  /// Adds a timer. With an instant that has passed, it is popped next.
  ///
  /// - Parameter payload: returned when the timer has expired; the queue does not look at it.
  public mutating func schedule(at instant: Instant, payload: UInt64) -> TimerHandle {
    let index = takeNode()
    nodes[index].tick = Self.tick(of: instant)
    nodes[index].payload = payload
    file(index)
    count += 1
    return TimerHandle(index: index, generation: nodes[index].generation)
  }

  /// Removes a timer. `false` when it has been popped or cancelled before, which is not an error: a timer may expire in
  /// the turn in which its owner gives it up.
  @discardableResult
  public mutating func cancel(_ handle: TimerHandle) -> Bool {
    guard let index = index(of: handle) else { return false }
    unlink(index)
    freeNode(index)
    return true
  }

  /// Gives a timer another instant. `false`, and nothing is scheduled, when it has been popped or cancelled before.
  ///
  /// To put a timer off writes one field: it stays where it is, and is filed anew when its old slot comes up. That makes
  /// the idle time-out of a connection, which every request puts off, nearly free.
  @discardableResult
  public mutating func reschedule(_ handle: TimerHandle, at instant: Instant) -> Bool {
    guard let index = index(of: handle) else { return false }
    let tick = Self.tick(of: instant)
    let hasExpired = nodes[index].tick <= currentTick
    if tick >= nodes[index].tick, !hasExpired {
      nodes[index].tick = tick
      return true
    }
    unlink(index)
    nodes[index].tick = tick
    file(index)
    return true
  }

  /// The payload of a timer that is due, earliest tick first, or `nil`. Call it until it returns `nil`.
  ///
  /// - Parameter now: must not go backwards from call to call; when it does, the later instant counts.
  public mutating func popExpired(now: Instant) -> UInt64? {
    let nowTick = now.nanoseconds >> Self.tickShift
    while isEmpty(Self.expired) {
      guard let (list, tick) = earliestSlot(), tick <= nowTick else {
        currentTick = max(currentTick, nowTick)
        return nil
      }
      currentTick = tick
      refile(list)
    }
    let index = Int(nodes[Self.expired].next)
    let payload = nodes[index].payload
    unlink(index)
    freeNode(index)
    return payload
  }

  /// When `popExpired` is worth calling again, or `nil` when no timer is scheduled.
  ///
  /// Never later than the earliest timer's tick. It may be earlier, when the timer has yet to move to a finer level: a
  /// worker with nothing else to do then wakes a few times for a timer that is seconds away.
  public var nextDeadline: Instant? {
    if !isEmpty(Self.expired) { return Self.instant(of: currentTick) }
    guard let (_, tick) = earliestSlot() else { return nil }
    return Self.instant(of: tick)
  }

  // MARK: Slots

  /// The first tick that is not before the instant.
  private static func tick(of instant: Instant) -> UInt64 {
    let isBetweenTicks = instant.nanoseconds & ((1 << tickShift) - 1) != 0
    return (instant.nanoseconds >> tickShift) + (isBetweenTicks ? 1 : 0)
  }

  /// When a tick begins. The last tick, of the last instant rounded up, begins behind the end of the clock.
  private static func instant(of tick: UInt64) -> Instant {
    Instant(nanoseconds: tick > UInt64.max >> tickShift ? .max : tick << tickShift)
  }

  /// The slot that comes up next, and the tick at which it begins.
  private func earliestSlot() -> (list: Int, tick: UInt64)? {
    guard occupiedLevels != 0 else { return nil }
    let level = occupiedLevels.trailingZeroBitCount
    let slot = occupied[level].trailingZeroBitCount
    let shift = UInt64(level * Self.bitsPerLevel)
    // The bits above the level's own are those of the current tick; the bits below are zero where the slot begins.
    let higherBits = currentTick & ~((1 << (shift + UInt64(Self.bitsPerLevel))) - 1)
    return (level * Self.slotsPerLevel + slot, higherBits | (UInt64(slot) << shift))
  }

  /// Moves every timer of a slot that has come up: to the expired ones, or to a slot of a finer level, or, when it was
  /// put off in the meantime, to wherever it belongs now.
  private mutating func refile(_ list: Int) {
    while !isEmpty(list) {
      let index = Int(nodes[list].next)
      unlink(index)
      file(index)
    }
  }

  private mutating func file(_ index: Int) {
    let tick = nodes[index].tick
    guard tick > currentTick else { return link(index, toEndOf: Self.expired) }
    let highestDifferingBit = 63 - (tick ^ currentTick).leadingZeroBitCount
    let level = highestDifferingBit / Self.bitsPerLevel
    let slot = Int(tick >> UInt64(level * Self.bitsPerLevel)) & (Self.slotsPerLevel - 1)
    link(index, toEndOf: level * Self.slotsPerLevel + slot)
    occupied[level] |= 1 << UInt64(slot)
    occupiedLevels |= 1 << UInt64(level)
  }

  // MARK: Lists

  private func isEmpty(_ list: Int) -> Bool { nodes[list].next == Int32(list) }

  private mutating func link(_ index: Int, toEndOf list: Int) {
    let last = nodes[list].previous
    nodes[index].next = Int32(list)
    nodes[index].previous = last
    nodes[Int(last)].next = Int32(index)
    nodes[list].previous = Int32(index)
  }

  private mutating func unlink(_ index: Int) {
    let next = nodes[index].next
    let previous = nodes[index].previous
    nodes[Int(previous)].next = next
    nodes[Int(next)].previous = previous
    // Both neighbours are the same only when they are the head of a list that is empty now.
    if next == previous, next < Int32(Self.expired) { markEmpty(Int(next)) }
  }

  private mutating func markEmpty(_ list: Int) {
    let level = list / Self.slotsPerLevel
    occupied[level] &= ~(1 << UInt64(list % Self.slotsPerLevel))
    if occupied[level] == 0 { occupiedLevels &= ~(1 << UInt64(level)) }
  }

  // MARK: Nodes

  private mutating func takeNode() -> Int {
    guard firstFree != Self.noNode else {
      return newNode()
    }
    let index = Int(firstFree)
    firstFree = nodes[index].next
    return index
  }

  private mutating func newNode() -> Int {
    precondition(nodesCount < TimerHandle.nodesMax, "timers of one worker fit the bits of a handle")
    if nodesCount == nodesCapacity { grow() }
    let index = nodesCount
    (nodes + index).initialize(to: Node(next: Self.noNode, previous: Self.noNode, generation: 1, tick: 0, payload: 0))
    nodesCount += 1
    return index
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Node>.allocate(capacity: nodesCapacity * 2)
    larger.moveInitialize(from: nodes, count: nodesCount)
    nodes.deallocate()
    nodes = larger
    nodesCapacity *= 2
  }

  private mutating func freeNode(_ index: Int) {
    nodes[index].generation = (nodes[index].generation + 1) & TimerHandle.generationMask
    nodes[index].next = firstFree
    firstFree = Int32(index)
    count -= 1
  }

  private func index(of handle: TimerHandle) -> Int? {
    let index = handle.index
    guard index >= Self.listCount, index < nodesCount, nodes[index].generation == handle.generation else { return nil }
    return index
  }
}

/// Names one scheduled timer. A handle outlives its timer safely: it then names nothing.
@_spi(Server) public struct TimerHandle: Hashable, Sendable {
  /// Layout: node 24 bits, generation 40. A node that is reused a million times a second repeats a generation after 12
  /// days; a handle is not kept that long after its timer is gone.
  public let bits: UInt64

  static var nodesMax: Int { 1 << 24 }
  static var generationMask: UInt64 { (1 << 40) - 1 }

  public init(bits: UInt64) { self.bits = bits }

  init(index: Int, generation: UInt64) { bits = (UInt64(index) << 40) | generation }

  var index: Int { Int(bits >> 40) }
  var generation: UInt64 { bits & Self.generationMask }
}
