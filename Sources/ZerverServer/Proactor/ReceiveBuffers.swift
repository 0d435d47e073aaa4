import Glibc

/// The memory that connections are received into: equal buffers in one mapping, named by index.
///
/// The mapping lives as long as this value. A buffer is lent to the owner of a completion until it is taken back; while it
/// is not lent, the kernel may write to it. Its own mapping and not the heap, so that pages which are never used cost nothing.
struct ReceiveBuffers: ~Copyable {
  let count: Int
  let bytesEach: Int
  private let base: UnsafeMutableRawPointer
  /// One byte per buffer, 1 while it is lent. Catches a buffer that is given back twice, which would hand the same
  /// memory to two connections. Freed in deinit.
  private let lent: UnsafeMutablePointer<UInt8>

  init(count: Int, bytesEach: Int) throws(ProactorError) {
    precondition(count > 0 && count <= 32768 && count & (count - 1) == 0, "the number of buffers is a power of two")
    precondition(bytesEach > 0, "a buffer has bytes")
    let mapping = mmap(nil, count * bytesEach, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw .last("mmap of receive buffers") }
    self.count = count
    self.bytesEach = bytesEach
    base = mapping
    lent = .allocate(capacity: count)
    lent.initialize(repeating: 0, count: count)
  }

  deinit {
    munmap(base, count * bytesEach)
    lent.deallocate()
  }

  /// Valid as long as this value.
  func address(of index: Int) -> UnsafeMutableRawPointer { base + index &* bytesEach }

  func markLent(_ index: Int) {
    precondition(index < count && lent[index] == 0, "a buffer is lent once")
    lent[index] = 1
  }

  func markReturned(_ index: Int) {
    precondition(index < count && lent[index] == 1, "a buffer is given back once")
    lent[index] = 0
  }
}
