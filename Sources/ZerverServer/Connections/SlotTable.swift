import Glibc

/// Slots of one kind, by index, at addresses that never move.
///
/// The addresses of all slots are reserved when the table is made, and memory comes to them in steps, as slots are needed. So a
/// slot, which is asked for dozens of times in a request, is a multiplication away from its index.
struct SlotTable<Element: ~Copyable>: ~Copyable {
  /// Slots that come to life at once.
  private static var step: Int { 64 }
  let slotsMax: Int
  private let slots: UnsafeMutablePointer<Element>
  /// Indices that nobody uses: a stack of `freeCount`.
  private let free: UnsafeMutablePointer<Int32>
  private var freeCount = 0
  /// Slots that have ever existed: the indices to walk.
  private(set) var capacity = 0
  private let make: () -> Element

  /// - Parameter slotsMax: at least 1.
  /// - Throws: the system has no room for so many addresses.
  init(slotsMax: Int, make: @escaping () -> Element) throws(ProactorError) {
    self.slotsMax = slotsMax
    self.make = make
    let address = mmap(nil, Self.bytesReserved(slotsMax), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let address, address != MAP_FAILED else { throw ProactorError.last("reserve addresses for \(slotsMax) slots") }
    slots = (address + Self.pageBytes).bindMemory(to: Element.self, capacity: slotsMax)
    free = (address + 2 * Self.pageBytes + Self.bytes(slotsMax, of: Element.self)).bindMemory(to: Int32.self, capacity: slotsMax)
  }

  deinit {
    slots.deinitialize(count: capacity)
    munmap(UnsafeMutableRawPointer(slots) - Self.pageBytes, Self.bytesReserved(slotsMax))
  }

  var inUse: Int { capacity - freeCount }

  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<Element> {
    // In a release build the guard pages catch an index of -1, and most that are too large.
    assert(index >= 0 && index < capacity, "the slot exists")
    return slots + index
  }

  /// A free slot, the one that was used last first, because its memory is warm. `nil` when all are in use, or the system has no
  /// memory for more.
  mutating func take() -> Int? {
    guard freeCount > 0 || grow() else { return nil }
    freeCount &-= 1
    return Int(free[freeCount])
  }

  mutating func give(_ index: Int) {
    precondition(freeCount < capacity, "a slot is given back once")
    free[freeCount] = Int32(truncatingIfNeeded: index)
    freeCount &+= 1
  }

  /// Visits the slots that nobody uses.
  func forEachFree(_ body: (UnsafeMutablePointer<Element>) -> Void) {
    for place in 0..<freeCount { body(slots + Int(free[place])) }
  }

  @inline(never)
  private mutating func grow() -> Bool {
    let wanted = min(capacity + Self.step, slotsMax)
    guard wanted > capacity, Self.provide(slots, upTo: wanted), Self.provide(free, upTo: wanted) else { return false }
    for index in stride(from: wanted - 1, through: capacity, by: -1) {
      (slots + index).initialize(to: make())
      free[freeCount] = Int32(index)
      freeCount += 1
    }
    capacity = wanted
    return true
  }

  // MARK: Addresses

  /// The slots, then the indices, with a page in front of each and one at the end that nobody can touch.
  private static func bytesReserved(_ slotsMax: Int) -> Int {
    bytes(slotsMax, of: Element.self) + bytes(slotsMax, of: Int32.self) + 3 * pageBytes
  }

  private static func provide<Kind: ~Copyable>(_ start: UnsafeMutablePointer<Kind>, upTo count: Int) -> Bool {
    mprotect(start, bytes(count, of: Kind.self), PROT_READ | PROT_WRITE) == 0
  }

  /// In whole pages.
  private static func bytes<Kind: ~Copyable>(_ count: Int, of kind: Kind.Type) -> Int {
    (count * MemoryLayout<Kind>.stride + pageBytes - 1) / pageBytes * pageBytes
  }

  private static var pageBytes: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }
}
