import Foundation
import Testing
import ZerverServer

@Suite(.serialized) struct DifferentialTests {
  /// `ZERVER_TEST_SEED` plays other mutations.
  @Test("where the server and h11 read bytes differently, there is a reason", arguments: proactors)
  func againstH11(_ proactor: ProactorChoice) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Differential/compare.py").path
    let seed = ProcessInfo.processInfo.environment["ZERVER_TEST_SEED"] ?? "1"
    try withConformanceServer(proactor, configure: smallLimits) { server in
      let process = Process()
      let output = Pipe()
      // The system's Python, for which `make setup` installs h11.
      process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
      process.arguments = ["-B", script, "--port", "\(server.port)", "--seed", seed, "--mutations", "1000"]
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
    }
  }
}
