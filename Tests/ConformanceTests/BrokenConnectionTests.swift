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

  /// After each byte that a request has, and directly behind it.
  @Test("a connection that breaks anywhere leaves nothing behind", arguments: proactors)
  func reset(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.connectionsMax = 16 }) { server in
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
      try expectNoConnection(at: server, made: made)
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/hello-world").status == 200)
    }
  }

  @Test("a client that leaves a large answer unread, or half read, leaves nothing behind", arguments: proactors)
  func unread(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor) { server in
      for reads in [false, true] {
        for _ in 0..<8 {
          let client = try TestClient(port: server.port)
          try client.send("GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n")
          if reads { while !client.hasInput {} }
          client.reset()
        }
      }
      try expectNoConnection(at: server)
    }
  }

  /// Every connection that was accepted has been closed, and every request that has started has finished.
  ///
  /// - Parameter made: connections that the server must have seen. Others may still wait to be accepted, and count then.
  private func expectNoConnection(at server: RunningServer, made: UInt64 = 0) throws {
    let metrics = server.metrics.workers[0]
    let start = MonotonicClock.now
    while metrics.value(.connectionsAccepted) + metrics.value(.connectionsRefused) < made
      || metrics.value(.connectionsAccepted) != metrics.value(.connectionsClosed)
      || metrics.value(.requestsStarted) != metrics.value(.requestsFinished)
    {
      guard MonotonicClock.now.nanoseconds(since: start) < 30_000_000_000 else {
        Issue.record("connections or requests are left")
        return
      }
    }
  }
}
