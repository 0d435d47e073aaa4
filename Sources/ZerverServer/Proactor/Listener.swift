import CUring
import Glibc

/// A listening TCP socket.
///
/// Each worker has its own on the same port (`SO_REUSEPORT`), and the kernel spreads connections over them. Connections
/// inherit `TCP_NODELAY` from it: what a turn produced goes out in one send, so waiting for more would only delay it.
package struct Listener: ~Copyable {
  /// Closed with this value. Whoever accepts on it cancels that before.
  package let descriptor: Int32
  /// Where it really listens: the port is the system's choice when 0 was asked for.
  package let address: SocketAddress

  /// - Parameters:
  ///   - host: a name or an IPv4 or IPv6 address; `0.0.0.0` and `::` mean every interface. Of a name's several
  ///     addresses, the first that works.
  ///   - port: 0 lets the system choose.
  ///   - joining: another listener of this process holds the port already. Without it, a port on which anybody listens
  ///     is refused: `SO_REUSEPORT` alone would let two servers of one user share a port by mistake.
  ///   - backlog: connections that the kernel completes in advance, cut to `net.core.somaxconn` (4,096 by default).
  package init(host: String, port: UInt16, joining: Bool = false, backlog: Int32 = 4096) throws(ProactorError) {
    var failure = ProactorError(
      operation: "resolve \(host)", errno: ENOENT, explanation: "the name has no address")
    for candidate in try SocketAddress.resolve(host: host, port: port) {
      do throws(ProactorError) {
        if !joining && port != 0 { try Self.claim(candidate) }
        let descriptor = try Self.open(candidate, reusePort: true, backlog: backlog)
        guard let address = SocketAddress(localOf: descriptor) else {
          let error = ProactorError.last("getsockname")
          _ = Glibc.close(descriptor)
          throw error
        }
        self.descriptor = descriptor
        self.address = address
        return
      } catch { failure = error }
    }
    throw failure
  }

  /// Gives the descriptor to a new owner, who closes it.
  consuming func release() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  deinit { _ = Glibc.close(descriptor) }

  /// The connections that wait in the backlog of a listener that this process is about to close.
  static func acceptWaiting(on listener: Int32) -> [Int32] {
    var descriptors: [Int32] = []
    // Another worker may take the last one first, and nobody waits here.
    let flags = fcntl(listener, F_GETFL)
    guard flags >= 0, fcntl(listener, F_SETFL, flags | O_NONBLOCK) == 0 else { return [] }
    // Bounded, because connections may keep coming.
    while descriptors.count < 4096 {
      let descriptor = zerver_accept(listener)
      guard descriptor >= 0 else { break }
      descriptors.append(descriptor)
    }
    return descriptors
  }

  /// Fails when somebody listens at the address.
  private static func claim(_ address: SocketAddress) throws(ProactorError) {
    _ = Glibc.close(try open(address, reusePort: false, backlog: nil))
  }

  /// A bound socket, listening when there is a backlog.
  private static func open(_ address: SocketAddress, reusePort: Bool, backlog: Int32?) throws(ProactorError) -> Int32 {
    // Blocking: io_uring wants it so, and epoll makes it non-blocking when it arms it.
    let descriptor = zerver_tcp_socket(address.family)
    guard descriptor >= 0 else { throw ProactorError(operation: "socket for \(address)", errno: -descriptor) }
    do throws(ProactorError) {
      // Connections of the last run may still be in TIME_WAIT on the port.
      try enable(SO_REUSEADDR, of: SOL_SOCKET, on: descriptor, "SO_REUSEADDR")
      if reusePort { try enable(SO_REUSEPORT, of: SOL_SOCKET, on: descriptor, "SO_REUSEPORT") }
      try enable(TCP_NODELAY, of: Int32(IPPROTO_TCP), on: descriptor, "TCP_NODELAY")
      guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else { throw .last("bind \(address)") }
      if let backlog, listen(descriptor, backlog) != 0 { throw .last("listen on \(address)") }
    } catch {
      _ = Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func enable(
    _ option: Int32, of level: Int32, on descriptor: Int32, _ name: String
  ) throws(ProactorError) {
    var on: Int32 = 1
    guard setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
      throw .last("setsockopt \(name)")
    }
  }
}
