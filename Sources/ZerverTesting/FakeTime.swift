public import ZerverCore
public import ZerverServer

/// The `time` effect by a ``ManualClock``: `now` is the clock's time, and a sleep ends when the clock has been moved past
/// its end.
public final class FakeTime: Capability {
  private let clock: ManualClock
  private var worker: (any WorkerServices)?

  public init(_ clock: ManualClock) { self.clock = clock }

  public func start(on worker: any WorkerServices) { self.worker = worker }

  public func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { preconditionFailure("a capability is started before it is used") }
    guard case .time(let request) = effect else {
      return worker.complete(operation, with: .failed(EffectFailure(.unsupported, detail: "time cannot do \(effect.kind)")))
    }
    switch request {
    case .now: worker.complete(operation, with: .instant(clock.now))
    case .sleep(let duration):
      guard duration > .zero else { return worker.complete(operation, with: .elapsed) }
      clock.sleep(for: duration, as: operation, mailbox: worker.mailbox)
    }
  }

  public func cancel(_ operation: OperationID) {
    guard let worker else { return }
    clock.cancel(operation, mailbox: worker.mailbox)
  }

  public func stop() { worker = nil }
}
