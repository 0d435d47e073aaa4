/// Names one effect of one request: the request's slot in its worker, the version of that slot's use, and the effect.
///
/// 64 bits: slot 16, version 34, token 14. Slots are reused and versions never repeat within a slot's life, so that a
/// late completion cannot reach the request that came after: a slot whose versions are used up retires.
@frozen
public struct OperationID: Hashable, Sendable {
  public let bits: UInt64

  public static var slotsMax: Int { 1 << 16 }
  public static var versionsMax: UInt64 { 1 << 34 }
  /// Effects that one request can submit in its life: enough for a loop of a thousand rounds with many effects each.
  public static var tokensMax: Int { 1 << 14 }
  /// Those that the request's plan may use. The rest is for what the framework itself asks for on behalf of a request.
  @_spi(Server) public static var planTokensMax: Int { tokensMax - 64 }

  public init(slot: Int, version: UInt64, token: Int) {
    precondition(slot < Self.slotsMax && version < Self.versionsMax && token < Self.tokensMax, "each part fits its bits")
    bits = UInt64(slot) << 48 | version << 14 | UInt64(token)
  }

  public var slot: Int { Int(bits >> 48) }
  public var version: UInt64 { bits >> 14 & 0x3_FFFF_FFFF }
  public var token: Int { Int(bits & 0x3FFF) }
}
