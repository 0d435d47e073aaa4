import Synchronization
import ZerverCore

@testable import ZerverServer

/// A worker that only writes down what a capability asks of it. The test moves its clock.
final class RecordingWorker: WorkerServices {
  final class Box: Mailbox {
    private let posted = Mutex<[(OperationID, EffectOutcome)]>([])
    func post(_ operation: OperationID, _ outcome: EffectOutcome) { posted.withLock { $0.append((operation, outcome)) } }
    var operations: [OperationID] { posted.withLock { $0.map(\.0) } }
    var outcomes: [EffectOutcome] { posted.withLock { $0.map(\.1) } }
  }

  var now = Instant(nanoseconds: 1_000_000_000)
  let workerIndex = 0
  let box = Box()
  var mailbox: any Mailbox { box }

  private(set) var completed: [(operation: OperationID, outcome: EffectOutcome)] = []
  private(set) var timers: [TimerID: Instant] = [:]
  private var nextTimer: UInt64 = 1

  var outcomes: [EffectOutcome] { completed.map(\.outcome) }

  func complete(_ operation: OperationID, with outcome: EffectOutcome) { completed.append((operation, outcome)) }

  func watch(_ descriptor: Int32, readable: Bool, writable: Bool, for capability: any Capability) -> WatchID {
    preconditionFailure("no capability of these tests watches a descriptor")
  }
  func unwatch(_ watch: WatchID) { preconditionFailure("no capability of these tests watches a descriptor") }

  func schedule(at instant: Instant, for capability: any Capability) -> TimerID {
    let timer = TimerID(sequence: nextTimer)
    nextTimer += 1
    timers[timer] = instant
    return timer
  }

  func cancelTimer(_ timer: TimerID) { timers[timer] = nil }

  /// Moves the clock and tells the capability about every timer that has passed, the earliest first.
  func advance(by duration: Duration, _ capability: any Capability) {
    now = now + duration
    for (timer, _) in timers.filter({ $0.value <= now }).sorted(by: { $0.value < $1.value }) {
      timers[timer] = nil
      capability.timerPassed(timer)
    }
  }
}

func operation(_ token: Int) -> OperationID { OperationID(slot: 3, version: 5, token: token) }

let farAway = Instant(nanoseconds: .max)
