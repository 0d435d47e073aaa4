import Glibc
@_spi(Server) public import ZerverCore

/// The `time` effect by the operating system's clocks: the wall clock for `now`, the worker's timers for `sleep`.
public final class SystemTime: Capability {
  /// Sleeps of one worker at the same time. More are refused as unavailable, so that a flow that sleeps cannot hold
  /// every request slot by timers alone.
  public static let sleepsMax = 4096
  /// The longest sleep. A request does not live longer.
  public static let sleepMax = Duration.seconds(24 * 3600)

  private struct Sleep {
    let operation: OperationID
    /// The deadline comes first.
    let isCutShort: Bool
  }

  /// The worker owns its capabilities, so this reference ends with `stop`.
  private var worker: (any WorkerServices)?
  private var sleeps: [TimerID: Sleep] = [:]
  private var timers: [OperationID: TimerID] = [:]

  public init() {}

  public func start(on worker: any WorkerServices) { self.worker = worker }

  public func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { preconditionFailure("a capability is started before it is used") }
    guard case .time(let request) = effect else {
      return worker.complete(operation, with: .failed(EffectFailure(.unsupported, detail: "time cannot do \(effect.kind)")))
    }
    switch request {
    case .now: worker.complete(operation, with: .instant(Self.wallClock()))
    case .sleep(let duration): sleep(for: duration, as: operation, deadline: deadline, on: worker)
    }
  }

  public func cancel(_ operation: OperationID) {
    guard let timer = timers.removeValue(forKey: operation) else { return }
    sleeps[timer] = nil
    worker?.cancelTimer(timer)
  }

  public func timerPassed(_ timer: TimerID) {
    // A cancelled timer may have passed in the same turn, so a timer without a sleep is expected.
    guard let sleep = sleeps.removeValue(forKey: timer) else { return }
    timers[sleep.operation] = nil
    let outcome: EffectOutcome =
      sleep.isCutShort ? .failed(EffectFailure(.timedOut, detail: "the deadline came before the end of the sleep")) : .elapsed
    worker?.complete(sleep.operation, with: outcome)
  }

  public func stop() {
    for timer in sleeps.keys { worker?.cancelTimer(timer) }
    sleeps = [:]
    timers = [:]
    worker = nil
  }

  private func sleep(
    for duration: Duration, as operation: OperationID, deadline: Instant, on worker: any WorkerServices
  ) {
    guard duration >= .zero, duration <= Self.sleepMax else {
      let detail = "a sleep lasts from 0 to \(Self.sleepMax.components.seconds) s, not \(duration)"
      return worker.complete(operation, with: .failed(EffectFailure(.refused, detail: detail)))
    }
    guard sleeps.count < Self.sleepsMax else {
      let detail = "\(Self.sleepsMax) sleeps are in flight on this worker"
      return worker.complete(operation, with: .failed(EffectFailure(.unavailable, detail: detail)))
    }
    let end = worker.now + duration
    let timer = worker.schedule(at: min(end, deadline), for: self)
    sleeps[timer] = Sleep(operation: operation, isCutShort: deadline < end)
    timers[operation] = timer
  }

  /// Time since 1970. `CLOCK_REALTIME` cannot fail with valid arguments (clock_gettime(2)).
  private static func wallClock() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
