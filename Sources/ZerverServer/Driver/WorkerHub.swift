@_spi(Server) import ZerverCore

/// What a worker offers its capabilities.
///
/// A capability may call in the middle of the worker's own work, so nothing here touches the worker: calls are noted, and
/// the worker carries them out at the next point of its turn.
final class WorkerHub: WorkerServices {
  enum Command {
    case watch(WatchID, descriptor: Int32, PollEvents)
    case unwatch(WatchID)
  }

  private struct Watch {
    var generation: UInt64 = 0
    var capability: (any Capability)?
  }

  let workerIndex: Int
  let workerMailbox: WorkerMailbox
  var now: Instant

  // One thread asks for these several times a turn. To check each time that nobody else is at them took 300 instructions a turn.

  /// Answers of this turn that the worker has not handled.
  @exclusivity(unchecked) private var completions: [CompletedOperation] = []
  /// Watches that the proactor has not been told of.
  @exclusivity(unchecked) private var commands: [Command] = []
  @exclusivity(unchecked) private var timers: TimerQueue

  private var watches: [Watch] = []
  private var freeWatches: [Int] = []
  private var timerOwners: [UInt64: (handle: TimerHandle, capability: any Capability)] = [:]
  private var timersUsed: UInt64 = 0

  init(workerIndex: Int, now: Instant, mailbox: WorkerMailbox) {
    self.workerIndex = workerIndex
    self.now = now
    workerMailbox = mailbox
    timers = TimerQueue(now: now, capacity: 64)
  }

  var mailbox: any Mailbox { workerMailbox }

  // MARK: For capabilities

  func complete(_ operation: OperationID, with outcome: EffectOutcome) {
    completions.append(CompletedOperation(operation: operation, outcome: outcome))
  }

  func watch(_ descriptor: Int32, readable: Bool, writable: Bool, for capability: any Capability) -> WatchID {
    let slot: Int
    if let free = freeWatches.popLast() {
      slot = free
    } else {
      slot = watches.count
      watches.append(Watch())
    }
    watches[slot].generation += 1
    watches[slot].capability = capability
    let id = WatchID(slot: slot, generation: watches[slot].generation)
    var events = PollEvents()
    if readable { events.insert(.readable) }
    if writable { events.insert(.writable) }
    commands.append(.watch(id, descriptor: descriptor, events))
    return id
  }

  func unwatch(_ watch: WatchID) {
    guard watches[watch.slot].generation == watch.generation, watches[watch.slot].capability != nil else { return }
    free(watch.slot)
    commands.append(.unwatch(watch))
  }

  func schedule(at instant: Instant, for capability: any Capability) -> TimerID {
    timersUsed += 1
    let handle = timers.schedule(at: instant, payload: timersUsed)
    timerOwners[timersUsed] = (handle, capability)
    return TimerID(sequence: timersUsed)
  }

  func cancelTimer(_ timer: TimerID) {
    guard let owner = timerOwners.removeValue(forKey: timer.sequence) else { return }
    timers.cancel(owner.handle)
  }

  // MARK: For the worker

  var nextTimer: Instant? { timers.nextDeadline }
  var hasCompletions: Bool { !completions.isEmpty }

  /// - Parameter list: empty; what the worker handled before, with its memory.
  func takeCompletions(into list: inout [CompletedOperation]) { swap(&list, &completions) }
  func takeCommands(into list: inout [Command]) { swap(&list, &commands) }

  /// A descriptor is ready. A watch that was ended meanwhile is of no interest.
  func ready(slot: Int, generation: UInt64) {
    guard watches.indices.contains(slot), watches[slot].generation == generation,
      let capability = watches[slot].capability
    else { return }
    free(slot)
    capability.ready(WatchID(slot: slot, generation: generation))
  }

  func fireTimers() {
    while let sequence = timers.popExpired(now: now) {
      if let owner = timerOwners.removeValue(forKey: sequence) {
        owner.capability.timerPassed(TimerID(sequence: sequence))
      }
    }
  }

  private func free(_ slot: Int) {
    watches[slot].capability = nil
    freeWatches.append(slot)
  }
}

struct CompletedOperation {
  let operation: OperationID
  let outcome: EffectOutcome
}
