import ZerverCore

/// The byte buffers of one worker, by index. A connection holds one only while it has bytes, so an idle connection costs
/// no buffer, and a warm worker allocates none.
struct BufferPool: ~Copyable {
  /// Memory that a buffer may keep while nobody uses it, in bytes. Larger ones were grown by a rare large message.
  private static var keptBytesMax: Int { 64 << 10 }
  private var buffers = SlotTable<ByteBuffer>(slotsMax: .max) { ByteBuffer() }

  /// The address stays good until the buffer is given back.
  @inline(__always)
  func buffer(_ index: Int) -> UnsafeMutablePointer<ByteBuffer> { buffers[index] }

  mutating func take() -> Int {
    guard let index = buffers.take() else { preconditionFailure("the pool has no limit of its own") }
    return index
  }

  mutating func give(_ index: Int) {
    buffers[index].pointee.removeAll(keepingAtMost: Self.keptBytesMax)
    buffers.give(index)
  }
}
