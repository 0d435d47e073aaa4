/// Whether a flow's callers belong to a tenant.
public enum TenantScope: String, CaseIterable, Sendable {
  /// The flow knows no tenants.
  case none
  /// A tenant is used when the request names one.
  case optional
  /// A request without an identity is answered 401, one of an identity without a tenant 403.
  case required
}

/// Something that the caller of a flow must have: `requires role admin`, `requires capability write-orders`.
public struct Requirement: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case role, capability
  }

  public var kind: Kind
  public var name: String

  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }
}

/// `idempotency required ttl 24h`: what a flow does with `Idempotency-Key`.
public struct Idempotency: Hashable, Sendable {
  public enum Mode: String, CaseIterable, Sendable {
    /// A key is honoured when the request has one.
    case optional
    /// A request without a key is answered 400.
    case required
  }

  public var mode: Mode
  /// How long an answer is kept for repetition.
  public var ttlNanoseconds: Int

  public init(_ mode: Mode, ttlNanoseconds: Int) {
    self.mode = mode
    self.ttlNanoseconds = ttlNanoseconds
  }
}
