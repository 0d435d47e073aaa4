@_spi(Server) public import ZerverCore

/// The interpreter of one kind of effect on one worker: production, fake or simulated.
///
/// An app lists factories in ``Capabilities``; each worker makes its own instance, so nothing is shared. Every call
/// comes on the worker's thread. An instance answers each operation exactly once, with `complete`, unless the operation
/// was cancelled before, and may answer inside `submit`.
public protocol Capability: AnyObject {
  /// Begins work, for example by connecting. A failure that lasts is reported through the outcomes of operations:
  /// a server starts while its database is down.
  func start(on worker: any WorkerServices)

  func submit(_ effect: Effect, as operation: OperationID, deadline: Instant)

  /// The request is gone or has timed out. The operation must not be answered any more if that can be helped; a late
  /// answer is dropped by its version.
  func cancel(_ operation: OperationID)

  /// A descriptor that `watch` named is ready.
  func ready(_ watch: WatchID)

  /// A timer that `schedule` set has passed.
  func timerPassed(_ timer: TimerID)

  /// Called in every turn of the loop after the steps have run and before the worker waits: the place to flush what the
  /// turn has queued, in one go.
  func flush()

  /// Releases everything. No call comes after it.
  func stop()
}

extension Capability {
  public func cancel(_ operation: OperationID) {}
  public func ready(_ watch: WatchID) {}
  public func timerPassed(_ timer: TimerID) {}
  public func flush() {}
  public func stop() {}
}

/// What a capability may ask of its worker. On the worker's thread only, but for `mailbox`.
public protocol WorkerServices: AnyObject {
  /// The monotonic clock, read once per turn of the loop.
  var now: Instant { get }

  /// Counts workers from 0, for names and logs.
  var workerIndex: Int { get }

  /// Answers an operation. Never re-enters the caller: the request runs later in the turn.
  func complete(_ operation: OperationID, with outcome: EffectOutcome)

  /// One call of `ready` when the descriptor is readable or writable. Watch again for the next.
  func watch(_ descriptor: Int32, readable: Bool, writable: Bool, for capability: any Capability) -> WatchID

  /// The watch must be ended before its descriptor is closed. No `ready` comes after it.
  func unwatch(_ watch: WatchID)

  func schedule(at instant: Instant, for capability: any Capability) -> TimerID
  func cancelTimer(_ timer: TimerID)

  /// For other threads.
  var mailbox: any Mailbox { get }
}

public struct WatchID: Hashable, Sendable {
  package let slot: Int
  package let generation: UInt64
  package init(slot: Int, generation: UInt64) {
    self.slot = slot
    self.generation = generation
  }
}

public struct TimerID: Hashable, Sendable {
  package let sequence: UInt64
  package init(sequence: UInt64) { self.sequence = sequence }
}

/// The way from another thread into a worker: outcomes are queued under a lock and the worker is woken.
///
/// Each worker brings its own. A mailbox may outlive its worker: what is posted then goes nowhere.
public protocol Mailbox: AnyObject, Sendable {
  func post(_ operation: OperationID, _ outcome: EffectOutcome)
}
