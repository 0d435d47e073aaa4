/// Slots of one kind, by index, at addresses that never move. The memory comes in slabs, as many as are needed.
struct SlotTable<Element: ~Copyable>: ~Copyable {
  /// Slots of a slab, as a power of two: an index is asked for dozens of times in a request, and an arithmetic shift and a mask
  /// take half of the instructions of a signed division.
  private static var slabShift: Int { 6 }
  private static var perSlab: Int { 1 << slabShift }
  private var slabs: [UnsafeMutablePointer<Element>] = []
  private var free: [Int32] = []
  private let make: () -> Element
  let slotsMax: Int
  private(set) var inUse = 0

  init(slotsMax: Int, make: @escaping () -> Element) {
    self.slotsMax = slotsMax
    self.make = make
  }

  deinit {
    for slab in slabs {
      slab.deinitialize(count: Self.perSlab)
      slab.deallocate()
    }
  }

  /// Slots that have ever existed: the indices to walk.
  var capacity: Int { slabs.count * Self.perSlab }

  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<Element> { slabs[index >> Self.slabShift] + (index & (Self.perSlab - 1)) }

  /// A free slot, the one that was used last first, because its memory is warm. `nil` when all are in use.
  mutating func take() -> Int? {
    guard inUse < slotsMax else { return nil }
    if free.isEmpty { grow() }
    inUse += 1
    return Int(free.removeLast())
  }

  mutating func give(_ index: Int) {
    inUse -= 1
    free.append(Int32(index))
  }

  /// Visits the slots that nobody uses.
  func forEachFree(_ body: (UnsafeMutablePointer<Element>) -> Void) {
    for index in free { body(self[Int(index)]) }
  }

  private mutating func grow() {
    let slab = UnsafeMutablePointer<Element>.allocate(capacity: Self.perSlab)
    for index in 0..<Self.perSlab { (slab + index).initialize(to: make()) }
    let first = capacity
    slabs.append(slab)
    free.reserveCapacity(capacity)
    for index in stride(from: first + Self.perSlab - 1, through: first, by: -1) { free.append(Int32(index)) }
  }
}
