import Logging
import Synchronization
import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct WorkerFailureTests {
  @Test("a worker that cannot go on is logged, reported, and stops the others")
  func failure() throws {
    let lines = LogLines()
    let logger = Logger(label: "test") { _ in lines }
    let router = try Router([try testCatalog()], profiles: ServerConfiguration().profiles)
    let metrics = Metrics(flows: router.metricsFlows, workers: 2)
    let threads = WorkerThreads()
    func seed(_ index: Int) throws -> WorkerSeed {
      WorkerSeed(
        index: index, configuration: ServerConfiguration(), router: router, metrics: metrics, logger: logger,
        capabilities: .standard, authenticator: nil, openAPI: nil, files: nil, wallClock: { 0 }, control: try WorkerControl(), 
        listeners: [WorkerListener(descriptor: try Listener(host: "127.0.0.1", port: 0).release())], tls: nil, census: nil)
    }
    let isReported = Report()
    threads.start(try seed(0), on: .epoll)
    threads.whenOneFails { isReported.set() }
    let failing = try seed(1)
    threads.start(failing) { started throws(ProactorError) in try Worker<FailingProactor>.run(failing, whenStarted: started) }
    // Returns only when the healthy worker has ended as well: it was told to.
    threads.join()
    #expect(threads.failure?.operation == "wait")
    #expect(isReported.isSet)
    let line = try #require(lines.all.first { $0.level == .critical })
    #expect(line.message == "a worker has failed")
    #expect(line.metadata?["worker"] == "1")
    #expect(line.metadata?["reason"]?.description.contains("EIO") == true)
  }
}

private final class Report: Sendable {
  private let state = Mutex(false)
  var isSet: Bool { state.withLock { $0 } }
  func set() { state.withLock { $0 = true } }
}

/// A proactor that the kernel does not serve any more.
private struct FailingProactor: Proactor, ~Copyable {
  static var name: String { "failing" }
  static var wakesOneAccept: Bool { false }
  init(_ configuration: ProactorConfiguration) throws(ProactorError) {}
  mutating func accept(listener: Int32, token: ProactorToken) {}
  mutating func receive(descriptor: Int32, token: ProactorToken) {}
  mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken) {}
  mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken) {}
  mutating func cancel(_ token: ProactorToken) {}
  mutating func close(descriptor: Int32) {}
  mutating func submitAndWait(nanosecondsMax: UInt64?) throws(ProactorError) { throw ProactorError(operation: "wait", errno: 5) }
  mutating func nextCompletion() -> Completion? { nil }
  func bytes(of completion: Completion) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
  mutating func release(_ buffer: BufferID) {}
}

/// Keeps what is logged.
private final class LogLines: LogHandler, @unchecked Sendable {
  struct Line {
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata?
  }

  // Two workers log.
  private let lines = Mutex<[Line]>([])
  var all: [Line] { lines.withLock { $0 } }
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.withLock { $0.append(Line(level: event.level, message: event.message.description, metadata: event.metadata)) }
  }
}
