import Foundation
import Logging
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// HTTP/2 over real sockets: curl, nghttp and h2load as peers that behave, and frames by hand for what those do not do.
@Suite struct HTTP2Tests {
  /// The first port allows HTTP/2 by prior knowledge, the second speaks TLS, the third knows neither.
  private func withHTTP2<Result>(
    _ proactor: ProactorChoice, configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer, Int) throws -> Result
  ) throws -> Result {
    let files = try TestCertificates.shared.get()
    return try withServer(proactor) { configuration in
      configuration.listen = [
        .init(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true), .init(.tcp(host: "127.0.0.1", port: 0), isEncrypted: true),
        .init(.tcp(host: "127.0.0.1", port: 0)),
      ]
      configuration.tls.certificates = [files.files("localhost")]
      configure(&configuration)
    } _: { (server: RunningServer) throws in
      try body(server, server.ports[0])
    }
  }

  private func value(_ server: RunningServer, _ counter: WorkerMetrics.Counter) -> UInt64 {
    server.metrics.workers.reduce(0) { $0 + $1.value(counter) }
  }

  private func faults(_ server: RunningServer, _ fault: HTTP2Session.Fault) -> UInt64 {
    server.metrics.workers.reduce(0) { $0 + $1.value(fault) }
  }

  // MARK: Peers that behave

  @Test("curl asks by prior knowledge and over TLS, and gets what HTTP/1.1 gets", arguments: proactors)
  func curl(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      let certificates = ["--cacert", try TestCertificates.shared.get().path("all")]
      func ask(_ options: [String], _ path: String, tls: Bool) throws -> String {
        let url = tls ? "https://localhost:\(server.ports[1])\(path)" : "http://localhost:\(port)\(path)"
        let version = tls ? certificates + ["--http2"] : ["--http2-prior-knowledge"]
        return try TestProgram.run(["curl", "-sS", "-w", " %{http_version} %{http_code}"] + version + options + [url])
      }
      for tls in [false, true] {
        #expect(try ask([], "/flow/v1/say-hello", tls: tls) == "Hello, world! 2 200")
        #expect(try ask(["-d", #"["a","b"]"#, "-H", "Content-Type: application/json"], "/flow/v1/join-texts", tls: tls) == #""a b" 2 201"#)
        #expect(try ask(["-I", "-o", "/dev/null"], "/flow/v1/say-hello", tls: tls) == " 2 200")
        #expect(try ask(["-o", "/dev/null"], "/flow/v1/greet-world", tls: tls) == " 2 308")
        #expect(try ask(["-o", "/dev/null"], "/nowhere", tls: tls) == " 2 404")
        #expect(try ask(["-o", "/dev/null", "-X", "PURGE"], "/flow/v1/say-hello", tls: tls) == " 2 501")
        #expect(try ask([], "/flow/v1/large-answer", tls: tls).utf8.count == 4 << 20 + 6)
        #expect(try ask([], "/flow/v1/sleep-short", tls: tls) == "leftright 2 200")
        #expect(try ask(["-o", "/dev/null"], "/flow/v1/sleep-long", tls: tls) == " 2 504")
        #expect(try ask([], "/metrics", tls: tls).contains("zerver_http2_streams_total"))
      }
      let head = try ask(["-i"], "/flow/v1/say-hello", tls: false)
      #expect(head.contains("\r\ndeprecation: @1790812800\r\n"))
      #expect(head.contains("\r\nlink: </flow/v2/say-hello>; rel=\"successor-version\"\r\n"))
      #expect(!head.lowercased().contains("connection:"))
      let own = try ask(["-i"], "/flow/v1/answer-itself", tls: true)
      #expect(own.contains("\r\nx-count: 2\r\n"))
      #expect(!own.contains("injected"))
    }
  }

  @Test("many requests at the same time are all answered", arguments: proactors)
  func load(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      for url in ["http://localhost:\(port)", "https://localhost:\(server.ports[1])"] {
        let many = try TestProgram.run(["h2load", "-n", "4000", "-c", "4", "-m", "32", "\(url)/flow/v1/say-hello"])
        #expect(many.contains("4000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(many)")
        let large = try TestProgram.run(["h2load", "-n", "16", "-c", "2", "-m", "8", "\(url)/flow/v1/large-answer"])
        #expect(large.contains("16 succeeded, 0 failed, 0 errored, 0 timeout"), "\(large)")
      }
      #expect(value(server, .http2Streams) == 8032)
      #expect(value(server, .requestsStarted) == value(server, .requestsFinished))
    }
  }

  @Test("a client chooses between the two protocols, and a server offers one of them if it is told to", arguments: proactors)
  func negotiation(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("get", server.ports[1], ["alpn": "http/1.1"])["alpn"] == "http/1.1")
      #expect(try runTLSPeer("get", server.ports[1])["status"] == "200")
      // HTTP/1.1 on the port that allows both, and a request that begins like the preface.
      #expect(try TestClient(port: port).request("GET", "/flow/v1/say-hello").text == "Hello, world!")
      #expect(try TestClient(port: port).request("PRI", "/flow/v1/say-hello").status == 501)
      // Where it is not allowed, the preface is a bad request.
      let refused = try TestClient(port: server.ports[2])
      try refused.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
      #expect(try refused.readResponse().status == 400)
    }
    try withHTTP2(proactor) { $0.http2.alpn = .none } _: { (server: RunningServer, _: Int) throws in
      #expect(try runTLSPeer("get", server.ports[1], ["alpn": "h2,http/1.1"])["alpn"] == "http/1.1")
    }
  }

  // MARK: Requests

  @Test("bodies come in pieces, with a length or without, padded, with trailers, and after 100 Continue", arguments: proactors)
  func bodies(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      #expect(
        try playFrames("body", port) == [
          "unknown length": #""a b""#, "padded": #""a c""#, "trailers": #""d""#, "continue": #""e""#, "continuation": #""f""#,
        ])
      #expect(try playFrames("byte_by_byte", port)["result"] == "status 200 13")
      #expect(try playFrames("get", port, ["cookies": "1"])["result"] == "status 200 13")
    }
  }

  @Test("a malformed request is refused alone: the connection goes on", arguments: proactors)
  func malformed(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      var said = try playFrames("malformed", port)
      #expect(said.removeValue(forKey: "good") == "status 200 13")
      #expect(said.count == 28)
      // PROTOCOL_ERROR, or a bad request in the words of HTTP.
      for (name, result) in said {
        #expect(result == "['reset', '1']" || result == "['status', '400']", "\(name): \(result)")
      }
      #expect(said["host differs"] == "['status', '400']")
      #expect(said["connection"] == "['reset', '1']")
    }
  }

  @Test("limits of requests are those of HTTP/1.1", arguments: proactors)
  func limits(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) {
      $0.http.bodyBytesMax = 4000
      $0.http.headerBytesMax = 2048
      $0.http.requestLineBytesMax = 1024
    } _: { (server: RunningServer, port: Int) throws in
      #expect(
        try playFrames("large_body", port) == ["declared": "status 413", "rest": "reset 0", "grown": "status 413", "good": "status 200 13"])
      let heads = try playFrames("large_head", port)
      #expect(heads["large"] == "status 431")
      #expect(heads["bomb"] == "reset")
      #expect(heads["good"] == "status 200 13")
    }
    try withHTTP2(proactor) { $0.http.bufferedBytesMax = 64 << 10 } _: { (server: RunningServer, port: Int) throws in
      #expect(
        try playFrames("held_heads", port) == [
          "too many": "status 503", "held": "status 201 status 201 status 201", "again": "status 201",
        ])
    }
    try withHTTP2(proactor) { $0.http.requestsPerConnectionMax = 5 } _: { (server: RunningServer, port: Int) throws in
      #expect(try playFrames("requests", port)["count"] == "5")
    }
    try withHTTP2(proactor) { $0.http2.streamsMax = 4 } _: { (server: RunningServer, port: Int) throws in
      // REFUSED_STREAM, or PROTOCOL_ERROR when the client has acknowledged the limit.
      let result = try playFrames("streams", port, ["count": "5"])["result"] ?? ""
      #expect(["reset 7", "goaway 1"].contains(result), "\(result)")
    }
  }

  @Test("an answer has as many fields as in HTTP/1.1", arguments: proactors)
  func manyFields(_ proactor: ProactorChoice) throws {
    let flow = testFlow(plan: "use answer line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      let headers = (0..<300).map { Response.Header("X-\($0)", String(repeating: "v", count: 300)) }
      return try context.completeText(
        .done(Response(status: 200, contentType: "text/plain", headers: headers, body: Array("much".utf8))), status: 200)
    }
    let catalog = FlowCatalog(try Catalog([testEntry("answer-much")]), flows: [flow])
    try withServer(proactor, catalog: catalog) {
      $0.listen = [.init(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true)]
    } _: { (server: RunningServer) throws in
      for version in ["--http1.1", "--http2-prior-knowledge"] {
        let answer = try TestProgram.run(
          ["curl", "-sS", "-i", version, "http://localhost:\(server.ports[0])/flow/v1/answer-much"])
        let lines = answer.lowercased().split(whereSeparator: \.isNewline)
        #expect(lines.count(where: { $0.hasPrefix("x-") }) == 300, "\(version)")
        #expect(lines.last == "much", "\(version)")
      }
    }
  }

  // MARK: Flow control

  @Test("an answer goes at the pace of its client, and holds up no other", arguments: proactors)
  func flowControl(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      let said = try playFrames("flow_control", port)
      #expect(said == ["head": "200", "other": "status 200 0", "bytes": String(4 << 20)])
    }
    try withHTTP2(proactor) { $0.timeouts.write = .milliseconds(50) } _: { (server: RunningServer, port: Int) throws in
      #expect(try playFrames("stall", port) == ["result": "reset 2", "other": "status 200 0"])
    }
  }

  @Test("a client that gives a request up cancels it", arguments: proactors)
  func cancel(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      let peer = try TestProgram(framesCommand("cancel", port))
      var output = ""
      while let line = peer.readLine(), line != "ready: yes" { output += line + "\n" }
      #expect(spoken(output) == ["good": "status 200 13", "after": "status 200 13"])
      // The connection is still there, and nothing of the two is in flight.
      #expect(value(server, .requestsStarted) == 3)
      #expect(value(server, .requestsFinished) == 3)
      _ = try peer.finish()
    }
  }

  // MARK: Floods

  @Test(
    "who sends too much of what costs little is sent away",
    arguments: proactors,
    [
      ("ping", HTTP2Session.Fault.controlFrames), ("settings", .controlFrames), ("priority", .controlFrames),
      ("empty", .controlFrames), ("reset", .resets), ("provoked", .resets), ("malformed", .resets),
    ])
  func flood(_ proactor: ProactorChoice, _ kind: (name: String, fault: HTTP2Session.Fault)) throws {
    try withHTTP2(proactor) {
      $0.http2.resetsMax = 50
      $0.http2.controlFramesMax = 100
    } _: { (server: RunningServer, port: Int) throws in
      let said = try playFrames("flood", port, ["kind": kind.name, "count": "400"])
      // ENHANCE_YOUR_CALM, unless the end came so early that the reset of the socket destroyed it.
      #expect(["11", "None"].contains(said["goaway"] ?? ""), "\(said)")
      #expect(faults(server, kind.fault) == 1)
      #expect(try playFrames("get", port)["result"] == "status 200 13")
      #expect(value(server, .requestsStarted) == value(server, .requestsFinished))
    }
  }

  @Test("a header block without an end is not read for long", arguments: proactors)
  func continuation(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { $0.timeouts.header = .milliseconds(100) } _: { (server: RunningServer, port: Int) throws in
      _ = try playFrames("continuation", port, ["count": "1000"])
      #expect(faults(server, .protocolError) == 1)
      #expect(try playFrames("half_head", port)["goaway"] == "11")
      #expect(faults(server, .protocolError) == 2)
    }
  }

  @Test("a connection that breaks the rules is told so and closed", arguments: proactors)
  func broken(_ proactor: ProactorChoice) throws {
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      for (name, bytes, code) in [
        // Something else than SETTINGS behind the preface.
        ("no settings", preface + "0000080600000000000000000000000000", "1"),
        // DATA of no stream; a PING of seven bytes; a frame that is too long.
        ("data of nothing", preface + "000000040000000000" + "000000000000000000", "1"),
        ("short ping", preface + "000000040000000000" + "00000706000000000000000000000000", "6"),
        ("long frame", preface + "000000040000000000" + "ffffff000000000001", "6"),
        ("push", preface + "000000040000000000" + "00000405040000000100000002", "1"),
      ] {
        #expect(try playFrames("raw", port, ["bytes": bytes])["goaway"] == code, "\(name)")
      }
      #expect(faults(server, .protocolError) == 5)
    }
  }

  @Test("frames with mistakes harm nobody else", arguments: proactors)
  func noise(_ proactor: ProactorChoice) throws {
    let seed = ProcessInfo.processInfo.environment["ZERVER_TEST_SEED"].flatMap { Int($0) } ?? 1
    try withHTTP2(proactor) { $0.timeouts.idle = .milliseconds(500) } _: { (server: RunningServer, port: Int) throws in
      #expect(try playFrames("noise", port, ["seed": String(seed), "count": "400"])["well"] == "status 200 13", "seed \(seed)")
    }
  }

  // MARK: The end

  @Test("a server that stops says so twice, and answers what has come by then", arguments: proactors)
  func drain(_ proactor: ProactorChoice) throws {
    let peer = try withHTTP2(proactor) { (server: RunningServer, port: Int) throws in
      let peer = try TestProgram(framesCommand("drain", port))
      #expect(peer.readLine() == "good: status 200 13")
      server.stop()
      return peer
    }
    #expect(spoken(try peer.finish()) == ["last": "True", "results": "201 200"])
  }

  @Test("an idle connection ends without a reproach", arguments: proactors)
  func idle(_ proactor: ProactorChoice) throws {
    try withHTTP2(proactor) { $0.timeouts.idle = .milliseconds(30) } _: { (server: RunningServer, port: Int) throws in
      #expect(try playFrames("idle", port) == ["good": "status 200 13", "goaway": "0"])
    }
    try withHTTP2(proactor) {
      $0.timeouts.idle = .milliseconds(30)
      $0.http2.controlFramesMax = 1_000_000
    } _: { (server: RunningServer, port: Int) throws in
      #expect(try playFrames("idle_ping", port, ["count": "500000"])["goaway"] == "0")
    }
  }
}
