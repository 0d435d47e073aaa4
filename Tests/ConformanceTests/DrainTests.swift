import Testing
import ZerverServer
import ZerverTesting

@Suite(.serialized) struct DrainTests {
  @Test("a request that comes behind the stop on an open connection is answered, and its answer closes", arguments: proactors)
  func lateRequest(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.timeouts.drainIdle = .seconds(30) }) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/hello-world")["connection"] == nil)
      server.stop()
      // The listener is gone when nobody can connect any more: the drain has begun.
      while (try? TestClient(port: server.port)) != nil {}
      let late = try client.request("GET", "/flow/v1/hello-world")
      #expect(late.status == 200)
      #expect(late["connection"] == "close")
      #expect(try client.isAtEnd())
    }
  }

  @Test("an idle connection is closed after its time, and a slow request is waited for", arguments: proactors)
  func idleAndBusy(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.timeouts.drainIdle = .milliseconds(1) }) { server in
      let idle = try TestClient(port: server.port)
      _ = try idle.request("GET", "/flow/v1/hello-world")
      let busy = try TestClient(port: server.port)
      try busy.send("GET /flow/v1/slow-answer HTTP/1.1\r\nHost: x\r\n\r\n")
      let half = try TestClient(port: server.port)
      try half.send("POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n{\"mess")
      // All of them have been read when one that came later has been answered.
      let later = try TestClient(port: server.port)
      _ = try later.request("GET", "/flow/v1/hello-world")
      server.stop()
      #expect(try idle.isAtEnd())
      try half.send("age\":\"a\"}")
      #expect(try half.readResponse().text == "a")
      #expect(try half.isAtEnd())
      #expect(try busy.readResponse().text == "Good morning!")
      #expect(try busy.isAtEnd())
      try server.waitUntilStopped()
    }
  }
}
