import CUring
import Glibc

/// Receive buffers that the kernel picks from by itself, so that no memory is bound to an idle connection.
///
/// The ring of entries is shared with the kernel from registration until the io_uring is gone; the buffers themselves are
/// written by receives in flight. The proactor therefore settles and closes its io_uring before this value ends.
struct ProvidedBuffers: ~Copyable {
  let memory: ReceiveBuffers
  /// Mapped in init, unmapped in deinit: the kernel wants it aligned to a page.
  private let ring: UnsafeMutablePointer<zerver_buffer>
  /// Where the next buffer goes. The kernel hears of it once per turn: one barrier, not one per buffer.
  private var tail: UInt16 = 0

  /// The only buffer group of a proactor.
  static var group: UInt16 { 0 }

  init(_ configuration: ProactorConfiguration, for io: borrowing Ring) throws(ProactorError) {
    let memory = try ReceiveBuffers(count: configuration.receiveBuffers, bytesEach: configuration.receiveBufferBytes)
    let length = memory.count * MemoryLayout<zerver_buffer>.stride
    let mapping = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw .last("mmap of the buffer ring") }
    let entries = mapping.bindMemory(to: zerver_buffer.self, capacity: memory.count)
    let status = zerver_ring_register_buffers(io.handle, entries, UInt32(memory.count), Self.group)
    guard status >= 0 else {
      munmap(mapping, length)
      throw ProactorError(operation: "io_uring_register of provided buffers", errno: -status)
    }
    ring = entries
    self.memory = memory
    for index in 0..<self.memory.count { add(index) }
    publish()
  }

  deinit { munmap(ring, memory.count * MemoryLayout<zerver_buffer>.stride) }

  mutating func release(_ buffer: BufferID) {
    memory.markReturned(Int(buffer.index))
    add(Int(buffer.index))
  }

  /// Shows the kernel what has been given back.
  func publish() { zerver_buffers_set_tail(ring, tail) }

  private mutating func add(_ index: Int) {
    let place = ring + (Int(tail) & (memory.count - 1))
    // Field by field: the last two bytes of the first place are the ring's own tail.
    place.pointee.address = UInt64(UInt(bitPattern: memory.address(of: index)))
    place.pointee.length = UInt32(memory.bytesEach)
    place.pointee.index = UInt16(truncatingIfNeeded: index)
    tail &+= 1
  }
}
