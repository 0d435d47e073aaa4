/// Names an operation in the kernel: what it is, which slot it belongs to, and which use of that slot.
///
/// Layout of the 64 bits: kind 4, slot 24, generation 36.
package struct ProactorToken: Hashable, Sendable {
  package let bits: UInt64

  /// What the owner of the token wants to tell apart. The proactor does not look at it.
  package enum Kind: UInt8, Sendable {
    case accept, receive, send, wake, capability, timer, writable
  }

  package init(_ kind: Kind, slot: Int, generation: UInt64) {
    bits = UInt64(kind.rawValue) << 60 | UInt64(truncatingIfNeeded: slot & 0xFF_FFFF) << 36 | generation & 0xF_FFFF_FFFF
  }
  init(bits: UInt64) { self.bits = bits }

  package var kind: Kind {
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: bits >> 60)) else {
      preconditionFailure("a token comes back as it was given to the kernel")
    }
    return kind
  }
  package var slot: Int { Int(truncatingIfNeeded: bits >> 36 & 0xFF_FFFF) }
  package var generation: UInt64 { bits & 0xF_FFFF_FFFF }

  /// Marks what the proactor submits for itself. No kind has these four bits, so no owner's token is equal to it.
  static var ownUse: ProactorToken { ProactorToken(bits: .max) }
}
