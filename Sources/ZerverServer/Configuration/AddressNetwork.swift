extension ServerConfiguration {
  /// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one alone: `192.0.2.1`.
  public struct Network: Equatable, Sendable, LosslessStringConvertible {
    private let first: IPAddress
    /// Of 128 bits: those of IPv4 begin behind 96.
    private let prefixBits: Int

    /// `nil` for a text that is no such address, for a prefix that is longer than the address, and for one that would cut bits
    /// off: who writes `10.1.2.3/8` may have meant something else.
    public init?(_ description: String) {
      let parts = description.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
      let isVersion4 = address.isVersion4 && !parts[0].contains(":")
      let bits = isVersion4 ? 32 : 128
      guard let length = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(length) else { return nil }
      first = address
      prefixBits = isVersion4 ? 96 + length : length
      guard masked(address) == address else { return nil }
    }

    public var description: String {
      let bits = first.isVersion4 && prefixBits >= 96 ? 32 : 128
      let length = bits == 32 ? prefixBits - 96 : prefixBits
      return length == bits ? first.description : "\(first)/\(length)"
    }

    func contains(_ address: IPAddress) -> Bool { masked(address) == first }

    private func masked(_ address: IPAddress) -> IPAddress {
      // A shift by all bits gives zero.
      IPAddress(
        high: address.high & ~(UInt64.max >> UInt64(prefixBits)),
        low: address.low & (prefixBits <= 64 ? 0 : ~(UInt64.max >> UInt64(prefixBits - 64))))
    }
  }
}
