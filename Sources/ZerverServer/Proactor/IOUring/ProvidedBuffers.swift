import CUring
import Glibc

/// Receive buffers that the kernel picks from by itself, so that no memory is bound to an idle connection.
///
/// The ring of entries is shared with the kernel from registration until the io_uring is gone; the buffers themselves are
/// written by receives in flight. The proactor therefore settles and closes its io_uring before this value ends.
struct ProvidedBuffers: ~Copyable {
  let memory: ReceiveBuffers
  /// Mapped in init, unmapped in deinit: the kernel wants it aligned to a page.
  private let ring: UnsafeMutableRawPointer
  /// Given back in this turn and not yet visible to the kernel: one barrier per turn, not one per buffer.
  private var returned: UInt32 = 0

  /// The only buffer group of a proactor.
  static var group: UInt16 { 0 }

  init(_ configuration: ProactorConfiguration, for io: borrowing Ring) throws(ProactorError) {
    let memory = try ReceiveBuffers(count: configuration.receiveBuffers, bytesEach: configuration.receiveBufferBytes)
    let length = memory.count * MemoryLayout<io_uring_buf>.size
    let mapping = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw .last("mmap of the buffer ring") }
    let status = zerver_buffers_register(io.handle, mapping, UInt32(memory.count), Self.group)
    guard status >= 0 else {
      munmap(mapping, length)
      throw ProactorError(operation: "io_uring_register of provided buffers", errno: -status)
    }
    ring = mapping
    self.memory = memory
    for index in 0..<self.memory.count { add(index) }
    publish()
  }

  deinit { munmap(ring, memory.count * MemoryLayout<io_uring_buf>.size) }

  mutating func release(_ buffer: BufferID) {
    memory.markReturned(Int(buffer.index))
    add(Int(buffer.index))
  }

  /// Shows the kernel what has been given back.
  mutating func publish() {
    guard returned > 0 else { return }
    zerver_buffers_advance(ring, returned)
    returned = 0
  }

  private mutating func add(_ index: Int) {
    zerver_buffers_add(
      ring, memory.address(of: index), UInt32(memory.bytesEach), UInt16(index), UInt32(memory.count - 1), returned)
    returned += 1
  }
}
