import Synchronization

/// What the server and one worker tell each other: stop, started, ended.
final class WorkerControl: Sendable {
  let wakeUp: WakeUp
  private let stopping = Atomic(false)

  init() throws(ProactorError) { wakeUp = try WakeUp() }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Asks the worker to drain. From any thread.
  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.wake()
  }
}
