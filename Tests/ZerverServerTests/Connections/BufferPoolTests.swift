import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct BufferPoolTests {
  /// Takes so many buffers at once, each of so many bytes. Returns the memory that they had before, and gives them back.
  private func use(_ count: Int, bytes: Int, of pool: inout BufferPool) -> Int {
    let taken = (0..<count).map { _ in pool.take() }
    let before = taken.reduce(0) { $0 + pool.buffer($1).pointee.capacity }
    for index in taken { pool.buffer(index).pointee.reserve(bytes) }
    for index in taken { pool.give(index) }
    return before
  }

  @Test("buffers keep their memory, but not what a rare large message has grown")
  func keep() throws {
    var pool = try BufferPool(buffersMax: 2_048)
    let first = use(100, bytes: 4096, of: &pool)
    let second = use(100, bytes: 4096, of: &pool)
    _ = use(100, bytes: 100_000, of: &pool)
    let last = use(100, bytes: 256, of: &pool)
    #expect([first, second, last] == [0, 100 * 4096, 0])
  }

  @Test("a flood leaves little memory behind, and the pool is warm again after it")
  func flood() throws {
    var pool = try BufferPool(buffersMax: 2_048)
    _ = use(2000, bytes: 64 << 10, of: &pool)
    let left = use(2000, bytes: 256, of: &pool)
    #expect(left <= 32 << 20)
    _ = use(100, bytes: 4096, of: &pool)
    let warm = use(100, bytes: 4096, of: &pool)
    #expect(warm >= 100 * 4096)
  }
}
