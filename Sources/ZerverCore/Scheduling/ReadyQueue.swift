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
  }

  // Not private: release builds optimise across modules, and a private type of a package type is then missing when linking.
  struct Ring: ~Copyable {
    struct Item {
      var slot: UInt32
      var since: Instant
    }
    let items: UnsafeMutablePointer<Item>
    let mask: Int
    var head = 0
    var count = 0

    /// - Parameter capacity: a power of two.
    init(capacity: Int) {
      mask = capacity - 1
      items = .allocate(capacity: capacity)
    }
    deinit { items.deallocate() }

    mutating func push(_ slot: Int, _ since: Instant) {
      precondition(count <= mask, "a request is in the queue at most once")
      items[(head + count) & mask] = Item(slot: UInt32(slot), since: since)
      count += 1
    }

    mutating func pop() -> Item {
      let item = items[head]
      head = (head + 1) & mask
      count -= 1
      return item
    }
  }

  private static let weights: (Int, Int, Int) = (16, 4, 1)

  private var interactive: Ring
  private var normal: Ring
  private var batch: Ring
  private let limits: Limits
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

  public var isEmpty: Bool { mutating get { interactive.count + normal.count + batch.count == 0 } }

  // These change nothing either, but a queue that is lent to a method that does not mutate it is copied first.
  public mutating func count(of priority: PriorityClass) -> Int {
    switch priority {
    case .interactive: interactive.count
    case .default: normal.count
    case .batch: batch.count
    }
  }

  /// Whether a new request of this class may be admitted.
  public mutating func hasRoom(in priority: PriorityClass) -> Bool {
    count(of: priority) < limits.requestsMax[Int(priority.rawValue)]
  }

  public mutating func push(_ slot: Int, _ priority: PriorityClass, at now: Instant) {
    switch priority {
    case .interactive: interactive.push(slot, now)
    case .default: normal.push(slot, now)
    case .batch: batch.push(slot, now)
    }
  }

  /// The request that runs next, or `nil` when none is ready.
  public mutating func pop(at now: Instant) -> Entry? {
    // The common case first: only interactive work.
    if normal.count + batch.count == 0 {
      guard interactive.count > 0 else { return nil }
      return take(.interactive)
    }
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

  private mutating func take(_ priority: PriorityClass) -> Entry {
    let item =
      switch priority {
      case .interactive: interactive.pop()
      case .default: normal.pop()
      case .batch: batch.pop()
      }
    return Entry(slot: Int(item.slot), priority: priority, since: item.since)
  }
}
