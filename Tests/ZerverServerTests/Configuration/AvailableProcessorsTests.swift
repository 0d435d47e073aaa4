import Foundation
import Testing

@testable import ZerverServer

@Suite struct AvailableProcessorsTests {
  @Test("a server without a number of workers starts at least one, and a given number holds")
  func workerCount() {
    var configuration = ServerConfiguration()
    #expect(configuration.workerCount >= 1)
    configuration.workers = 7
    #expect(configuration.workerCount == 7)
  }

  @Test("the CPUs are those that the kernel lists for this process")
  func affinity() throws {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") })
    let mask = line.dropFirst("Cpus_allowed:".count)
    let bits = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    #expect(availableProcessors() == bits)
  }
}
