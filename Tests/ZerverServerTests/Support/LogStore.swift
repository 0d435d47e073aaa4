import Logging
import Synchronization

/// Keeps what is logged.
final class LogStore: Sendable {
  struct Line: Equatable {
    let level: Logger.Level
    let message: String
    let metadata: [String: String]
  }
  private let storage = Mutex<[Line]>([])
  var lines: [Line] { storage.withLock { $0 } }
  func append(_ line: Line) { storage.withLock { $0.append(line) } }

  var logger: Logger { Logger(label: "test") { _ in StoreHandler(store: self) } }
}

private struct StoreHandler: LogHandler {
  let store: LogStore
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) {
    let metadata = (event.metadata ?? [:]).mapValues { "\($0)" }
    store.append(LogStore.Line(level: event.level, message: "\(event.message)", metadata: metadata))
  }
}
