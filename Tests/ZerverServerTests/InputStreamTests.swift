import Foundation
import Synchronization
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Bodies in parts, over real sockets.
@Suite struct InputStreamTests {
  /// What the steps of these flows and a test tell each other.
  private final class Probe: Sendable {
    /// Parts that steps have been given.
    let parts = Atomic<Int>(0)
    /// The steps that hold on to a part may take the next one.
    let mayGoOn = Atomic<Bool>(false)
    let undone = Atomic<Int>(0)
  }

  private enum Slots {
    static var input: Slot<StreamPart<String>> { Slot() }
    static var count: Slot<Int> { Slot(after: input) }
  }

  private typealias Part = StreamPart<String>

  /// The flow of one step that takes parts.
  private static func flow(
    _ plan: StaticString = "use take line=1 needs=time parts\npart\nrun 0", errors: [(code: String, status: UInt16)] = [],
    _ step: @escaping @Sendable (Part, borrowing RequestContext) throws(FlowFailure) -> Decision<Int>
  ) -> FlowDefinition {
    definition(plan, errors: errors) { _, context throws(FlowFailure) in
      try context.complete(try step(context.frame[Slots.input], context), status: 200)
    }
  }

  private static func definition(
    _ plan: StaticString, errors: [(code: String, status: UInt16)] = [], isStream: Bool = false,
    _ run: @escaping @Sendable (Int, inout RequestContext) throws(FlowFailure) -> StepOutcome
  ) -> FlowDefinition {
    FlowDefinition(
      plan: plan, frameBytes: Slots.count.end, errors: errors, decode: { _ in .continued },
      run: { use, context in
        do throws(FlowFailure) { return try run(use, &context) } catch { return context.fail(error) }
      }, test: { _, _ in false },
      release: { context in
        context.frame.destroy(Slots.input)
        context.frame.destroy(Slots.count)
      }, isStream: isStream, decodePart: { context in context.decodePart(into: Slots.input) })
  }

  private static func soFar(_ context: borrowing RequestContext) throws(FlowFailure) -> Int {
    context.isResuming ? try context.currentResumption.progress(or: 0) : 0
  }

  private static func catalog(_ probe: Probe) throws -> FlowCatalog {
    let flows: [(String, FlowDefinition)] = [
      ("count-lines", flow { part, context throws(FlowFailure) in
        probe.parts.add(1, ordering: .relaxed)
        let count = try soFar(context) + part.elements.count
        return part.isLast ? .continue(count) : .take(Progress(count))
      }),
      // Asks for an effect for each part, which it keeps meanwhile.
      ("count-slowly", flow { part, context throws(FlowFailure) in
        guard context.isResuming, !context.currentResumption.outcomes.isEmpty else { return .need(.now) }
        let count = try soFar(context) + part.elements.count
        return part.isLast ? .continue(count) : .take(Progress(count))
      }),
      ("hold-parts", flow { part, context throws(FlowFailure) in
        if !context.isResuming || context.currentResumption.outcomes.isEmpty { probe.parts.add(1, ordering: .relaxed) }
        let count = try soFar(context)
        guard probe.mayGoOn.load(ordering: .relaxed) else { return .need(.sleep(.milliseconds(10))) }
        return part.isLast ? .continue(count + part.elements.count) : .take(Progress(count + part.elements.count))
      }),
      ("count-late", flow { part, _ in part.isLast ? .continue(part.elements.count) : .take(Progress(1)) }),
      ("answer-early", flow { part, _ in .continue(part.elements.count) }),
      ("fail-early", flow(errors: [("unknown-sku", 422)]) { _, _ in .fail(FlowFailure(code: "unknown-sku")) }),
      ("take-on", flow { _, _ in .take(Progress(1)) }),
      ("take-nothing", definition("use take line=1\nrun 0") { _, context throws(FlowFailure) in
        try context.complete(Decision<Int>.take(Progress(1)), status: 200)
      }),
      // Takes everything, and then answers with one part for each line.
      ("count-down", definition("use count line=1 parts\nuse give line=2\npart\nrun 0\nrun 1", isStream: true) { use, context throws(FlowFailure) in
        guard use == 1 else {
          let part = context.frame[Slots.input]
          let count = try soFar(context) + part.elements.count
          return try context.finish(part.isLast ? .continue(count) : .take(Progress(count)), into: Slots.count)
        }
        let left = context.isResuming ? try context.currentResumption.progress(Int.self) : context.frame[Slots.count]
        let decision: Decision<[String]> = left <= 1 ? .continue(["end"]) : .emit(["\(left)"], Progress(left - 1))
        return try context.completeStream(decision, status: 200, givesParts: true)
      }),
      // What is stored before the input is read is taken back when the input turns out to be wrong.
      ("store-first", definition("use store line=1\nuse count line=2 parts\nuse remove line=3\nrun 0 undo=3\npart\nrun 1\nrun 2\narrive") {
        use, context throws(FlowFailure) in
        switch use {
        case 0: return try context.finish(.continue(1), into: Slots.count)
        case 1:
          probe.parts.add(1, ordering: .relaxed)
          return try context.complete(context.frame[Slots.input].isLast ? .continue(0) : .take(Progress(1)), status: 200)
        default:
          probe.undone.add(1, ordering: .relaxed)
          return try context.finish(.continue(NoOutput()))
        }
      }),
    ]
    var entries = try flows.map { name, _ in try testEntry(name, .post, deadline: name == "count-late" ? .milliseconds(1) : .seconds(60)) }
    entries[0].bindings = [try RouteBinding(method: .post, template: "/lines")]
    let hello = testFlow(plan: "use say-hello line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue("Hello, world!"), status: 200)
    }
    let echo = testFlow(plan: "use join line=1\nrun 0") { (_, context) throws(FlowFailure) in
      try context.completeText(.continue(context.frame[FlowFrame.input].joined()), status: 200)
    }
    return FlowCatalog(
      try Catalog(entries + [testEntry("say-hello"), testEntry("join-texts", .post)]), flows: flows.map(\.1) + [hello, echo])
  }

  private func withParts(
    _ proactor: ProactorChoice, _ probe: Probe = Probe(), configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer, TestClient) throws -> Void
  ) throws {
    try withServer(proactor, catalog: Self.catalog(probe), configure: configure) { server in
      try body(server, TestClient(port: server.port))
    }
  }

  private func head(_ slug: String, _ fields: String...) -> String {
    (["POST /flow/v1/\(slug) HTTP/1.1", "Host: x", "Content-Type: application/x-ndjson"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
  }

  private func post(_ client: TestClient, _ slug: String, _ body: String) throws -> TestClient.Response {
    try client.send(head(slug, "Content-Length: \(body.utf8.count)") + body)
    return try client.readResponse()
  }

  private func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n" }

  /// Serves somebody else so often that whatever the server can do for others is done.
  private func serveOthers(_ server: RunningServer, times: Int = 50) throws {
    let other = try TestClient(port: server.port)
    for _ in 0..<times { #expect(try other.request("GET", "/flow/v1/say-hello").status == 200) }
  }

  @Test("a request that is late before it has run leaves nothing of its body to be read as another", arguments: proactors)
  func lateHead(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (server: RunningServer, client: TestClient) throws in
      let smuggled = "GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n"
      let head = head("count-late", "Content-Length: \(smuggled.utf8.count)")
      let asked = server.metrics.workers[0].value(.requestsStarted)
      try client.send(String(head.prefix(20)))
      let other = try TestClient(port: server.port)
      let began = ContinuousClock.now
      var others: UInt64 = 0
      while ContinuousClock.now - began < .milliseconds(5) {
        #expect(try other.request("GET", "/flow/v1/say-hello").status == 200)
        others += 1
      }
      try client.send(head.dropFirst(20) + smuggled)
      let response = try client.readResponse()
      #expect(response.status == 504)
      // The body was there, so that the next request of the connection begins behind it.
      #expect(try client.request("GET", "/flow/v1/no-such-flow").status == 404)
      #expect(server.metrics.workers[0].value(.requestsStarted) == asked + others + 2)
    }
  }

  // MARK: Lines

  @Test(
    "a body is one element for each line, blank lines aside, and the last one needs no end", arguments: proactors,
    [
      ("\"a\"\n\"b\"\n", 2), ("\"a\"\n\"b\"", 2), ("\"a\"\r\n\"b\"\r\n", 2), ("", 0), ("\n", 0), ("\n \t\n\"a\"\n\n\n", 1),
      (" \"a\" ", 1),
    ])
  func lines(_ proactor: ProactorChoice, _ body: (text: String, elements: Int)) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      for slug in ["count-lines", "count-slowly"] {
        #expect(try post(client, slug, body.text).text == "\(body.elements)")
        try client.send(head(slug, "Transfer-Encoding: chunked") + (body.text.isEmpty ? "" : chunk(body.text)) + "0\r\n\r\n")
        #expect(try client.readResponse().text == "\(body.elements)")
      }
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("a part is there as soon as a line is, and the next one when it comes", arguments: proactors)
  func asTheyCome(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withParts(proactor, probe) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("count-lines", "Transfer-Encoding: chunked"))
      for number in 1...5 {
        // Half a line is none.
        try client.send(chunk("\"x"))
        try serveOthers(server, times: 3)
        #expect(probe.parts.load(ordering: .relaxed) == number - 1)
        try client.send(chunk("y\"\n"))
        while probe.parts.load(ordering: .relaxed) < number { try serveOthers(server, times: 1) }
      }
      try client.send("0\r\nX-Trailer: dropped\r\n\r\n")
      #expect(try client.readResponse().text == "5")
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("a body of many parts is the same by length and in chunks, and far beyond the limit of others", arguments: proactors)
  func many(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: { $0.http.bodyBytesMax = 1000 }) { (_: RunningServer, client: TestClient) throws in
      let line = "\"\(String(repeating: "x", count: 97))\"\n"
      let body = String(repeating: line, count: 40_000)
      #expect(try post(client, "count-slowly", body).text == "40000")
      try client.send(head("count-slowly", "Transfer-Encoding: chunked"))
      for _ in 0..<40 { try client.send(chunk(String(repeating: line, count: 1000))) }
      try client.send("0\r\n\r\n")
      #expect(try client.readResponse().text == "40000")
      // The limit stands for bodies that are taken as a whole.
      #expect(try client.request("POST", "/flow/v1/join-texts", body: "[\"\(String(repeating: "x", count: 1000))\"]").status == 413)
    }
  }

  @Test("each element may come in a packet of its own, of one byte or more", arguments: proactors)
  func byteByByte(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      let text = head("count-lines", "Content-Length: 12") + "\"a\"\n\"b\"\n\"c\"\n" + "GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n"
      for byte in text.utf8 { try client.send([byte]) }
      #expect(try client.readResponse().text == "3")
      #expect(try client.readResponse().text == "Hello, world!")
    }
  }

  @Test("a bound path takes a stream as well", arguments: proactors)
  func bound(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      try client.send("POST /lines HTTP/1.1\r\nHost: x\r\nContent-Type: application/jsonl; charset=utf-8\r\nContent-Length: 4\r\n\r\n\"a\"\n")
      #expect(try client.readResponse().text == "1")
    }
  }

  @Test("a client of HTTP/1.0 sends a stream by its length", arguments: proactors)
  func version10(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      try client.send("POST /flow/v1/count-lines HTTP/1.0\r\nContent-Length: 8\r\n\r\n\"a\"\n")
      try client.send("\"b\"\n")
      #expect(try client.readResponse().text == "2")
      #expect(try client.isAtEnd())
    }
  }

  @Test("pipelined requests begin behind the body", arguments: proactors)
  func pipelined(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      let hello = "GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n"
      let chunked = head("count-slowly", "Transfer-Encoding: chunked") + chunk("\"a\"\n\"b\"") + "0\r\n\r\n"
      try client.send(hello + chunked + head("count-slowly", "Content-Length: 4") + "\"a\"\n" + hello)
      #expect(try client.readResponse().text == "Hello, world!")
      #expect(try client.readResponse().text == "2")
      #expect(try client.readResponse().text == "1")
      #expect(try client.readResponse().text == "Hello, world!")
    }
  }

  @Test("the client is told to go on when the flow has taken its request in", arguments: proactors)
  func expectContinue(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("count-lines", "Expect: 100-continue", "Content-Length: 4"))
      #expect(try client.readResponse().status == 100)
      try client.send("\"a\"\n")
      #expect(try client.readResponse().text == "1")
      try client.send("POST /flow/v1/count-lines HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
      #expect(try client.readResponse().status == 415)
      #expect(try client.isAtEnd())
    }
  }

  // MARK: Both ways

  @Test("a flow takes a body in parts and answers in parts, again and again on one connection", arguments: proactors)
  func bothWays(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (server: RunningServer, client: TestClient) throws in
      for framing in ["Content-Length: 12", "Transfer-Encoding: chunked"] {
        try client.send(head("count-down", framing))
        let isChunked = framing.hasPrefix("T")
        for line in ["\"a\"\n", "\"b\"\n", "\"c\"\n"] { try client.send(isChunked ? chunk(line) : line) }
        if isChunked { try client.send("0\r\n\r\n") }
        #expect(try client.readResponse().text == "\"3\"\n\"2\"\n\"end\"\n")
      }
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
      let metrics = server.metrics.workers[0]
      #expect(metrics.value(WorkerMetrics.InputStreamEnd.whole) == 2)
      #expect(metrics.value(.inputStreamBytes) == 24)
      #expect(metrics.value(WorkerMetrics.StreamEnd.whole) == 2)
    }
  }

  @Test("every body in parts is counted once, by its end", arguments: proactors)
  func counts(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (server: RunningServer, client: TestClient) throws in
      let metrics = server.metrics.workers[0]
      func counts() -> [UInt64] { WorkerMetrics.InputStreamEnd.allCases.map { metrics.value($0) } }
      #expect(try post(client, "count-lines", "\"a\"\n").status == 200)
      #expect(try post(client, "count-lines", "\"a\"\n{\n").status == 400)
      let early = try TestClient(port: server.port)
      try early.send(head("answer-early", "Content-Length: 100") + "\"a\"\n")
      #expect(try early.readResponse().status == 200)
      // [whole, left, refused, closed]
      #expect(counts() == [1, 1, 1, 0])
      #expect(metrics.value(.inputStreamParts) == 2)
      try client.send(head("count-lines", "Content-Length: 100") + "\"a\"\n")
      client.reset()
      while counts()[3] == 0 { try serveOthers(server, times: 1) }
      #expect(counts() == [1, 1, 1, 1])
      #expect(metrics.value(.inputStreamsBegun) == 4)
    }
  }

  // MARK: Refusals

  @Test("a body that is not said to be lines is refused before it is read", arguments: proactors, ["application/json", "text/plain"])
  func mediaType(_ proactor: ProactorChoice, _ type: String) throws {
    try withParts(proactor) { (server: RunningServer, client: TestClient) throws in
      let whole = "POST /flow/v1/count-lines HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: "
      try client.send(whole + "4\r\n\r\n\"a\"\n")
      let response = try client.readResponse()
      #expect(response.status == 415)
      #expect(response["accept"] == "application/x-ndjson, application/jsonl")
      #expect(response.text.contains("The body must be application/x-ndjson."))
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
      // One that is still to come is not waited for.
      try client.send(whole + "100000000\r\n\r\n")
      #expect(try client.readResponse().status == 415)
      #expect(try client.isAtEnd())
    }
  }

  @Test("a line that is no element names its number and its place", arguments: proactors)
  func badLine(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withParts(proactor, probe) { (server: RunningServer, client: TestClient) throws in
      var response = try post(client, "count-lines", "\"a\"\n\n\"b\" x\n\"c\"\n")
      #expect(response.status == 400)
      #expect(response.text.contains("\"type\":\"urn:zerver:problem:malformed-json\""))
      #expect(response.text.contains("line 3, column 5: the document goes on behind its value"))
      #expect(response.text.contains("\"line\":3"))
      response = try post(client, "count-lines", "\"a\"\n17\n")
      #expect(response.status == 422)
      #expect(response.text.contains("line 2: must be a string, and is a number"))
      // The step was never asked, and the connection goes on behind the body.
      #expect(probe.parts.load(ordering: .relaxed) == 0)
      #expect(try post(client, "count-lines", "\"a\"\n").text == "1")
    }
  }

  @Test("a bad line after parts ends the request: the step is not asked again, and compensations run", arguments: proactors)
  func badLineLater(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withParts(proactor, probe) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("store-first", "Transfer-Encoding: chunked") + chunk("\"a\"\n\"b\"\n"))
      while probe.parts.load(ordering: .relaxed) < 1 { try serveOthers(server, times: 1) }
      try client.send(chunk("\"c\"\n{\n"))
      let response = try client.readResponse()
      #expect(response.status == 400)
      #expect(response.text.contains("\"line\":4"))
      #expect(response["connection"] == "close")
      #expect(probe.parts.load(ordering: .relaxed) == 1)
      #expect(probe.undone.load(ordering: .relaxed) == 1)
      #expect(try client.isAtEnd())
    }
  }

  @Test("a line, a body and a chunk that are too large are refused", arguments: proactors)
  func tooLarge(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: {
      $0.http.streamLineBytesMax = 100
      $0.http.streamBodyBytesMax = 10_000
    }) { (server: RunningServer, _: TestClient) throws in
      func answer(_ text: String) throws -> TestClient.Response {
        let client = try TestClient(port: server.port)
        try client.send(text)
        return try client.readResponse()
      }
      let fits = "\"\(String(repeating: "x", count: 98))\"\n"
      let long = "\"\(String(repeating: "x", count: 99))\"\n"
      #expect(try answer(head("count-lines", "Content-Length: 101") + fits).text == "1")
      let line = try answer(head("count-lines", "Content-Length: 203") + fits + long)
      #expect(line.status == 413)
      #expect(line.text.contains("line 2: a line may have 100 bytes"))
      // Without its end, the line is not waited for.
      #expect(try answer(head("count-lines", "Content-Length: 9000") + String(repeating: "x", count: 101)).status == 413)
      // A body that says so is refused before it is read, one in chunks when it is.
      #expect(try answer(head("count-lines", "Content-Length: 10001")).status == 413)
      let many = String(repeating: fits, count: 99)
      #expect(try answer(head("count-lines", "Transfer-Encoding: chunked") + chunk(many) + "0\r\n\r\n").text == "99")
      #expect(try answer(head("count-lines", "Transfer-Encoding: chunked") + chunk(many) + chunk(fits)).status == 413)
      #expect(try answer(head("count-lines", "Transfer-Encoding: chunked") + chunk(fits) + "x").status == 400)
    }
  }

  @Test("a request that cannot be taken in is refused, and its connection ends", arguments: proactors)
  func overloaded(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: { $0.requests.inFlightMax = 1 }) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("hold-parts", "Content-Length: 8") + "\"a\"\n")
      let other = try TestClient(port: server.port)
      var response = try other.request("GET", "/flow/v1/say-hello")
      while response.status == 200 { response = try other.request("GET", "/flow/v1/say-hello") }
      try other.send(head("count-lines", "Content-Length: 4"))
      response = try other.readResponse()
      #expect(response.status == 503)
      #expect(response["connection"] == "close")
      #expect(try other.isAtEnd())
      #expect(server.metrics.workers[0].value(WorkerMetrics.InputStreamEnd.refused) == 1)
    }
  }

  @Test("a worker that holds too much gives up who asks for more", arguments: proactors)
  func memory(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: {
      $0.http.bufferedBytesMax = 64 << 10
      $0.http.streamLineBytesMax = 1 << 20
    }) { (server: RunningServer, client: TestClient) throws in
      let line = String(repeating: "x", count: 40 << 10)
      try client.send(head("count-lines", "Content-Length: 1000000") + "\"" + line)
      try serveOthers(server)
      let other = try TestClient(port: server.port)
      try other.send(head("count-lines", "Content-Length: 1000000") + "\"" + line)
      let response = try other.readResponse()
      #expect(response.status == 503)
      // What it held is there for others again.
      let third = try TestClient(port: server.port)
      #expect(try post(third, "count-lines", "\"\(line.prefix(20 << 10))\"\n").text == "1")
    }
  }

  // MARK: Answers before the end

  @Test("an answer before the end of a body that is there leaves the connection open", arguments: proactors)
  func earlyAnswer(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      for (slug, status) in [("answer-early", 200), ("fail-early", 422)] {
        for framed in ["Content-Length: 8\r\n\r\n\"a\"\n\"b\"\n", "Transfer-Encoding: chunked\r\n\r\n" + chunk("\"a\"\n") + "0\r\n\r\n"] {
          // The body has come with the head, and the request after it.
          try client.send(head(slug).dropLast(1) + framed + "GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n")
          let response = try client.readResponse()
          #expect(response.status == status)
          #expect(response["connection"] == nil)
          #expect(try client.readResponse().text == "Hello, world!")
        }
      }
    }
  }

  @Test("an answer before the end of a body that is on its way ends the connection", arguments: proactors, ["answer-early", "fail-early"])
  func earlyEnd(_ proactor: ProactorChoice, _ slug: String) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      try client.send(head(slug, "Content-Length: 1000000") + "\"a\"\n")
      let response = try client.readResponse()
      #expect(response.status == (slug == "answer-early" ? 200 : 422))
      #expect(response["connection"] == "close")
      // What the client goes on sending does not take the answer from it.
      try client.send("\"b\"\n")
      #expect(try client.isAtEnd())
    }
  }

  @Test("a step that takes what it may not take is the server's mistake", arguments: proactors, ["take-on", "take-nothing"])
  func misuse(_ proactor: ProactorChoice, _ slug: String) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      if slug == "take-nothing" {
        #expect(try client.request("POST", "/flow/v1/take-nothing").status == 500)
      } else {
        #expect(try post(client, slug, "\"a\"\n").status == 500)
      }
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  // MARK: Back-pressure

  @Test("a client that sends faster than its step takes has to wait, and loses nothing", arguments: proactors, [false, true])
  func backPressure(_ proactor: ProactorChoice, _ isChunked: Bool) throws {
    let probe = Probe()
    try withParts(proactor, probe) { (server: RunningServer, client: TestClient) throws in
      let lines = String(repeating: "\"\(String(repeating: "x", count: 1021))\"\n", count: 1024)
      // The body is the same MiB again and again.
      let piece = Array((isChunked ? chunk(lines) : lines).utf8)
      let bytes = 64 * piece.count
      var sent = 0
      func sendMore() throws -> Int {
        let now = try client.sendNow(piece[(sent % piece.count)...])
        sent += now
        return now
      }
      try client.send(head("hold-parts", isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(64 << 20)"))
      // What the kernel holds for both sides fills up, then nothing moves. The step has its first part, and no more.
      var isStuck = false
      while !isStuck, sent < bytes {
        guard try sendMore() == 0 else { continue }
        try serveOthers(server, times: 100)
        isStuck = try sendMore() == 0
      }
      #expect(sent < bytes)
      #expect(probe.parts.load(ordering: .relaxed) == 1)
      // A part, what is read ahead, and the buffers that were on their way, beside what others have sent.
      #expect(server.metrics.workers[0].value(.bytesReceived) < 1 << 20)
      probe.mayGoOn.store(true, ordering: .relaxed)
      while sent < bytes { _ = try sendMore() }
      if isChunked { try client.send("0\r\n\r\n") }
      #expect(try client.readResponse().text == "\(64 << 10)")
      #expect(probe.parts.load(ordering: .relaxed) >= 1024)
      #expect(try client.request("GET", "/flow/v1/say-hello").status == 200)
    }
  }

  // MARK: Ends of clients and of the server

  @Test("a client that stops in the middle gets 408, and its connection ends", arguments: proactors)
  func late(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: { $0.timeouts.body = .milliseconds(50) }) { (_: RunningServer, client: TestClient) throws in
      try client.send(head("count-lines", "Content-Length: 100") + "\"a\"\n\"b")
      let response = try client.readResponse()
      #expect(response.status == 408)
      #expect(response.text.contains("urn:zerver:problem:request-timeout"))
      #expect(response["connection"] == "close")
      #expect(try client.isAtEnd())
    }
  }

  @Test("the time of a body runs only while the step waits for it", arguments: proactors)
  func busyStep(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withParts(proactor, probe, configure: { $0.timeouts.body = .milliseconds(50) }) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("hold-parts", "Content-Length: 8") + "\"a\"\n")
      // Far more than the time of a body passes while the step holds on to its part.
      let other = try TestClient(port: server.port)
      try other.send(head("count-lines", "Content-Length: 8") + "\"a\"\n")
      #expect(try other.readResponse().status == 408)
      #expect(!client.hasInput)
      try client.send("\"b\"\n")
      probe.mayGoOn.store(true, ordering: .relaxed)
      #expect(try client.readResponse().text == "2")
    }
  }

  @Test("a client that goes away in the middle gives its place back, whatever its step was doing", arguments: proactors)
  func clientGone(_ proactor: ProactorChoice) throws {
    try withParts(proactor, configure: { $0.requests.inFlightMax = 4 }) { (server: RunningServer, client: TestClient) throws in
      for (slug, isReset) in [("count-lines", true), ("count-lines", false), ("hold-parts", true), ("hold-parts", false)] {
        for framing in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
          for _ in 0..<5 {
            let other = try TestClient(port: server.port)
            try other.send(head(slug, framing) + (framing.hasPrefix("C") ? "\"a\"\n\"b\"" : chunk("\"a\"\n\"b\"")))
            if isReset { other.reset() } else { other.close() }
          }
          // The server learns of an end when its turn comes.
          var turns = 0
          while try client.request("GET", "/flow/v1/say-hello").status != 200, turns < 10_000 { turns += 1 }
          #expect(turns < 10_000)
        }
      }
    }
  }

  @Test("a client that says that nothing more comes, and whose body is whole, is answered", arguments: proactors)
  func halfClosed(_ proactor: ProactorChoice) throws {
    try withParts(proactor) { (_: RunningServer, client: TestClient) throws in
      try client.send(head("count-slowly", "Content-Length: 8") + "\"a\"\n\"b\"\n")
      client.finishSending()
      #expect(try client.readResponse().text == "2")
    }
  }

  @Test("a server that stops serves the body that is on its way, and cuts it off when its time is over", arguments: proactors)
  func drain(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    try withParts(proactor, probe) { (server: RunningServer, client: TestClient) throws in
      try client.send(head("count-lines", "Content-Length: 8") + "\"a\"\n")
      while probe.parts.load(ordering: .relaxed) == 0 { try serveOthers(server, times: 1) }
      server.stop()
      try client.send("\"b\"\n")
      let response = try client.readResponse()
      #expect(response.text == "2")
      #expect(response["connection"] == "close")
      try server.waitUntilStopped()
    }
    try withParts(proactor, probe, configure: { $0.timeouts.drain = .milliseconds(50) }) { (server: RunningServer, client: TestClient) throws in
      probe.parts.store(0, ordering: .relaxed)
      try client.send(head("count-lines", "Content-Length: 8") + "\"a\"\n")
      while probe.parts.load(ordering: .relaxed) == 0 { try serveOthers(server, times: 1) }
      server.stop()
      #expect(throws: TestClient.Failure.self) { _ = try client.readResponse() }
      try server.waitUntilStopped()
    }
  }

  // MARK: TLS and HTTP/2

  private func curl(_ options: [String], _ file: String, _ url: String) throws -> String {
    try TestProgram.run(
      ["curl", "-sS", "-X", "POST", "-w", " %{http_version} %{http_code}", "-H", "Content-Type: application/x-ndjson", "-T", file] + options + [url])
  }

  @Test("over TLS and HTTP/2 a body comes in parts as well", arguments: proactors)
  func otherProtocols(_ proactor: ProactorChoice) throws {
    let files = try TestCertificates.shared.get()
    let body = FileManager.default.temporaryDirectory.appending(path: "parts-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: body) }
    try String(repeating: "\"\(String(repeating: "x", count: 97))\"\n", count: 100_000).write(to: body, atomically: true, encoding: .utf8)
    try withParts(proactor, configure: {
      $0.listen = [.init(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true), .init(.tcp(host: "127.0.0.1", port: 0), isEncrypted: true)]
      $0.tls.certificates = [files.files("localhost")]
    }) { (server: RunningServer, _: TestClient) throws in
      let plain = "http://localhost:\(server.ports[0])/flow/v1/count-slowly"
      let secure = "https://localhost:\(server.ports[1])/flow/v1/count-slowly"
      let authority = ["--cacert", files.path("all")]
      #expect(try curl(["--http2-prior-knowledge"], body.path, plain) == "100000 2 200")
      #expect(try curl(authority + ["--http2"], body.path, secure) == "100000 2 200")
      #expect(try curl(authority + ["--http1.1"], body.path, secure) == "100000 1.1 200")
      #expect(try curl(authority + ["--http1.1", "-H", "Transfer-Encoding: chunked"], body.path, secure) == "100000 1.1 200")
    }
  }

  @Test("over HTTP/2 a step that takes nothing stops its own stream and no other", arguments: proactors)
  func http2BackPressure(_ proactor: ProactorChoice) throws {
    let probe = Probe()
    let listen = ServerConfiguration.ListenAddress(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true)
    try withParts(proactor, probe, configure: { $0.listen = [listen] }) { (server: RunningServer, _: TestClient) throws in
      let peer = try TestProgram(framesCommand("parts", server.port))
      // The window of a stream, and the part that was taken from it.
      let sent = try #require(peer.readLine().flatMap { Int($0.dropFirst("sent: ".count)) })
      #expect(sent >= 256 << 10)
      #expect(sent <= (256 + 2 * 64) << 10)
      #expect(peer.readLine() == "other: status 200 3")
      probe.mayGoOn.store(true, ordering: .relaxed)
      try peer.send("\n")
      #expect(peer.readLine() == "result: status 200 4")
      #expect(peer.readLine() == "body: 4096")
      #expect(peer.readLine() == "early: status 422")
      #expect(peer.readLine() == "empty: status 200 1")
      #expect(peer.readLine() == "good: status 200 13")
      #expect(peer.readLine() == "ready: yes")
      let workers = server.metrics.workers
      while workers[0].value(.requestsStarted) != workers[0].value(.requestsFinished) { try serveOthers(server, times: 1) }
      _ = try peer.finish()
    }
  }
}
