import Glibc
import Logging
import Synchronization
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverServer
import ZerverTesting

/// Retries, compensations and detached uses over real sockets.
@Suite struct ResilienceTests {
  private static let unavailable = EffectOutcome.failed(EffectFailure(.unavailable, detail: "away"))

  /// A use that asks for one statement, named like the use, and writes nothing.
  private static func ask(_ sql: StaticString, _ context: inout RequestContext) throws(FlowFailure) -> StepOutcome {
    guard context.isResuming else { return try context.finish(Decision<NoOutput>.need(.execute(sql))) }
    _ = try context.currentResumption.rows()
    return try context.finish(.continue(NoOutput()))
  }

  private static func catalog() throws -> FlowCatalog {
    let retried = testFlow(plan: "use load line=1 needs=db retry=2 backoff=1000..2000\nuse done line=2\nrun 0\nrun 1", decodes: false) {
      (use, context) throws(FlowFailure) in
      use == 0 ? try ask("LOAD", &context) : try context.completeText(.continue("loaded"), status: 200)
    }
    let undone = testFlow(
      plan: """
        use first line=1 needs=db
        use second line=2 needs=db
        use third line=3 needs=db
        use done line=4
        use undo-first line=1 needs=db
        use undo-second line=2 needs=db
        run 0 undo=4
        run 1 undo=6
        run 2
        run 3
        run 4
        arrive
        run 5
        arrive
        """, decodes: false
    ) { (use, context) throws(FlowFailure) in
      switch use {
      case 0: try ask("FIRST", &context)
      case 1: try ask("SECOND", &context)
      case 2: try ask("THIRD", &context)
      case 4: try ask("UNDO FIRST", &context)
      case 5: try ask("UNDO SECOND", &context)
      default: try context.completeText(.continue("done"), status: 200)
      }
    }
    let detached = testFlow(
      plan: "use mail line=1 needs=db\nuse done line=2\ndetach 2\nrun 1\nrun 0\narrive", decodes: false
    ) { (use, context) throws(FlowFailure) in
      use == 0 ? try ask("MAIL", &context) : try context.completeText(.continue("answered"), status: 200)
    }
    return FlowCatalog(
      try Catalog([
        try testEntry("book-trip", deadline: .seconds(60)), try testEntry("load-thing", deadline: .seconds(60)),
        try testEntry("place-order", deadline: .seconds(60)),
      ]), flows: [undone, retried, detached])
  }

  /// Runs one worker over a script, and gives its log afterwards.
  private func withScript(
    _ proactor: ProactorChoice, drain: Duration = .seconds(60), _ body: (RunningServer, DatabaseScript) throws -> Void
  ) throws -> [String] {
    let script = DatabaseScript()
    let log = RecordedLog()
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.workers = 1
    configuration.proactor = proactor
    configuration.timeouts.drain = drain
    let server = try Server(
      catalogs: [Self.catalog()], capabilities: .standard.with(.database) { ScriptedDatabase(script) },
      configuration: configuration, logger: Logger(label: "test") { _ in log })
    let running = try server.start()
    do {
      defer { running.stop() }
      try body(running, script)
    }
    try running.waitUntilStopped()
    return log.lines
  }

  private func metric(_ name: String, of slug: String, _ client: TestClient) throws -> String? {
    let text = try client.request("GET", "/metrics").text
    return text.split(separator: "\n").first { $0.hasPrefix(name) && $0.contains("slug=\"\(slug)\"") && ($0.contains("outcome=\"success\"") || !$0.contains("outcome")) }
      .flatMap { $0.split(separator: " ").last }.map(String.init)
  }

  private func until(_ condition: () throws -> Bool) throws {
    for _ in 0..<60_000 {
      if try condition() { return }
      poll(nil, 0, 2)
    }
    Issue.record("what the test waits for has not come")
  }

  @Test("a step is tried again while its resource is away", arguments: proactors)
  func retries(_ proactor: ProactorChoice) throws {
    _ = try withScript(proactor) { server, script in
      let client = try TestClient(port: server.port)
      script.answer("LOAD", with: Self.unavailable, Self.unavailable)
      #expect(try client.request("GET", "/flow/v1/load-thing").text == "loaded")
      #expect(script.asked == ["LOAD", "LOAD", "LOAD"])
      #expect(try metric("zerver_retries_total", of: "load-thing", client) == "2")
      script.answer("LOAD", with: Self.unavailable, Self.unavailable, Self.unavailable)
      #expect(try client.request("GET", "/flow/v1/load-thing").status == 503)
    }
  }

  @Test("a request that fails is answered when everything is taken back", arguments: proactors)
  func undoes(_ proactor: ProactorChoice) throws {
    let log = try withScript(proactor) { server, script in
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/book-trip").text == "done")
      script.answer("THIRD", with: Self.unavailable)
      let refused = try client.request("GET", "/flow/v1/book-trip")
      #expect(refused.status == 503)
      #expect(refused.text.contains("dependency-unavailable"))
      #expect(script.asked.suffix(5) == ["FIRST", "SECOND", "THIRD", "UNDO SECOND", "UNDO FIRST"])
      #expect(try metric("zerver_undos_total", of: "book-trip", client) == "2")
    }
    #expect(!log.contains { $0.contains("undo has failed") })
  }

  @Test("a compensation that fails is logged, and the answer says what had failed first", arguments: proactors)
  func undoFails(_ proactor: ProactorChoice) throws {
    let log = try withScript(proactor) { server, script in
      let client = try TestClient(port: server.port)
      script.answer("THIRD", with: .failed(EffectFailure(.timedOut, detail: "slow")))
      script.answer("UNDO SECOND", with: Self.unavailable)
      #expect(try client.request("GET", "/flow/v1/book-trip").status == 504)
      #expect(script.asked.suffix(2) == ["UNDO SECOND", "UNDO FIRST"])
    }
    let lines = log.filter { $0.contains("undo has failed") }
    #expect(lines.count == 1)
    #expect(lines.first?.contains("undo-second") == true)
    #expect(lines.first?.contains("book-trip") == true)
  }

  @Test("a client that goes away leaves nothing half done", arguments: proactors)
  func undoesForNobody(_ proactor: ProactorChoice) throws {
    _ = try withScript(proactor) { server, script in
      script.hold("THIRD")
      let client = try TestClient(port: server.port)
      try client.send("GET /flow/v1/book-trip HTTP/1.1\r\nHost: a\r\n\r\n")
      try until { script.heldCount == 1 }
      client.reset()
      try until { script.asked.count == 5 }
      #expect(script.asked == ["FIRST", "SECOND", "THIRD", "UNDO SECOND", "UNDO FIRST"])
      // The late answer finds nobody, and the server serves the next.
      script.release()
      #expect(try TestClient(port: server.port).request("GET", "/flow/v1/place-order").text == "answered")
    }
  }

  @Test("the answer does not wait for a detached step, which goes on without its client", arguments: proactors)
  func detaches(_ proactor: ProactorChoice) throws {
    _ = try withScript(proactor) { server, script in
      script.hold("MAIL")
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/place-order").text == "answered")
      // The connection serves its next request while the step is at work.
      #expect(try client.request("GET", "/flow/v1/place-order").text == "answered")
      try until { script.heldCount == 2 }
      client.close()
      let other = try TestClient(port: server.port)
      #expect(try metric("zerver_detached_steps_total", of: "place-order", other) == "0")
      script.release()
      try until { try metric("zerver_detached_steps_total", of: "place-order", other) == "2" }
    }
  }

  @Test("a server that stops waits for what is detached", arguments: proactors)
  func drains(_ proactor: ProactorChoice) throws {
    let log = try withScript(proactor) { server, script in
      script.hold("MAIL")
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/place-order").text == "answered")
      try until { script.heldCount == 1 }
      server.stop()
      #expect(try client.isAtEnd())
      script.release()
    }
    #expect(!log.contains { $0.contains("detached step has failed") })
  }

  @Test("what is detached or to be taken back when the drain is over is logged", arguments: proactors)
  func cut(_ proactor: ProactorChoice) throws {
    let log = try withScript(proactor, drain: .milliseconds(50)) { server, script in
      script.hold("MAIL")
      script.hold("THIRD")
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/place-order").text == "answered")
      try client.send("GET /flow/v1/book-trip HTTP/1.1\r\nHost: a\r\n\r\n")
      try until { script.heldCount == 2 }
    }
    #expect(log.filter { $0.contains("detached step has failed") }.count == 1)
    #expect(log.filter { $0.contains("undo has failed") }.count == 2)
  }
}

/// Keeps the lines of a log with their metadata.
private final class RecordedLog: LogHandler, Sendable {
  private let recorded = Mutex<[String]>([])
  var lines: [String] { recorded.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(
    level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
    function: String, line: UInt
  ) {
    recorded.withLock { $0.append("\(level) \(message) \(metadata ?? [:])") }
  }
}
