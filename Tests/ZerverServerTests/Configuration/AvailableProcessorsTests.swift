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
}
