import Synchronization
import ZerverCore
import ZerverServer

/// A wall clock that stands still until a test moves it, and wakes the sleeps of ``FakeTime``.
///
/// Safe to use from any thread, so a test can move the clock of a running server.
public final class ManualClock: Sendable {
  private struct Sleeper {
    let operation: OperationID
    let end: Duration
    let mailbox: any Mailbox
  }

  private struct State {
    var now: Duration
    var sleepers: [Sleeper] = []
  }

  private let state: Mutex<State>

  /// - Parameter now: time since 1970. Default: 2026-01-01 00:00:00 UTC.
  public init(now: Duration = .seconds(1_767_225_600)) { state = Mutex(State(now: now)) }

  /// Time since 1970-01-01 00:00:00 UTC.
  public var now: Duration { state.withLock { $0.now } }

  /// Sleeps that have not ended.
  public var sleepersCount: Int { state.withLock { $0.sleepers.count } }

  /// Moves the clock forward. Sleeps that end by then complete in the order of their ends, each on its worker.
  public func advance(by duration: Duration) {
    precondition(duration >= .zero, "time goes forward")
    let awake = state.withLock { state in
      state.now += duration
      let awake = state.sleepers.filter { $0.end <= state.now }.sorted { $0.end < $1.end }
      state.sleepers.removeAll { $0.end <= state.now }
      return awake
    }
    for sleeper in awake { sleeper.mailbox.post(sleeper.operation, .elapsed) }
  }

  func sleep(for duration: Duration, as operation: OperationID, mailbox: any Mailbox) {
    state.withLock { $0.sleepers.append(Sleeper(operation: operation, end: $0.now + duration, mailbox: mailbox)) }
  }

  func cancel(_ operation: OperationID, mailbox: any Mailbox) {
    // Operations are unique within a worker only, so the worker's mailbox is part of the name.
    state.withLock { $0.sleepers.removeAll { $0.operation == operation && $0.mailbox === mailbox } }
  }
}
