import Testing
import ZerverServer
import ZerverTesting

/// Limits that need more than one request, or time, to be reached.
@Suite(.serialized) struct LimitTests {
  private static let request = "GET /flow/v1/hello-world HTTP/1.1\r\nHost: x\r\n\r\n"

  @Test("one connection too many is told so, and served when another has ended", arguments: proactors)
  func connections(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.connectionsMax = 2 }) { server in
      let first = try TestClient(port: server.port)
      #expect(try first.request("GET", "/flow/v1/hello-world").status == 200)
      let second = try TestClient(port: server.port)
      #expect(try second.request("GET", "/flow/v1/hello-world").status == 200)
      try expectRefusal(at: server, 503, "overloaded")
      first.close()
      try expectService(at: server)
    }
  }

  @Test("one connection too many of an address is told so, and served when another has ended", arguments: proactors)
  func connectionsPerAddress(_ proactor: ProactorChoice) throws {
    try withConformanceServer(
      proactor,
      configure: {
        $0.http.connectionsPerAddressMax = 2
        $0.workers = 2
      }
    ) { server in
      let first = try TestClient(port: server.port)
      #expect(try first.request("GET", "/flow/v1/hello-world").status == 200)
      let second = try TestClient(port: server.port)
      #expect(try second.request("GET", "/flow/v1/hello-world").status == 200)
      try expectRefusal(at: server, 429, "too-many-connections")
      first.reset()
      try expectService(at: server)
    }
  }

  private func expectRefusal(at server: RunningServer, _ status: Int, _ problem: String) throws {
    let client = try TestClient(port: server.port)
    let response = try client.readResponse()
    #expect(response.status == status)
    #expect(response["connection"] == "close")
    #expect(response["retry-after"] == "1")
    #expect(response.text.contains("urn:zerver:problem:\(problem)"))
    #expect(try client.isAtEnd())
  }

  /// The server may not have seen the end of the other connection yet.
  private func expectService(at server: RunningServer) throws {
    while true {
      let client = try TestClient(port: server.port)
      try client.send(Self.request)
      if try client.readResponse().status == 200 { return }
    }
  }

  @Test("the last request of a connection closes it, and what comes behind is not answered", arguments: proactors)
  func requestsPerConnection(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.requestsPerConnectionMax = 3 }) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: Self.request, count: 5))
      for last in [false, false, true] {
        let response = try client.readResponse()
        #expect(response.status == 200)
        #expect((response["connection"] == "close") == last)
      }
      #expect(try client.isAtEnd())
    }
  }

  @Test("more pipelined requests than may wait are answered all the same", arguments: proactors)
  func pipelined(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.pipelinedRequestsMax = 2 }) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: Self.request, count: 500))
      client.finishSending()
      for _ in 0..<500 { #expect(try client.readResponse().status == 200) }
      #expect(try client.isAtEnd())
    }
  }

  @Test("bodies that are too large together are refused, and small ones are not", arguments: proactors)
  func bufferedBytes(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.bufferedBytesMax = 64 << 10 }) { server in
      func post(_ bytes: Int, sending sent: Int) throws -> TestClient {
        let client = try TestClient(port: server.port)
        try client.send("POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nContent-Length: \(bytes)\r\n\r\n")
        try client.send(Array(repeating: UInt8(ascii: " "), count: sent))
        return client
      }
      let held = try post(60 << 10, sending: 40 << 10)
      // Another one of this size does not fit, once the first has been read.
      while true {
        let refused = try post(40 << 10, sending: 0)
        // A probe that goes behind it says that there is an answer, or that none is to come.
        refused.finishSending()
        guard !(try refused.isAtEnd()) else { continue }
        let response = try refused.readResponse()
        #expect(response.status == 503)
        #expect(response["retry-after"] == "1")
        #expect(response["connection"] == "close")
        break
      }
      let small = try TestClient(port: server.port)
      #expect(try small.request("POST", "/flow/v1/echo-message", body: #"{"message":"a"}"#).text == "a")
      held.close()
      let body = #"{"message":""# + String(repeating: "a", count: 40 << 10) + #""}"#
      while true {
        let later = try TestClient(port: server.port)
        let response = try later.request("POST", "/flow/v1/echo-message", body: body)
        if response.status == 200 { break }
        #expect(response.status == 503)
      }
    }
  }

  @Test("a chunked body that grows beyond the budget is refused", arguments: proactors)
  func bufferedChunks(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.bufferedBytesMax = 16 << 10 }) { server in
      let client = try TestClient(port: server.port)
      try client.send("POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n")
      try client.send(Array(repeating: UInt8(ascii: " "), count: 0x7FFF))
      #expect(try client.readResponse().status == 503)
      #expect(try client.isAtEnd())
    }
  }

  @Test("a client that sends its head, or its body, too slowly is told so", arguments: proactors)
  func slowSenders(_ proactor: ProactorChoice) throws {
    try withConformanceServer(
      proactor,
      configure: {
        $0.timeouts.header = .milliseconds(100)
        $0.timeouts.body = .milliseconds(100)
      }
    ) { server in
      let starts = [
        "GET /flow/v1/hello", "GET /flow/v1/hello-world HTTP/1.1\r\nHost: x\r\nX-A",
        "POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
        "POST /flow/v1/echo-message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
      ]
      for start in starts {
        let client = try TestClient(port: server.port)
        try client.send(start)
        let response = try client.readResponse()
        #expect(response.status == 408)
        #expect(response["connection"] == "close")
        #expect(try client.isAtEnd())
      }
    }
  }

  @Test("a connection that never sends anything is closed without an answer", arguments: proactors)
  func silence(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.timeouts.header = .milliseconds(100) }) { server in
      let silent = try TestClient(port: server.port)
      #expect(try silent.isAtEnd())
    }
  }

  @Test("answers carry a tag when the server is told so, and a client that has them gets 304", arguments: proactors)
  func entityTags(_ proactor: ProactorChoice) throws {
    try withConformanceServer(proactor, configure: { $0.http.entityTags = .automatic }) { server in
      let client = try TestClient(port: server.port)
      let first = try client.request("GET", "/flow/v1/hello-world")
      let tag = try #require(first["etag"])
      #expect(first["accept-ranges"] == "bytes")
      #expect(try client.request("GET", "/flow/v1/hello-world", headers: ["If-None-Match: \(tag)"]).status == 304)
      #expect(try client.request("GET", "/flow/v1/hello-world", headers: ["Range: bytes=0-4", "If-Range: \(tag)"]).text == "Hello")
      let other = try client.request("GET", "/flow/v1/search-texts?text=a")
      #expect(other["etag"] != nil && other["etag"] != tag)
      #expect(try client.request("POST", "/flow/v1/echo-message", body: #"{"message":"a"}"#)["etag"] == nil)
    }
  }
}
