import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

@Suite(.serialized) struct BrokenConnectionTests {
  private static let requests = [
    "GET /flow/v1/hello-world HTTP/1.1\r\nHost: x\r\n\r\n", "GET /flow/v1/slow-answer HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{\"message\":\"abc\"}",
    "POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"message\":\"abc\"}\r\n0\r\n\r\n",
  ]

  private static func configure(_ configuration: inout ServerConfiguration) {
    configuration.http.connectionsMax = 17
    // The watcher may have to wait for its turn.
    configuration.timeouts.idle = .seconds(3600)
  }

  /// A client whose connection is there to stay.
  private static func watcher(of server: RunningServer) throws -> TestClient {
    let watcher = try TestClient(port: server.port)
    #expect(try watcher.request("GET", "/flow/v1/hello-world").status == 200)
    return watcher
  }

  /// After each byte that a request has, and directly behind it.
  @Test("a connection that breaks anywhere leaves nothing behind", arguments: proactors)
  func reset(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: Self.configure) { server in
      let watcher = try Self.watcher(of: server)
      var made: UInt64 = 0
      for request in Self.requests.map({ Array($0.utf8) }) {
        for count in 0...request.count {
          made += 1
          let client = try TestClient(port: server.port)
          // The one before may have been refused, while those before it were still closing.
          do { try client.send(Array(request[..<count])) } catch {}
          client.reset()
        }
      }
      try expectNoConnection(at: server, but: watcher, made: made)
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/hello-world").status == 200)
    }
  }

  @Test("a client that leaves a large answer unread, or half read, leaves nothing behind", arguments: proactors)
  func unread(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: Self.configure) { server in
      let watcher = try Self.watcher(of: server)
      for reads in [false, true] {
        for _ in 0..<8 {
          let client = try TestClient(port: server.port)
          try client.send("GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n")
          if reads { _ = try client.readResponseHead() }
          client.reset()
        }
      }
      try expectNoConnection(at: server, but: watcher, made: 16)
    }
  }

  /// Every connection but the watcher's has been closed, and every request that has started has finished.
  ///
  /// A connection that is gone for its client may wait to be accepted still, or to be found broken. So the watcher asks until
  /// that has happened: with each answer, a turn of the worker's loop has passed. What is left after so many turns stays.
  ///
  /// - Parameter made: connections that the server must have seen, besides the watcher's.
  private func expectNoConnection(at server: RunningServer, but watcher: TestClient, made: UInt64) throws {
    let metrics = server.metrics.workers[0]
    func isClear() -> Bool {
      metrics.value(.connectionsAccepted) + metrics.value(.connectionsRefused) == made + 1
        && metrics.value(.connectionsAccepted) == metrics.value(.connectionsClosed) + 1
        && metrics.value(.requestsStarted) == metrics.value(.requestsFinished)
    }
    var turns = 0
    repeat {
      #expect(try watcher.request("GET", "/flow/v1/hello-world").status == 200)
      turns += 1
    } while !isClear() && turns < 10_000
    #expect(isClear(), "connections or requests are left")
  }
}
