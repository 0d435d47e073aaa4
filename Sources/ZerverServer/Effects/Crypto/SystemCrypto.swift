@_spi(Server) public import ZerverCore

/// The `crypto` effect by the operating system's secure generator: getrandom(2) behind Swift's own.
public final class SystemCrypto: Capability {
  /// Bytes that one effect may ask for.
  public static let bytesMax = 4096

  /// The worker owns its capabilities, so this reference ends with `stop`.
  private var worker: (any WorkerServices)?

  public init() {}

  public func start(on worker: any WorkerServices) { self.worker = worker }

  public func submit(_ effect: Effect, as operation: OperationID, deadline: Instant) {
    guard let worker else { preconditionFailure("a capability is started before it is used") }
    worker.complete(operation, with: Self.outcome(of: effect))
  }

  public func stop() { worker = nil }

  private static func outcome(of effect: Effect) -> EffectOutcome {
    guard case .crypto(let request) = effect else {
      return .failed(EffectFailure(.unsupported, detail: "crypto cannot do \(effect.kind)"))
    }
    switch request {
    case .randomBytes(let count):
      guard (0...bytesMax).contains(count) else {
        return .failed(EffectFailure(.refused, detail: "one effect yields 0 to \(bytesMax) random bytes, not \(count)"))
      }
      return .bytes(randomBytes(count))
    case .uuid:
      return .text(UUIDVersion4.text(of: randomBytes(16)))
    }
  }

  /// `SystemRandomNumberGenerator` calls getrandom(2) on Linux, which blocks only until the kernel has been seeded, at
  /// boot. Eight bytes a call: a UUID takes two.
  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        var word = generator.next()
        for _ in 0..<min(8, count - initialized) {
          buffer[initialized] = UInt8(truncatingIfNeeded: word)
          word >>= 8
          initialized += 1
        }
      }
    }
  }
}
