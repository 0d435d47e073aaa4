@_spi(Server) public import ZerverCore

/// The effects that a server can carry out, and who does it: for each kind, how to make its interpreter.
///
/// Each worker makes an instance of its own, so interpreters share nothing and need no locks. An effect whose kind is
/// not in the table fails with ``EffectFailure/Reason/unsupported``.
///
/// ```swift
/// let capabilities = Capabilities.standard.with(.time) { FakeTime(clock) }
/// ```
public struct Capabilities: Sendable {
  /// Called once for each worker, on the worker's thread.
  public typealias Factory = @Sendable () -> any Capability

  private var factories: [EffectKind: Factory] = [:]

  /// Empty.
  public init() {}

  /// Time and crypto from the operating system. A database is added by the app that has one.
  public static var standard: Capabilities {
    Capabilities()
      .with(.time) { SystemTime() }
      .with(.crypto) { SystemCrypto() }
  }

  /// Adds the interpreter of one kind of effect, in place of the one that the table has.
  public mutating func register(_ kind: EffectKind, _ factory: @escaping Factory) { factories[kind] = factory }

  /// This table with one more interpreter, or another one.
  public func with(_ kind: EffectKind, _ factory: @escaping Factory) -> Capabilities {
    var table = self
    table.register(kind, factory)
    return table
  }

  /// The kinds in the table, in the order of their declaration.
  public var kinds: [EffectKind] { EffectKind.allCases.filter { factories[$0] != nil } }

  /// A new interpreter, or `nil` when the table has none of this kind.
  public func make(_ kind: EffectKind) -> (any Capability)? { factories[kind]?() }
}
