@_spi(Server) import ZerverCore

/// The byte buffers of one worker, by index. A connection holds one only while it has bytes, so an idle connection costs
/// no buffer, and a warm worker seldom allocates one.
struct BufferPool: ~Copyable {
  /// Memory that a buffer may keep while nobody uses it, in bytes. Larger ones were grown by a rare large message.
  private static var keptBytesMax: Int { 64 << 10 }
  /// Memory that all buffers together may keep while nobody uses them, in bytes. What a flood has left goes at once; the buffers
  /// that are used then grow anew.
  private static var idleBytesMax: Int { 32 << 20 }
  private var idleBytes = 0
  private var buffers: SlotTable<ByteBuffer>

  /// - Parameter buffersMax: that can be in use at once. To ask for more ends the process.
  init(buffersMax: Int) throws(ProactorError) { buffers = try SlotTable(slotsMax: buffersMax) { ByteBuffer() } }

  /// The address stays good until the buffer is given back.
  @inline(__always)
  func buffer(_ index: Int) -> UnsafeMutablePointer<ByteBuffer> { buffers[index] }

  mutating func take() -> Int {
    // Bytes that are on their way have no other place. The message stands in release builds, too.
    guard let index = buffers.take() else { fatalError("no memory for buffer \(buffers.inUse + 1) of at most \(buffers.slotsMax)") }
    idleBytes -= buffers[index].pointee.capacity
    return index
  }

  mutating func give(_ index: Int) {
    buffers[index].pointee.removeAll(keepingAtMost: Self.keptBytesMax)
    idleBytes += buffers[index].pointee.capacity
    buffers.give(index)
    guard idleBytes > Self.idleBytesMax else { return }
    buffers.forEachFree { $0.pointee.removeAll(keepingAtMost: 0) }
    idleBytes = 0
  }
}
