import Glibc

/// Slots of one kind, by index, at addresses that never move.
///
/// The addresses of all slots are reserved when the table is made, and memory comes to them in steps, as slots are needed. So an
/// index is a multiplication away from its slot, and is asked for dozens of times in a request.
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

  init(slotsMax: Int, make: @escaping () -> Element) {
    self.slotsMax = slotsMax
    self.make = make
    slots = Self.reserve(slotsMax)
    free = Self.reserve(slotsMax)
  }

  deinit {
    slots.deinitialize(count: capacity)
    munmap(slots, Self.bytes(slotsMax, of: Element.self))
    munmap(free, Self.bytes(slotsMax, of: Int32.self))
  }

  var inUse: Int { capacity - freeCount }

  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<Element> {
    // Beyond the slots, the addresses have no memory, and touching them ends the process.
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
    assert(freeCount < capacity, "a slot is given back once")
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

  private static func reserve<Kind: ~Copyable>(_ count: Int) -> UnsafeMutablePointer<Kind> {
    let size = bytes(count, of: Kind.self)
    // What cannot be touched counts for no limit of memory.
    let address = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let address, address != MAP_FAILED else { fatalError("no address space for \(size) bytes: errno \(errno)") }
    return address.bindMemory(to: Kind.self, capacity: count)
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
