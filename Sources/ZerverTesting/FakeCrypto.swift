import Synchronization
public import ZerverCore
public import ZerverServer

/// The `crypto` effect without chance. The n-th UUID is `00000000-0000-4000-8000-…`, its last twelve digits n in
/// hexadecimal, counting from 1; random bytes count up from 0.
public final class FakeCrypto: Capability {
  /// What has been handed out. Workers that share it never hand out the same UUID.
  public final class Sequence: Sendable {
    private let state = Mutex((uuids: UInt64(0), bytes: UInt8(0)))

    public init() {}

    func nextUUID() -> String {
      let number = state.withLock { state in
        state.uuids += 1
        return state.uuids
      }
      let digits = String(number, radix: 16)
      return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    func nextBytes(_ count: Int) -> [UInt8] {
      state.withLock { state in
        let first = state.bytes
        state.bytes &+= UInt8(truncatingIfNeeded: count)
        return (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0) }
      }
    }
  }

  private let sequence: Sequence
  private var worker: (any WorkerServices)?

  public init(_ sequence: Sequence = Sequence()) { self.sequence = sequence }

  public func start(on worker: any WorkerServices) { self.worker = worker }

  public func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { preconditionFailure("a capability is started before it is used") }
    worker.complete(operation, with: outcome(of: effect))
  }

  public func stop() { worker = nil }

  private func outcome(of effect: Effect) -> EffectOutcome {
    guard case .crypto(let request) = effect else {
      return .failed(EffectFailure(.unsupported, detail: "crypto cannot do \(effect.kind)"))
    }
    switch request {
    case .uuid: return .text(sequence.nextUUID())
    case .randomBytes(let count):
      guard (0...SystemCrypto.bytesMax).contains(count) else {
        return .failed(EffectFailure(.refused, detail: "one effect yields 0 to \(SystemCrypto.bytesMax) random bytes, not \(count)"))
      }
      return .bytes(sequence.nextBytes(count))
    }
  }
}
