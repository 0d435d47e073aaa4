import Synchronization

/// Numbers that one thread writes and any thread reads.
struct Cells<let count: Int>: ~Copyable, Sendable {
  private let cells: InlineArray<count, Atomic<UInt64>>

  init() { cells = InlineArray { _ in Atomic(0) } }

  /// By the writer only: two would lose counts.
  @inline(__always)
  func add(_ amount: UInt64, to index: Int) {
    cells[index].store(cells[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  @inline(__always)
  func set(_ value: UInt64, at index: Int) { cells[index].store(value, ordering: .relaxed) }

  subscript(index: Int) -> UInt64 { cells[index].load(ordering: .relaxed) }
}
