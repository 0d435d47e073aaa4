import Synchronization
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Answers in parts, over real sockets.
@Suite struct StreamTests {
  /// What the steps of these flows tell a test.
  private final class Probe: Sendable {
    /// Parts that the endless step has given.
    let parts = Atomic<Int>(0)
  }

  /// A step as a function of how often it has been resumed: the flow of one stream.
  private static func stream(
    needs: Bool = false, errors: [(code: String, status: UInt16)] = [],
    _ step: @escaping @Sendable (borrowing RequestContext) throws(FlowFailure) -> Decision<[String]>
  ) -> FlowDefinition {
    FlowDefinition(
      plan: needs ? "use give line=1 needs=time\nrun 0" : "use give line=1\nrun 0", frameBytes: 0, errors: errors,
      decode: { _ in .continued },
      run: { _, context in
        do throws(FlowFailure) {
          return try context.completeStream(try step(context), status: 200, givesParts: true)
        } catch {
          return context.fail(error)
        }
      }, test: { _, _ in false }, release: { _ in }, isStream: true)
  }

  private static func round(_ context: borrowing RequestContext) throws(FlowFailure) -> Int {
    context.isResuming ? try context.currentResumption.progress(Int.self) : 0
  }

  private static func catalog(_ probe: Probe = Probe()) throws -> FlowCatalog {
    let flows: [(String, FlowDefinition)] = [
      ("give-three", stream { context throws(FlowFailure) in
        let round = try round(context)
        return round < 2 ? .emit(["part \(round)"], Progress(round + 1)) : .continue(["part 2", "the end"])
      }),
      ("give-one", stream { _ in .continue(["all", "at once"]) }),
      ("give-none", stream { _ in .continue([]) }),
      ("wait-long", stream(needs: true) { context throws(FlowFailure) in
        if !context.isResuming { return .emit(["hello"], Progress(1)) }
        return .need(.sleep(.seconds(3600)))
      }),
      ("never-begin", stream(needs: true) { _ in .need(.sleep(.seconds(3600))) }),
      ("fail-first", stream(errors: [("no-such-thing", 404)]) { _ in .fail(FlowFailure(code: "no-such-thing")) }),
      ("fail-later", stream { context in
        context.isResuming ? .fail(FlowFailure(code: "no-such-thing")) : .emit(["first"], Progress(1))
      }),
      ("answer-twice", stream { context in
        context.isResuming ? .done(.text("other")) : .emit(["first"], Progress(1))
      }),
      ("give-forever", stream { context throws(FlowFailure) in
        let round = try round(context)
        probe.parts.add(1, ordering: .relaxed)
        return .emit([String(repeating: "x", count: 1000)], Progress(round + 1))
      }),
      // Each part needs an effect: more of them than one request has names for.
      ("count-effects", stream(needs: true) { context throws(FlowFailure) in
        if context.isResuming, context.currentResumption.outcomes.isEmpty {
          let count = try context.currentResumption.progress(Int.self)
          if count == 20_000 { return .continue(["done"]) }
        }
        guard context.isResuming, !context.currentResumption.outcomes.isEmpty else { return .need(.now) }
        probe.parts.add(1, ordering: .relaxed)
        return .emit([], Progress(probe.parts.load(ordering: .relaxed)))
      }),
    ]
    let entries = try flows.map { name, _ in try testEntry(name, deadline: name == "never-begin" ? .milliseconds(50) : .seconds(60)) }
    let hello = testFlow(plan: "use say-hello line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue("Hello, world!"), status: 200)
    }
    return FlowCatalog(try Catalog(entries + [testEntry("say-hello")]), flows: flows.map(\.1) + [hello])
  }

  private func withStreams(
    _ proactor: ProactorChoice, _ probe: Probe = Probe(), configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer, TestClient) throws -> Void
  ) throws {
    try withServer(proactor, catalog: Self.catalog(probe), configure: configure) { server in
      let client = try TestClient(port: server.port)
      // A client that has only closed may be reading still, for all that the server knows: the drain would wait for its stream.
      defer { client.reset() }
      try body(server, client)
    }
  }

  @Test("an answer in parts is one line of JSON for each element, and the connection stays", arguments: proactors)
  func lines(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/give-three")
      #expect(response.status == 200)
      #expect(response["content-type"] == "application/x-ndjson")
      #expect(response["transfer-encoding"] == "chunked")
      #expect(response.text == "\"part 0\"\n\"part 1\"\n\"part 2\"\n\"the end\"\n")
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("an answer that came in one part has a length", arguments: proactors)
  func onePart(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/give-one")
      #expect(response["content-length"] == "16")
      #expect(response.text == "\"all\"\n\"at once\"\n")
      #expect(response["vary"] == "Accept")
      let events = try client.request("GET", "/flow/v1/give-one", headers: ["Accept: text/event-stream"])
      #expect(events["cache-control"] == "no-store" && events["content-length"] != nil)
      let none = try client.request("GET", "/flow/v1/give-none")
      #expect(none.status == 200)
      #expect(none["content-type"] == "application/x-ndjson")
      #expect(none.text.isEmpty)
    }
  }

  @Test("a client that asks for events gets events", arguments: proactors)
  func events(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/give-three", headers: ["Accept: text/event-stream"])
      #expect(response["content-type"] == "text/event-stream")
      #expect(response["cache-control"] == "no-store")
      #expect(response.text == "data: \"part 0\"\n\ndata: \"part 1\"\n\ndata: \"part 2\"\n\ndata: \"the end\"\n\n")
    }
  }

  @Test("a client that takes neither form is told both, before any step runs", arguments: proactors)
  func notAcceptable(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/give-three", headers: ["Accept: text/html"])
      #expect(response.status == 406)
      #expect(response.text.contains("application/x-ndjson or text/event-stream"))
    }
  }

  @Test("a part is sent before the next one is there", arguments: proactors)
  func sentAtOnce(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { server, client in
      try client.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try client.readResponseHead().status == 200)
      #expect(try client.readChunk() == Array("\"hello\"\n".utf8))
      // Others are served meanwhile.
      #expect(try TestClient(port: server.port).request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  @Test("HEAD gets the head of the answer, and no part", arguments: proactors)
  func head(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("HEAD", "/flow/v1/give-three")
      #expect(response.status == 200)
      #expect(response["content-type"] == "application/x-ndjson")
      #expect(response["transfer-encoding"] == "chunked")
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("for a client of HTTP/1.0 the end of the connection is the end of the answer", arguments: proactors)
  func version10(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { server, client in
      try client.send("GET /flow/v1/give-three HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let response = try client.readResponse()
      #expect(response["transfer-encoding"] == nil)
      #expect(response["connection"] == "close")
      #expect(response.text == "\"part 0\"\n\"part 1\"\n\"part 2\"\n\"the end\"\n")
      // A failure in the middle is no end of the connection but its loss.
      let other = try TestClient(port: server.port)
      try other.send("GET /flow/v1/fail-later HTTP/1.0\r\n\r\n")
      #expect(throws: TestClient.Failure.self) { try other.readResponse() }
    }
  }

  @Test("a failure before the first part is a problem with its status", arguments: proactors)
  func failsFirst(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/fail-first")
      #expect(response.status == 404)
      #expect(response["content-type"] == "application/problem+json")
      #expect(try client.request("GET", "/flow/v1/never-begin").status == 504)
    }
  }

  @Test("a failure after the first part leaves the answer without an end", arguments: proactors, ["fail-later", "answer-twice"])
  func failsLater(_ proactor: ProactorChoice, _ slug: String) throws {
    try withStreams(proactor) { _, client in
      try client.send("GET /flow/v1/\(slug) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try client.readResponseHead().status == 200)
      #expect(try client.readChunk() == Array("\"first\"\n".utf8))
      #expect(try client.isAtEnd())
    }
  }

  @Test("a client that takes nothing is given nothing more, and goes on where it stopped", arguments: proactors)
  func backPressure(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withStreams(proactor, probe) { server, client in
      try client.send("GET /flow/v1/give-forever HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.readResponseHead()
      let other = try TestClient(port: server.port)
      // The buffers of both sockets fill up, then nothing moves. The bound is far beyond what they hold.
      var before = -1
      var turns = 0
      while probe.parts.load(ordering: .relaxed) != before, turns < 10_000 {
        before = probe.parts.load(ordering: .relaxed)
        for _ in 0..<50 { #expect(try other.request("GET", "/flow/v1/say-hello").status == 200) }
        turns += 1
      }
      #expect(turns < 10_000)
      for _ in 0..<(2 * before) { #expect(try client.readChunk()?.count == 1003) }
      #expect(probe.parts.load(ordering: .relaxed) > before)
    }
  }

  @Test("over HTTP/2 a stream is DATA, a failure in the middle of it a reset", arguments: proactors)
  func http2(_ proactor: ProactorChoice) throws {
    let listen = ServerConfiguration.ListenAddress(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true)
    try withStreams(proactor, configure: { $0.listen = [listen] }) { (server: RunningServer, _: TestClient) throws in
      let hello = "status 200 13"
      func play(_ slug: String, _ method: String = "GET") throws -> [String: String] {
        try playFrames("stream", server.port, ["path": "/flow/v1/\(slug)", "method": method])
      }
      #expect(try play("give-three") == ["result": "status 200 37", "body": "\"part 0\"|\"part 1\"|\"part 2\"|\"the end\"|", "good": hello])
      #expect(try play("give-one") == ["result": "status 200 16", "body": "\"all\"|\"at once\"|", "good": hello])
      #expect(try play("give-three", "HEAD") == ["result": "status 200 0", "body": "", "good": hello])
      #expect(try play("fail-first")["result"]?.hasPrefix("status 404") == true)
      #expect(try play("fail-later") == ["result": "reset 2", "good": hello])
    }
  }

  @Test("over HTTP/2 a client that takes nothing is given nothing more, and one that resets ends the stream", arguments: proactors)
  func http2BackPressure(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    let listen = ServerConfiguration.ListenAddress(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true)
    try withStreams(proactor, probe, configure: { $0.listen = [listen] }) { (server: RunningServer, client: TestClient) throws in
      let peer = try TestProgram(framesCommand("endless", server.port, ["path": "/flow/v1/give-forever"]))
      // Each part is 1,003 bytes. Behind what the client takes, so many wait at most as fit before the step is asked for more,
      // and the part that was on its way.
      for taken in [500_000, 1_000_000] {
        #expect(peer.readLine() == "taken: 500000")
        // What the step may give at once it has given when the server answers somebody else.
        for _ in 0..<200 { #expect(try client.request("GET", "/flow/v1/say-hello").status == 200) }
        let parts = probe.parts.load(ordering: .relaxed)
        #expect(parts * 1003 >= taken)
        #expect(parts * 1003 <= taken + 2 * (64 << 10) + 1003)
        try peer.send("\n")
      }
      #expect(peer.readLine() == "good: status 200 0")
      #expect(peer.readLine() == "ready: yes")
      let workers = server.metrics.workers
      #expect(workers[0].value(.requestsStarted) == workers[0].value(.requestsFinished))
      _ = try peer.finish()
    }
  }

  @Test("the stream of a client that has gone gives its place in the server back", arguments: proactors)
  func clientGone(_ proactor: ProactorChoice) throws {
    try withStreams(proactor, configure: { $0.requests.inFlightMax = 4 }) { server, client in
      for slug in ["give-forever", "wait-long"] {
        for _ in 0..<20 {
          let other = try TestClient(port: server.port)
          try other.send("GET /flow/v1/\(slug) HTTP/1.1\r\nHost: x\r\n\r\n")
          _ = try other.readResponseHead()
          other.reset()
        }
        // The server learns of a reset when its turn comes. Without a place for good, there would be 503 for ever.
        var turns = 0
        while try client.request("GET", "/flow/v1/say-hello").status != 200, turns < 10_000 { turns += 1 }
        #expect(turns < 10_000)
      }
    }
  }

  @Test("an endless stream does not run out of names for its effects", arguments: proactors)
  func manyEffects(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      let response = try client.request("GET", "/flow/v1/count-effects")
      #expect(response.text == "\"done\"\n")
    }
  }

  @Test("a quiet stream of events has a heartbeat, and one of lines has none", arguments: proactors)
  func heartbeat(_ proactor: ProactorChoice) throws {
    try withStreams(proactor, configure: { $0.timeouts.heartbeat = .milliseconds(20) }) { server, client in
      try client.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
      let lines = try TestClient(port: server.port)
      defer { lines.reset() }
      try lines.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.readResponseHead()
      #expect(try client.readChunk() == Array("data: \"hello\"\n\n".utf8))
      for _ in 0..<3 { #expect(try client.readChunk() == Array(":\n\n".utf8)) }
      #expect(server.metrics.workers[0].value(.streamHeartbeats) >= 3)
      _ = try lines.readResponseHead()
      #expect(try lines.readChunk() == Array("\"hello\"\n".utf8))
      #expect(!lines.hasInput)
    }
  }

  /// The counts of the only worker: streams that have begun, how they have ended, parts and their bytes.
  private func counts(_ server: RunningServer) -> [UInt64] {
    let metrics = server.metrics.workers[0]
    return [metrics.value(.streamsBegun)] + WorkerMetrics.StreamEnd.allCases.map { metrics.value($0) }
      + [metrics.value(.streamParts), metrics.value(.streamBytes)]
  }

  @Test("answers in parts are counted by how they end, with what was given", arguments: proactors)
  func counted(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { server, client in
      // What comes in one part, or fails before the first, is no answer in parts.
      for slug in ["give-one", "give-none", "fail-first"] { _ = try client.request("GET", "/flow/v1/\(slug)") }
      #expect(counts(server) == [0, 0, 0, 0, 0, 0, 0])
      // A HEAD is given no part.
      _ = try client.request("GET", "/flow/v1/give-three")
      _ = try client.request("HEAD", "/flow/v1/give-three")
      #expect(counts(server) == [2, 2, 0, 0, 0, 3, 37])
      let failing = try TestClient(port: server.port)
      try failing.send("GET /flow/v1/fail-later HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try failing.readToEnd()
      #expect(counts(server) == [3, 2, 0, 1, 0, 4, 45])
      let gone = try TestClient(port: server.port)
      try gone.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try gone.readResponseHead()
      _ = try gone.readChunk()
      #expect(counts(server) == [4, 2, 0, 1, 0, 5, 53])
      gone.reset()
      // The server learns of it when its turn comes.
      var turns = 0
      while server.metrics.workers[0].value(.clientGone) == 0, turns < 10_000 {
        _ = try client.request("GET", "/flow/v1/say-hello")
        turns += 1
      }
      #expect(counts(server) == [4, 2, 1, 1, 0, 5, 53])
      try client.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
      _ = try client.readResponseHead()
      _ = try client.readChunk()
      server.stop()
      try server.waitUntilStopped()
      #expect(counts(server) == [5, 2, 1, 1, 1, 6, 68])
    }
  }

  @Test("a drain ends streams of events at once", arguments: proactors)
  func drain(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { server, client in
      try client.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
      _ = try client.readResponseHead()
      #expect(try client.readChunk() == Array("data: \"hello\"\n\n".utf8))
      server.stop()
      #expect(try client.readChunk() == nil)
      #expect(try client.isAtEnd())
      try server.waitUntilStopped()
    }
  }

  @Test("a stream of events that begins while the server drains ends with its first part", arguments: proactors)
  func drainBeforeFirstPart(_ proactor: ProactorChoice) throws {
    try withStreams(proactor, configure: { $0.timeouts.drainIdle = .seconds(5) }) { server, client in
      // The connection is open and idle when the drain begins.
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
      let other = try TestClient(port: server.port)
      try other.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
      _ = try other.readResponseHead()
      _ = try other.readChunk()
      server.stop()
      // That one has ended, so the drain has begun.
      #expect(try other.readChunk() == nil)
      try client.send("GET /flow/v1/wait-long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
      #expect(try client.readResponse().text == "data: \"hello\"\n\n")
      #expect(try client.isAtEnd())
      try server.waitUntilStopped()
      #expect(server.metrics.workers[0].value(.drain) == 2)
    }
  }

  @Test("an answer of HTTP/1.0 that the server cuts off does not look whole", arguments: proactors)
  func cutOff(_ proactor: ProactorChoice) throws {
    try withStreams(proactor, configure: { $0.timeouts.drain = .milliseconds(50) }) { server, client in
      try client.send("GET /flow/v1/wait-long HTTP/1.0\r\n\r\n")
      let head = try client.readResponseHead()
      #expect(head.status == 200)
      server.stop()
      #expect(throws: TestClient.Failure.self) { _ = try client.readToEnd() }
      try server.waitUntilStopped()
    }
  }

  @Test("pipelined requests wait for the end of the stream before them", arguments: proactors)
  func pipelined(_ proactor: ProactorChoice) throws {
    try withStreams(proactor) { _, client in
      try client.send(
        "GET /flow/v1/give-three HTTP/1.1\r\nHost: x\r\n\r\nGET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try client.readResponse().text.hasSuffix("\"the end\"\n"))
      #expect(try client.readResponse().text == "Hello, world!")
    }
  }
}
