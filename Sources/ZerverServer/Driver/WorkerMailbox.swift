import Synchronization
@_spi(Server) import ZerverCore

/// The way from other threads into a worker: a list under a lock, and a wake-up for the first entry only.
final class WorkerMailbox: Mailbox {
  private struct Contents {
    var completions: [CompletedOperation] = []
    var isClosed = false
  }

  private let contents = Mutex(Contents())
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ operation: OperationID, _ outcome: EffectOutcome) {
    let isFirst = contents.withLock { contents in
      guard !contents.isClosed else { return false }
      contents.completions.append(CompletedOperation(operation: operation, outcome: outcome))
      return contents.completions.count == 1
    }
    if isFirst { wake() }
  }

  /// - Parameter list: empty; its memory serves the next entries.
  func take(into list: inout [CompletedOperation]) {
    contents.withLock { swap(&list, &$0.completions) }
  }

  /// What is posted from now on goes nowhere.
  func close() {
    contents.withLock { $0 = Contents(isClosed: true) }
  }
}
