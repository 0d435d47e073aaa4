import Glibc

/// An IPv4 or IPv6 address. An IPv4 address is kept as IPv6 writes it (RFC 4291 §2.5.5.2), so that a client is the same one
/// whichever kind of socket it came to.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The 128 bits, the first ones in `high`.
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// In the 32 bits of an integer, the first byte on top.
  init(version4 bits: UInt32) {
    high = 0
    low = 0xFFFF_0000_0000 | UInt64(bits)
  }

  /// Of 16 bytes in the order of the network.
  init(version6 bytes: UnsafeRawBufferPointer) {
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// In digits, without brackets, port or zone.
  init?(_ text: some StringProtocol) {
    let text = String(text)
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(version4: UInt32(bigEndian: four.s_addr))
      return
    }
    var six = in6_addr()
    guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
    self = withUnsafeBytes(of: six) { IPAddress(version6: $0) }
  }

  /// The other end of a connected socket. `nil` when it has gone already, and for sockets that have no address.
  init?(peerOf descriptor: Int32) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutableBytes(of: &storage) {
      getpeername(descriptor, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self), &length)
    }
    guard result == 0 else { return nil }
    switch Int32(storage.ss_family) {
    case AF_INET:
      let bits = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self).sin_addr.s_addr }
      self.init(version4: UInt32(bigEndian: bits))
    case AF_INET6:
      self = withUnsafeBytes(of: storage) { bytes in
        withUnsafeBytes(of: bytes.load(as: sockaddr_in6.self).sin6_addr) { IPAddress(version6: $0) }
      }
    default: return nil
    }
  }

  var isVersion4: Bool { high == 0 && low >> 32 == 0xFFFF }

  var description: String {
    if isVersion4 { return (0..<4).map { String(low >> UInt64(24 - 8 * $0) & 0xFF) }.joined(separator: ".") }
    var bytes = in6_addr()
    withUnsafeMutableBytes(of: &bytes) {
      $0.storeBytes(of: high.bigEndian, as: UInt64.self)
      $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
      inet_ntop(AF_INET6, &bytes, buffer.baseAddress, socklen_t(buffer.count)).map { String(cString: $0) } ?? ""
    }
  }
}
