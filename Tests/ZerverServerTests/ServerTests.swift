import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@Suite struct ServerTests {
  @Test("a flow answers with its text, and with the headers of its deprecation", arguments: proactors)
  func answers(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let response = try client.request("GET", "/flow/v1/say-hello")
      #expect(response.status == 200)
      #expect(response.text == "Hello, world!")
      #expect(response["content-type"] == "text/plain; charset=utf-8")
      #expect(response["deprecation"] == "@1790812800")
      #expect(response["sunset"] == "Thu, 01 Apr 2027 00:00:00 GMT")
      #expect(response["link"] == "</flow/v2/say-hello>; rel=\"successor-version\"")
      #expect(response["date"]?.hasSuffix(" GMT") == true)
    }
  }

  @Test("HEAD is GET without the body", arguments: proactors)
  func head(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let response = try client.request("HEAD", "/flow/v1/say-hello")
      #expect(response.status == 200)
      #expect(response["content-length"] == "13")
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  @Test("steps run in order, a condition chooses, and the output is JSON", arguments: proactors)
  func steps(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let joined = try client.request("POST", "/flow/v1/join-texts", body: #"["a","b"]"#)
      #expect(joined.status == 201)
      #expect(joined.text == #""a b""#)
      #expect(joined["content-type"] == "application/json")
      #expect(try client.request("POST", "/flow/v1/join-texts", body: "[]").text == #""nothing""#)
    }
  }

  @Test("branches that sleep run side by side and join", arguments: proactors)
  func parallel(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/sleep-short").text == "leftright")
    }
  }

  @Test("a step that follows an abandoned one starts from its beginning", arguments: proactors)
  func abandonedBranch(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<5 { #expect(try client.request("GET", "/flow/v1/race-twice").text == "23") }
    }
  }

  @Test("a request that comes while another is in flight has a deadline of its own", arguments: proactors)
  func pipelinedDeadlines(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let request = "GET /flow/v1/sleep-in-time HTTP/1.1\r\nHost: x\r\n\r\n"
      // Together they take longer than the deadline of one, and the connection is never idle.
      try client.send(request)
      for _ in 0..<150 {
        try client.send(request)
        #expect(try client.readResponse().text == "in time")
      }
    }
  }

  @Test("a step that yields a thousand times ends", arguments: proactors)
  func cooperative(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/count-slowly").text == "1000")
    }
  }

  @Test("a request that outlives its deadline is answered with 504", arguments: proactors)
  func deadline(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let response = try client.request("GET", "/flow/v1/sleep-long")
      #expect(response.status == 504)
      #expect(response.text.contains("urn:zerver:problem:deadline-exceeded"))
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  @Test("a declared error has the status of the flow and its members", arguments: proactors)
  func declaredError(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let body = "[" + Array(repeating: "\"x\"", count: 101).joined(separator: ",") + "]"
      let response = try client.request("POST", "/flow/v1/join-texts", body: body)
      #expect(response.status == 409)
      #expect(response["content-type"] == "application/problem+json")
      #expect(response.text.contains(#""limit":100"#))
      #expect(response.text.contains(#""instance":"/flow/v1/join-texts""#))
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let request: String
    let status: Int
    let code: String
    var closes = false
    var testDescription: String { "\(code) for \(request.prefix(40))" }
  }

  static let refusals = [
    Refusal(request: "GET /flow/v1/no-such HTTP/1.1\r\nHost: x\r\n\r\n", status: 404, code: "not-found"),
    Refusal(request: "POST /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", status: 405, code: "method-not-allowed"),
    Refusal(request: "BREW /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n", status: 501, code: "not-implemented"),
    Refusal(request: "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n[1]", status: 422, code: "wrong-type"),
    Refusal(request: "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[,", status: 400, code: "malformed-json"),
    Refusal(
      request: "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n[]",
      status: 415, code: "unsupported-media-type"),
    Refusal(request: "GET /flow/v1/need-undeclared HTTP/1.1\r\nHost: x\r\n\r\n", status: 500, code: "internal-error"),
    Refusal(request: "GET /flow/v1/yield-undeclared HTTP/1.1\r\nHost: x\r\n\r\n", status: 500, code: "internal-error"),
    Refusal(request: "GET /flow/v1/say-hello HTTP/1.1\r\n\r\n", status: 400, code: "bad-request", closes: true),
    Refusal(
      request: "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
      status: 400, code: "bad-request", closes: true),
    Refusal(
      request: "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", status: 413,
      code: "content-too-large", closes: true),
    Refusal(request: "GET / HTTP/2.0\r\nHost: x\r\n\r\n", status: 505, code: "http-version-not-supported", closes: true),
  ]

  @Test("what cannot be served is refused with its status and a problem", arguments: refusals, proactors)
  func refuses(_ row: Refusal, _ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send(row.request)
      let response = try client.readResponse()
      #expect(response.status == row.status)
      #expect(response.text.contains("urn:zerver:problem:\(row.code)"), "\(response.text)")
      if row.closes {
        #expect(response["connection"] == "close")
        #expect(try client.isAtEnd())
      } else {
        #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
      }
    }
  }

  @Test("pipelined requests are answered in order, whatever they are", arguments: proactors)
  func pipelining(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      var request = ""
      for index in 0..<300 {
        switch index % 3 {
        case 0: request += "GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n"
        case 1: request += "GET /flow/v1/missing-\(index) HTTP/1.1\r\nHost: x\r\n\r\n"
        default: request += "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[\"n\",\"\(index % 10)\"]"
        }
      }
      try client.send(request)
      for index in 0..<300 {
        let response = try client.readResponse()
        switch index % 3 {
        case 0: #expect(response.text == "Hello, world!")
        case 1: #expect(response.status == 404)
        default: #expect(response.text == "\"n \(index % 10)\"")
        }
      }
    }
  }

  @Test("a request that comes one byte at a time is served", arguments: proactors)
  func byteByByte(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let requests =
        "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[\"a\",\"b\"]"
        + "POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "4\r\n[\"a\"\r\n5;x=y\r\n,\"b\"]\r\n0\r\nTrailer: 1\r\n\r\n"
      for byte in requests.utf8 { try client.send([byte]) }
      for _ in 0..<2 { #expect(try client.readResponse().text == "\"a b\"") }
    }
  }

  @Test("100 Continue is sent before the body, and not when the request will be refused", arguments: proactors)
  func expectContinue(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send("POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      #expect(try client.readResponse().status == 100)
      try client.send("[\"a\"]")
      #expect(try client.readResponse().text == "\"a\"")
      try client.send("POST /flow/v1/no-such HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      #expect(try client.readResponse().status == 404)
      #expect(try client.isAtEnd())
    }
  }

  @Test("a large answer reaches a client that reads late", arguments: proactors)
  func largeAnswer(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: "GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n", count: 3))
      for _ in 0..<3 { #expect(try client.readResponse().body.count == 4 << 20) }
    }
  }

  @Test("a client that sends everything, then closes its side, gets every answer", arguments: proactors)
  func halfClosed(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: "GET /flow/v1/sleep-short HTTP/1.1\r\nHost: x\r\n\r\n", count: 5))
      client.finishSending()
      for _ in 0..<5 { #expect(try client.readResponse().text == "leftright") }
      #expect(try client.isAtEnd())
    }
  }

  @Test("requests that wait behind a large answer are answered after the client has closed its side", arguments: proactors)
  func halfClosedBehindLargeAnswer(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: "GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n", count: 4))
      client.finishSending()
      let later = try TestClient(port: server.port)
      _ = try later.request("GET", "/flow/v1/say-hello")
      for _ in 0..<4 { #expect(try client.readResponse().body.count == 4 << 20) }
      #expect(try client.isAtEnd())
    }
  }

  @Test("a client that resets its connection cancels its request", arguments: proactors)
  func clientGone(_ proactor: ProactorChoice) throws {
    try withServer(proactor, configure: { $0.requests.inFlightMax = 1 }) { server in
      let first = try TestClient(port: server.port)
      try first.send("GET /flow/v1/wait-forever HTTP/1.1\r\nHost: x\r\n\r\n")
      let second = try TestClient(port: server.port)
      // The only slot is taken: others are refused, which also shows that the first request has been admitted.
      while try second.request("GET", "/flow/v1/say-hello").status == 200 {}
      let refused = try second.request("GET", "/flow/v1/say-hello")
      #expect(refused.status == 503)
      #expect(refused["retry-after"] == "1")
      first.reset()
      while try second.request("GET", "/flow/v1/say-hello").status == 503 {}
    }
  }

  @Test("an alias redirects with its query, or answers in place", arguments: proactors)
  func aliases(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let redirect = try client.request("GET", "/flow/v1/greet-world?a=b%20c")
      #expect(redirect.status == 308)
      #expect(redirect["location"] == "/flow/v1/say-hello?a=b%20c")
      let served = try client.request("GET", "/flow/v1/hello-there")
      #expect(served.status == 200)
      #expect(served["content-location"] == "/flow/v1/say-hello")
      #expect(served.headers.contains { $0.name == "link" && $0.value.contains("rel=\"canonical\"") })
    }
  }

  @Test("a step's own response is sent, but no header that HTTP does not allow", arguments: proactors)
  func ownResponse(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let response = try client.request("GET", "/flow/v1/answer-itself")
      #expect(response.status == 202)
      #expect(response.text == "a,b")
      #expect(response["content-type"] == "text/csv")
      #expect(response["x-count"] == "2")
      #expect(response["x-bad"] == nil && response["x-injected"] == nil)
      #expect(response["content-length"] == "3")
    }
  }

  @Test("the catalog lists every flow, and answers 304 to those who know it", arguments: proactors)
  func catalog(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      let catalog = try client.request("GET", "/flow/v1/catalog")
      #expect(catalog.status == 200)
      #expect(catalog.text.contains(#""slug":"say-hello""#))
      #expect(catalog.text.contains(#""successor":"/flow/v2/say-hello""#))
      let etag = try #require(catalog["etag"])
      let again = try client.request("GET", "/flow/v1/catalog", headers: ["If-None-Match: \(etag)"])
      #expect(again.status == 304)
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  @Test("metrics count requests by flow and status, in chunks", arguments: proactors)
  func metrics(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<3 { _ = try client.request("GET", "/flow/v1/say-hello") }
      let metrics = try client.request("GET", "/metrics")
      #expect(metrics["transfer-encoding"] == "chunked")
      #expect(metrics.text.contains(#"slug="say-hello""#))
      try client.send("GET /metrics HTTP/1.0\r\n\r\n")
      let old = try client.readResponse()
      #expect(old["transfer-encoding"] == nil)
      #expect(old["connection"] == "close")
    }
  }

  @Test("draining answers what is in flight, then ends", arguments: proactors)
  func drains(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let idle = try TestClient(port: server.port)
      _ = try idle.request("GET", "/flow/v1/say-hello")
      let busy = try TestClient(port: server.port)
      try busy.send("GET /flow/v1/sleep-short HTTP/1.1\r\nHost: x\r\n\r\n")
      // The request has arrived when a second connection, which came later, has been served.
      let later = try TestClient(port: server.port)
      _ = try later.request("GET", "/flow/v1/say-hello")
      server.stop()
      #expect(try busy.readResponse().text == "leftright")
      #expect(try busy.isAtEnd())
      #expect(try idle.isAtEnd())
      try server.waitUntilStopped()
      #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port) }
    }
  }

  @Test("draining sends every byte of the answers that are written", arguments: proactors)
  func drainsLargeAnswers(_ proactor: ProactorChoice) throws {
    try withServer(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.send("GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n")
      // The answer has been written when a request that came later has been answered.
      let later = try TestClient(port: server.port)
      _ = try later.request("GET", "/flow/v1/say-hello")
      server.stop()
      #expect(try later.isAtEnd())
      #expect(try client.readResponse().body.count == 4 << 20)
      #expect(try client.isAtEnd())
    }
  }

  @Test("a stuck request is cut off at the drain deadline", arguments: proactors)
  func drainDeadline(_ proactor: ProactorChoice) throws {
    try withServer(proactor, configure: { $0.timeouts.drain = .milliseconds(50) }) { server in
      let client = try TestClient(port: server.port)
      try client.send("GET /flow/v1/wait-forever HTTP/1.1\r\nHost: x\r\n\r\n")
      let later = try TestClient(port: server.port)
      _ = try later.request("GET", "/flow/v1/say-hello")
      server.stop()
      try server.waitUntilStopped()
    }
  }

  @Test("a head that does not end in time is answered with 408, and an idle connection is closed", arguments: proactors)
  func timeouts(_ proactor: ProactorChoice) throws {
    try withServer(
      proactor,
      configure: {
        $0.timeouts.header = .milliseconds(50)
        $0.timeouts.idle = .milliseconds(50)
        $0.timeouts.body = .milliseconds(50)
      }
    ) { server in
      let slow = try TestClient(port: server.port)
      try slow.send("GET /flow/v1/say-hello HTTP/1.1\r\nHost:")
      #expect(try slow.readResponse().status == 408)
      let slowBody = try TestClient(port: server.port)
      try slowBody.send("POST /flow/v1/join-texts HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[")
      #expect(try slowBody.readResponse().status == 408)
      let idle = try TestClient(port: server.port)
      _ = try idle.request("GET", "/flow/v1/say-hello")
      #expect(try idle.isAtEnd())
    }
  }

  @Test("a client that does not read its answers is given up", arguments: proactors)
  func stalledReader(_ proactor: ProactorChoice) throws {
    try withServer(proactor, configure: { $0.timeouts.write = .milliseconds(100) }) { server in
      let client = try TestClient(port: server.port)
      try client.send(String(repeating: "GET /flow/v1/large-answer HTTP/1.1\r\nHost: x\r\n\r\n", count: 20))
      // The answers are 80 MiB: more than any socket buffer. The server gives up before they are through.
      let other = try TestClient(port: server.port)
      var open = true
      while open {
        let metrics = try other.request("GET", "/metrics").text
        open = !metrics.contains("zerver_connections_open 1\n")
      }
    }
  }
}
