import Glibc
import Synchronization

/// How many connections each client address has, over all workers: the kernel spreads the connections of one client over
/// them, so that no worker could count alone.
///
/// It is asked once for each connection and once for its end, never for a request, and not at all when the limit is so high
/// that nobody can reach it.
final class ConnectionCensus: Sendable {
  /// An address, or the /64 network of an IPv6 address: a household or a machine has one of those, and could use each of
  /// its 2⁶⁴ addresses.
  struct Client: Hashable, Sendable {
    let bits: UInt64
    let isNetwork: Bool
  }

  private let perClientMax: Int
  private let counts = Mutex<[Client: Int]>([:])

  init(perClientMax: Int) { self.perClientMax = perClientMax }

  /// Counts a connection. `false`, and nothing is counted, when the client has as many as it may have.
  func enter(_ client: Client) -> Bool {
    counts.withLock { counts in
      guard counts[client, default: 0] < perClientMax else { return false }
      counts[client, default: 0] += 1
      return true
    }
  }

  /// A connection that was counted has ended.
  func leave(_ client: Client) {
    counts.withLock { counts in
      guard let count = counts[client] else { preconditionFailure("who leaves has entered") }
      // Those without connections are forgotten, or the table would grow with every client that ever came.
      counts[client] = count > 1 ? count - 1 : nil
    }
  }
}

extension ConnectionCensus.Client {
  /// The peer of a connected socket. `nil` when it has gone already, and for sockets that have no address.
  init?(peerOf descriptor: Int32) {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutableBytes(of: &storage) {
      getpeername(descriptor, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self), &length)
    }
    guard result == 0 else { return nil }
    let client = withUnsafeBytes(of: storage) { Self.read($0, family: Int32(storage.ss_family)) }
    guard let client else { return nil }
    self = client
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, family: Int32) -> Self? {
    switch family {
    case AF_INET:
      return Self(bits: UInt64(bytes.load(as: sockaddr_in.self).sin_addr.s_addr), isNetwork: false)
    case AF_INET6:
      guard let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) else { return nil }
      let address = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + 16)])
      // An IPv4 client of an IPv6 socket (RFC 4291 §2.5.5.2).
      if address.prefix(10).allSatisfy({ $0 == 0 }), address[10] == 0xFF, address[11] == 0xFF {
        return Self(bits: UInt64(address.loadUnaligned(fromByteOffset: 12, as: UInt32.self)), isNetwork: false)
      }
      return Self(bits: address.loadUnaligned(as: UInt64.self), isNetwork: true)
    default:
      return nil
    }
  }
}
