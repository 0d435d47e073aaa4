import Glibc

/// Listening sockets that whoever started the process has opened for it: socket activation, sd_listen_fds(3).
///
/// The socket outlives the process, so that a new process can serve it before the old one has ended, and no client is
/// refused between them. Each of the two accepts what it can; connections that wait in the backlog are the new one's when
/// the old one stops.
struct InheritedListeners {
  /// The first descriptor, by the protocol.
  private static var firstDescriptor: Int32 { 3 }

  let descriptors: [Int32]

  /// The sockets that are meant for this process; `nil` when there are none. They are taken once: programs that it starts
  /// do not find them again.
  static func take() throws(ProactorError) -> InheritedListeners? {
    guard number(of: "LISTEN_PID") == Int(getpid()), let count = number(of: "LISTEN_FDS"), (1...1024).contains(count) else {
      return nil
    }
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    let descriptors = (0..<Int32(count)).map { firstDescriptor + $0 }
    for descriptor in descriptors {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      guard isListening(descriptor) else {
        throw ProactorError(
          operation: "use inherited descriptor \(descriptor)", errno: EINVAL, explanation: "it is no listening TCP or Unix-domain socket")
      }
    }
    return InheritedListeners(descriptors: descriptors)
  }

  /// One descriptor for each worker: several workers accept on one socket when there are more of them than sockets. The
  /// address is that of the first socket.
  func shared(among workers: Int) throws(ProactorError) -> (SocketAddress, [Int32]) {
    guard let address = SocketAddress(localOf: descriptors[0]) else { throw .last("getsockname") }
    var shared = descriptors
    while shared.count < workers {
      let copy = fcntl(descriptors[shared.count % descriptors.count], F_DUPFD_CLOEXEC, Self.firstDescriptor)
      guard copy >= 0 else {
        let error = ProactorError.last("dup of an inherited socket")
        for descriptor in shared { close(descriptor) }
        throw error
      }
      shared.append(copy)
    }
    for descriptor in shared { setNoDelay(descriptor) }
    return (address, shared)
  }

  /// As for sockets that the server opens itself; connections inherit it. A Unix-domain socket refuses it and needs none.
  private func setNoDelay(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    guard option(SO_ACCEPTCONN, of: descriptor) == 1 else { return false }
    return option(SO_DOMAIN, of: descriptor) == AF_UNIX || option(SO_PROTOCOL, of: descriptor) == Int32(IPPROTO_TCP)
  }

  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private static func number(of variable: String) -> Int? { getenv(variable).flatMap { Int(String(cString: $0)) } }
}
