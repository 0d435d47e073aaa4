/// The requests of one worker that can run: one first-in-first-out queue per class.
///
/// Classes share the thread by weight: of 21 turns, 16 are interactive, 4 default and 1 batch, while all three have work.
/// A head that has waited longer than its class's aging limit goes first, so no load of a higher class starves a lower
/// one. Each request is in the queue at most once, so the rings never overflow; how many new requests a class may hold is
/// asked before one is admitted (`hasRoom`).
@_spi(Server) public struct ReadyQueue: ~Copyable {
  public struct Limits: Equatable, Sendable {
    /// Requests that wait in a class before admission refuses more, by class.
    public var requestsMax: [Int] = [2048, 2048, 256]
    /// How long a class's head waits before it goes first, by class. Interactive heads never need to.
    public var aging: [Duration] = [.seconds(3600), .milliseconds(50), .milliseconds(250)]
    public init() {}
  }

  public struct Entry: Equatable {
    public let slot: Int
    public let priority: PriorityClass
    public let since: Instant

    @inlinable init(slot: Int, priority: PriorityClass, since: Instant) {
      self.slot = slot
      self.priority = priority
      self.since = since
    }
  }

  @usableFromInline struct Ring: ~Copyable {
    @usableFromInline struct Item {
      @usableFromInline var slot: UInt32
      @usableFromInline var since: Instant

      @inlinable init(slot: UInt32, since: Instant) {
        self.slot = slot
        self.since = since
      }
    }
    @usableFromInline let items: UnsafeMutablePointer<Item>
    @usableFromInline let mask: Int
    @usableFromInline var head = 0
    @usableFromInline var count = 0

    /// - Parameter capacity: a power of two.
    init(capacity: Int) {
      mask = capacity - 1
      items = .allocate(capacity: capacity)
    }
    @inlinable deinit { items.deallocate() }

    @inlinable mutating func push(_ slot: Int, _ since: Instant) {
      precondition(count <= mask, "a request is in the queue at most once")
      items[(head &+ count) & mask] = Item(slot: UInt32(truncatingIfNeeded: slot), since: since)
      count &+= 1
    }

    @inlinable mutating func pop() -> Item {
      let item = items[head]
      head = (head &+ 1) & mask
      count &-= 1
      return item
    }
  }

  private static let weights: (Int, Int, Int) = (16, 4, 1)

  @usableFromInline var interactive: Ring
  @usableFromInline var normal: Ring
  @usableFromInline var batch: Ring
  @usableFromInline let limits: Limits
  private let agingNormal: UInt64
  private let agingBatch: UInt64
  /// Turns that each class has left in this cycle.
  private var credit = (16, 4, 1)

  /// - Parameter slots: requests that the worker can hold at all.
  public init(slots: Int, limits: Limits = Limits()) {
    var capacity = 1
    while capacity < slots { capacity *= 2 }
    interactive = Ring(capacity: capacity)
    normal = Ring(capacity: capacity)
    batch = Ring(capacity: capacity)
    self.limits = limits
    agingNormal = UInt64(limits.aging[1].nanosecondsWhole)
    agingBatch = UInt64(limits.aging[2].nanosecondsWhole)
  }

  @inlinable public var isEmpty: Bool { mutating get { interactive.count + normal.count + batch.count == 0 } }

  // These change nothing either, but a queue that is lent to a method that does not mutate it is copied first.
  @inlinable public mutating func count(of priority: PriorityClass) -> Int {
    switch priority {
    case .interactive: interactive.count
    case .default: normal.count
    case .batch: batch.count
    }
  }

  /// Whether a new request of this class may be admitted.
  @inlinable public mutating func hasRoom(in priority: PriorityClass) -> Bool {
    count(of: priority) < limits.requestsMax[Int(priority.rawValue)]
  }

  @inlinable public mutating func push(_ slot: Int, _ priority: PriorityClass, at now: Instant) {
    switch priority {
    case .interactive: interactive.push(slot, now)
    case .default: normal.push(slot, now)
    case .batch: batch.push(slot, now)
    }
  }

  /// The request that runs next, or `nil` when none is ready.
  @inlinable public mutating func pop(at now: Instant) -> Entry? {
    // The common case first: only interactive work.
    if normal.count &+ batch.count == 0 {
      guard interactive.count > 0 else { return nil }
      return take(.interactive)
    }
    return popByWeight(at: now)
  }

  @usableFromInline mutating func popByWeight(at now: Instant) -> Entry {
    if batch.count > 0, hasAged(batch.items[batch.head].since, agingBatch, now) { return take(.batch) }
    if normal.count > 0, hasAged(normal.items[normal.head].since, agingNormal, now) { return take(.default) }
    for _ in 0..<2 {
      if interactive.count > 0, credit.0 > 0 {
        credit.0 -= 1
        return take(.interactive)
      }
      if normal.count > 0, credit.1 > 0 {
        credit.1 -= 1
        return take(.default)
      }
      if batch.count > 0, credit.2 > 0 {
        credit.2 -= 1
        return take(.batch)
      }
      credit = Self.weights
    }
    preconditionFailure("a fresh cycle has a turn for every class")
  }

  private func hasAged(_ since: Instant, _ limit: UInt64, _ now: Instant) -> Bool {
    now.nanoseconds > since.nanoseconds && now.nanoseconds - since.nanoseconds > limit
  }

  @inlinable mutating func take(_ priority: PriorityClass) -> Entry {
    let item =
      switch priority {
      case .interactive: interactive.pop()
      case .default: normal.pop()
      case .batch: batch.pop()
      }
    return Entry(slot: Int(item.slot), priority: priority, since: item.since)
  }
}
