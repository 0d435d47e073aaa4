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
  init(_ address: IPAddress) {
    self.init(bits: address.isVersion4 ? address.low & 0xFFFF_FFFF : address.high, isNetwork: !address.isVersion4)
  }
}
