import Logging
import ZerverCatalog
@_spi(Server) import ZerverCore

@testable import ZerverServer

/// A worker as the server runs it, on a proactor that plays a script.
package enum FuzzedWorker {
  private static let router = makeRouter()

  /// What the clients of the script were sent.
  package static func play(_ script: Script, allowsHTTP2: Bool = false) -> [[UInt8]] {
    ScriptedProactor.script = script
    ScriptedProactor.sent = [:]
    var configuration = ServerConfiguration()
    configuration.workers = 1
    configuration.log.requests = .none
    configuration.http.bodyBytesMax = 2048
    configuration.http.bufferedBytesMax = 16 << 10
    configuration.http.streamBodyBytesMax = 4096
    configuration.http.streamLineBytesMax = 512
    configuration.http.readAheadBytesMax = 4096
    configuration.http.pipelinedRequestsMax = 4
    configuration.requests.inFlightMax = 8
    guard let control = try? WorkerControl() else { fatalError("no descriptor for an event") }
    ScriptedProactor.control = control
    let metrics = Metrics(flows: router.metricsFlows, workers: 1)
    let listener = WorkerListener(descriptor: ScriptedProactor.listener, isShared: true, allowsHTTP2: allowsHTTP2)
    let seed = WorkerSeed(
      index: 0, configuration: configuration, router: router, metrics: metrics,
      logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }, capabilities: Capabilities(), authenticator: nil,
      openAPI: nil, files: nil, wallClock: { 0 }, control: control,
      listeners: [listener], tls: nil, census: nil)
    do { try Worker<ScriptedProactor>.run(seed) {} } catch { fatalError("the worker has failed: \(error)") }
    check(metrics.workers[0])
    return ScriptedProactor.sent.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What has begun has ended.
  private static func check(_ counts: WorkerMetrics) {
    precondition(counts.value(.connectionsAccepted) == counts.value(.connectionsClosed), "every connection is closed")
    precondition(counts.value(.requestsStarted) == counts.value(.requestsFinished), "every request is finished")
    let ended = WorkerMetrics.StreamEnd.allCases.reduce(0) { $0 + counts.value($1) }
    precondition(counts.value(.streamsBegun) == ended, "every answer in parts has ended")
    let read = WorkerMetrics.InputStreamEnd.allCases.reduce(0) { $0 + counts.value($1) }
    precondition(counts.value(.inputStreamsBegun) == read, "every body in parts has ended")
  }

  private static func makeRouter() -> Router {
    func entry(_ slug: String, _ method: FlowMethod, aliases: [Alias] = []) throws -> CatalogEntry {
      CatalogEntry(
        slug: try Slug(slug), version: FlowVersion(1)!, method: method, owner: "fuzz", profile: .interactive,
        deadlineNanoseconds: nil, deprecation: nil, aliases: aliases)
    }
    do {
      let entries = [
        try entry("say-hello", .get, aliases: [Alias(try Slug("greet-all")), Alias(try Slug("greet-us"), mode: .serve)]),
        try entry("join-texts", .post), try entry("give-parts", .get), try entry("answer-much", .get),
        try entry("count-lines", .post),
      ]
      let catalog = FlowCatalog(try Catalog(entries), flows: [sayHello, joinTexts, giveParts, answerMuch, countLines])
      return try Router([catalog], profiles: ServerConfiguration().profiles)
    } catch {
      fatalError("the flows are right: \(error)")
    }
  }

  private static var input: Slot<[String]> { Slot() }

  private static var sayHello: FlowDefinition {
    definition(decodes: false) { (context) throws(FlowFailure) in
      try context.completeText(
        .done(Response(status: 200, contentType: "text/plain", headers: [.init("ETag", "\"a\"")], body: Array("hello".utf8))),
        status: 200)
    }
  }

  private static var joinTexts: FlowDefinition {
    definition(decodes: true) { (context) throws(FlowFailure) in
      try context.completeText(.continue(context.frame[input].joined()), status: 200)
    }
  }

  /// More in all than a client takes at once that has said nothing of its windows.
  private static var giveParts: FlowDefinition {
    definition(decodes: false, isStream: true) { (context) throws(FlowFailure) in
      let round = context.isResuming ? try context.currentResumption.progress(Int.self) : 0
      let part = [String(repeating: "x", count: 9000)]
      return try context.completeStream(
        round < 8 ? .emit(part, Progress(round + 1)) : .continue(part), status: 200, givesParts: true)
    }
  }

  private static var answerMuch: FlowDefinition {
    definition(decodes: false) { (context) throws(FlowFailure) in
      try context.completeText(.continue(String(repeating: "much ", count: 14_000)), status: 200)
    }
  }

  private static var part: Slot<StreamPart<String>> { Slot(after: input) }

  private static var countLines: FlowDefinition {
    FlowDefinition(
      plan: "use count line=1 parts\npart\nrun 0", frameBytes: part.end, errors: [], decode: { _ in .continued },
      run: { _, context in
        do throws(FlowFailure) {
          let before = context.isResuming ? try context.currentResumption.progress(or: 0) : 0
          let part = context.frame[part]
          let count = before + part.elements.count
          let decision: Decision<String> = part.isLast ? .continue("\(count)") : .take(Progress(count))
          return try context.completeText(decision, status: 200)
        } catch {
          return context.fail(error)
        }
      }, test: { _, _ in false }, release: { $0.frame.destroy(part) },
      decodePart: { context in context.decodePart(into: part) })
  }

  private static func definition(
    decodes: Bool, isStream: Bool = false, _ run: @escaping @Sendable (inout RequestContext) throws(FlowFailure) -> StepOutcome
  ) -> FlowDefinition {
    FlowDefinition(
      plan: "use step line=1\nrun 0", frameBytes: input.end, errors: [],
      decode: { context in decodes ? context.decodeJSON(into: input) : .continued },
      run: { _, context in do throws(FlowFailure) { return try run(&context) } catch { return context.fail(error) } },
      test: { _, _ in false },
      release: { $0.frame.destroy(input) }, isStream: isStream)
  }
}

/// What a client of HTTP/1.1 was sent, without what depends on the time or on how bytes come: the `Date` lines and interim
/// answers.
package enum Answers {
  /// A line that has begun is looked at again when it is whole. So the last answer, a refusal, may be missing from what came
  /// in pieces when the client ended in the middle of a line; nothing else may differ.
  package static func areAlike(_ inPieces: [[UInt8]], _ whole: [[UInt8]]) -> Bool {
    guard inPieces != whole else { return true }
    let before = inPieces.first ?? []
    guard let all = whole.first, all.starts(with: before) else { return false }
    let refusal = all.dropFirst(before.count)
    let starts = refusal.indices.count(where: { refusal[$0...].starts(with: "HTTP/1.1 ".utf8) })
    return starts == 1 && refusal.starts(with: "HTTP/1.1 ".utf8)
      && String(decoding: refusal, as: UTF8.self).contains("Connection: close\r\n")
  }

  package static func comparable(_ bytes: [UInt8]) -> [UInt8] {
    // A connection may break behind the first bytes.
    precondition(zip(bytes, "HTTP/1.1 ".utf8).allSatisfy { $0 == $1 }, "an answer begins with its status")
    var kept: [UInt8] = []
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      if line.starts(with: "Date: ".utf8) { continue }
      kept += line + [10]
    }
    // Behind the last line stood none.
    kept.removeLast()
    return without(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), kept)
  }

  private static func without(_ part: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      if bytes[offset...].starts(with: part) { offset += part.count } else {
        kept.append(bytes[offset])
        offset += 1
      }
    }
    return kept
  }
}
