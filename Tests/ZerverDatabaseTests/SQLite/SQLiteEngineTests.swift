import Foundation
import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverDatabase

@Suite struct SQLiteEngineTests {
  /// What the process holds open of this database: its file, its log and the index of that.
  private func descriptors(of path: String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for number in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      // One that was there may be gone.
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)") else { continue }
      if target.hasPrefix(path) { counts[String(target.dropFirst(path.count)), default: 0] += 1 }
    }
    return counts
  }

  @Test("a capability that has started has every descriptor that it will need")
  func opensAhead() throws {
    let bench = try Bench(.sqlite) { $0.readerThreads = 3 }
    guard case .sqlite(let path) = bench.database.kind else { return }
    let started = try descriptors(of: path)
    #expect(started == ["": 4, "-wal": 4, "-shm": 1])
    _ = try bench.execute("UPDATE items SET stock = stock + 1 WHERE id = $1", .int(1))
    let reads = (0..<30).map { _ in bench.submit(.query(Statement("SELECT stock FROM items WHERE id = $1", [.int(1)]))) }
    for outcome in try bench.worker.outcomes(of: reads) { #expect(try outcome.onlyRows[0].int("stock") == 11) }
    #expect(try descriptors(of: path) == started)
  }
}
