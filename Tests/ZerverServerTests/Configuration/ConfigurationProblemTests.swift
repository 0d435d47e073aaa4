import Testing

@testable import ZerverServer

@Suite struct ConfigurationProblemTests {
  private typealias Change = @Sendable (inout ServerConfiguration) -> Void

  @Test("a server runs with its defaults, and with the largest number of connections")
  func right() {
    var configuration = ServerConfiguration()
    #expect(configuration.problem == nil)
    configuration.http.connectionsMax = 4_000_000
    #expect(configuration.problem == nil)
  }

  @Test("what no server can run with is said in words")
  func wrong() {
    let changes: [(Change, String)] = [
      ({ $0.port = 65_536 }, "the port is 65536"),
      ({ $0.workers = 0 }, "there are to be 0 workers"),
      ({ $0.requests.inFlightMax = 0 }, "room for one connection and one request"),
      ({ $0.http.connectionsMax = 0 }, "room for one connection and one request"),
      ({ $0.http.connectionsMax = 4_000_001 }, "a worker can have 4,000,000 connections"),
      ({ $0.http.connectionsMax = .max }, "a worker can have 4,000,000 connections"),
      ({ $0.http.pipelinedRequestsMax = 0 }, "a connection needs one request"),
      ({ $0.files.inFlightMax = 0 }, "room for one file"),
      ({ $0.http.streamLineBytesMax = 63 }, "a line of a body in parts"),
    ]
    for (change, text) in changes {
      var configuration = ServerConfiguration()
      change(&configuration)
      #expect(configuration.problem?.contains(text) == true, "\(text): \(configuration.problem ?? "none")")
    }
  }
}
