import Glibc
import Synchronization
public import ZerverCore
public import ZerverServer

/// A worker for tests of capabilities: a loop over `poll(2)` on the thread of the test, without connections or requests.
///
/// Nothing happens between calls. Time is the real clock plus what the test adds with ``advance(by:)``, so that a test of
/// deadlines and backoffs need not wait for them. Every wait has a bound and ends with an error that says what did not
/// happen.
///
/// ```swift
/// let worker = TestWorker()
/// let database = worker.start(try Database.sqlite(path: path).capability(logger: logger)())
/// let outcome = try worker.perform(.database(.query(Statement("SELECT 1 AS one"))), with: database)
/// ```
public final class TestWorker: WorkerServices {
  public let workerIndex: Int
  public private(set) var now: Instant
  /// What has been answered and not been taken yet. The same operation answered twice counts in ``answeredTwice``.
  public private(set) var outcomes: [OperationID: EffectOutcome] = [:]
  /// Operations that a capability answered more than once, which none may do.
  public private(set) var answeredTwice: [OperationID] = []

  private struct Watch {
    let id: WatchID
    let descriptor: Int32
    let events: Int16
    let capability: any Capability
  }

  private var capabilities: [any Capability] = []
  private var watches: [Watch] = []
  private var timers: [(id: TimerID, instant: Instant, capability: any Capability)] = []
  private var watchCount: UInt64 = 0
  private var timerCount: UInt64 = 0
  private var operationCount: UInt64 = 0
  private var answered: Set<OperationID> = []
  private var added: Duration = .zero
  private let testMailbox: TestMailbox

  public init(index: Int = 0) {
    workerIndex = index
    now = Self.clock(added: .zero)
    testMailbox = TestMailbox()
  }

  deinit { stop() }

  // MARK: For tests

  /// Adds a capability and starts it.
  @discardableResult
  public func start<C: Capability>(_ capability: C) -> C {
    capabilities.append(capability)
    capability.start(on: self)
    return capability
  }

  /// Adds a capability and starts it.
  @discardableResult
  public func start(_ capability: any Capability) -> any Capability {
    capabilities.append(capability)
    capability.start(on: self)
    return capability
  }

  /// Stops every capability.
  public func stop() {
    for capability in capabilities { capability.stop() }
    capabilities = []
  }

  /// Submits an effect under a fresh name. Nothing is sent before the next turn.
  public func submit(_ effect: Effect, to capability: any Capability, within time: Duration = .seconds(30)) -> OperationID {
    operationCount += 1
    let operation = OperationID(slot: Int(operationCount % 50_000), version: operationCount, token: 0)
    capability.submit(effect, as: operation, deadline: now + time)
    return operation
  }

  /// Submits an effect and runs the loop until it is answered.
  public func perform(
    _ effect: Effect, with capability: any Capability, within time: Duration = .seconds(30)
  ) throws(TestWorkerError) -> EffectOutcome {
    try outcome(of: submit(effect, to: capability, within: time))
  }

  /// Runs the loop until the operation is answered, and takes the answer.
  public func outcome(of operation: OperationID) throws(TestWorkerError) -> EffectOutcome {
    try run(until: "operation \(operation.bits) is answered") { self.outcomes[operation] != nil }
    guard let outcome = outcomes.removeValue(forKey: operation) else { throw TestWorkerError("the answer is gone") }
    return outcome
  }

  /// Runs the loop until all are answered, and takes the answers in the same order.
  public func outcomes(of operations: [OperationID]) throws(TestWorkerError) -> [EffectOutcome] {
    var taken: [EffectOutcome] = []
    for operation in operations { taken.append(try outcome(of: operation)) }
    return taken
  }

  /// Runs the loop until the condition holds. Throws when it does not within the bound, which is real time.
  public func run(
    until what: String, within bound: Duration = .seconds(30), _ condition: () -> Bool
  ) throws(TestWorkerError) {
    let end = Self.clock(added: .zero) + bound
    while !condition() {
      if Self.clock(added: .zero) > end { throw TestWorkerError("not within \(bound): \(what)") }
      turn(waiting: .milliseconds(50))
    }
  }

  /// Moves the clock forwards. Timers that have passed fire in the next turn.
  public func advance(by duration: Duration) {
    added += duration
    now = Self.clock(added: added)
  }

  /// One turn of the loop: flush, wait for something to happen, deliver it.
  public func turn(waiting longest: Duration = .zero) {
    for capability in capabilities { capability.flush() }
    poll(longest)
    now = Self.clock(added: added)
    for (operation, outcome) in testMailbox.take() { complete(operation, with: outcome) }
    firePassedTimers()
  }

  // MARK: WorkerServices

  public var mailbox: any Mailbox { testMailbox }

  public func complete(_ operation: OperationID, with outcome: EffectOutcome) {
    if !answered.insert(operation).inserted { answeredTwice.append(operation) }
    outcomes[operation] = outcome
  }

  public func watch(_ descriptor: Int32, readable: Bool, writable: Bool, for capability: any Capability) -> WatchID {
    watchCount += 1
    let id = WatchID(slot: Int(descriptor), generation: watchCount)
    let events = (readable ? Int16(POLLIN) : 0) | (writable ? Int16(POLLOUT) : 0)
    watches.append(Watch(id: id, descriptor: descriptor, events: events, capability: capability))
    return id
  }

  public func unwatch(_ watch: WatchID) { watches.removeAll { $0.id == watch } }

  public func schedule(at instant: Instant, for capability: any Capability) -> TimerID {
    timerCount += 1
    timers.append((TimerID(sequence: timerCount), instant, capability))
    return TimerID(sequence: timerCount)
  }

  public func cancelTimer(_ timer: TimerID) { timers.removeAll { $0.id == timer } }

  // MARK: The loop

  private static func clock(added: Duration) -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)) + added
  }

  private func poll(_ longest: Duration) {
    var descriptors = watches.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    descriptors.append(pollfd(fd: testMailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0))
    let untilTimer = timers.map { $0.instant.since(Self.clock(added: added)) }.min() ?? longest
    // Rounded up, so that a timer has passed when the wait is over.
    let milliseconds = (min(longest, untilTimer).nanosecondsWhole + 999_999) / 1_000_000
    guard Glibc.poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds)) > 0 else { return }
    now = Self.clock(added: added)
    let ready = zip(descriptors, watches).filter { $0.0.revents != 0 }.map(\.1)
    for watch in ready {
      // One that was called before may have ended it.
      guard let index = watches.firstIndex(where: { $0.id == watch.id }) else { continue }
      watches.remove(at: index)
      watch.capability.ready(watch.id)
    }
  }

  private func firePassedTimers() {
    let passed = timers.filter { $0.instant <= now }
    for timer in passed {
      guard let index = timers.firstIndex(where: { $0.id == timer.id }) else { continue }
      timers.remove(at: index)
      timer.capability.timerPassed(timer.id)
    }
  }
}

/// What a test waited for did not happen.
public struct TestWorkerError: Error, CustomStringConvertible, Sendable {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Outcomes from other threads, and a pipe that wakes the loop.
final class TestMailbox: Mailbox {
  private let wake = WakePipe()
  private let posted = Mutex<[(OperationID, EffectOutcome)]>([])

  var wakeDescriptor: Int32 { wake.readEnd }

  func post(_ operation: OperationID, _ outcome: EffectOutcome) {
    posted.withLock { $0.append((operation, outcome)) }
    wake.signal()
  }

  func take() -> [(OperationID, EffectOutcome)] {
    wake.drain()
    return posted.withLock { posted in
      defer { posted.removeAll() }
      return posted
    }
  }
}
