import Testing
import ZerverServer

@Suite(.serialized) struct CaseTests {
  /// Every case in one piece, byte by byte, and split at every offset.
  @Test("what is sent gets the answer of its case", arguments: ConformanceCase.files, proactors)
  func cases(_ file: String, _ proactor: ProactorChoice) throws {
    let cases = try ConformanceCase.read(file)
    try withConformanceServer(proactor, configure: smallLimits) { server in
      for row in cases {
        if let difference = CaseRunner(server: server, row: row).run() { Issue.record("\(row.title), \(difference)") }
      }
    }
  }

  @Test("the suite has at least 200 cases, each with a title of its own")
  func count() throws {
    let titles = try ConformanceCase.files.flatMap { file in try ConformanceCase.read(file).map { "\(file) \($0.title)" } }
    #expect(titles.count >= 200)
    #expect(Set(titles).count == titles.count)
  }
}

/// Limits that a case can reach with a few lines.
func smallLimits(_ configuration: inout ServerConfiguration) {
  configuration.http.requestLineBytesMax = 256
  configuration.http.headerBytesMax = 1024
  configuration.http.headerCountMax = 16
  configuration.http.bodyBytesMax = 1024
  configuration.http.trailerBytesMax = 128
  configuration.http.chunkExtensionBytesMax = 64
}
