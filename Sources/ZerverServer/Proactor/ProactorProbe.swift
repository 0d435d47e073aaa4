import CUring
import Glibc

/// Finds out at start-up which backend runs here, and says why.
package struct ProactorProbe: Sendable {
  package enum Backend: String, Sendable {
    case ioUring = "io_uring"
    case epoll
  }

  /// What every worker shall create.
  package let backend: Backend
  /// One line for the log: `io_uring (single issuer, deferred task work)`, or
  /// `epoll, because io_uring_setup: operation not permitted (EPERM), as in many containers`.
  package let reason: String

  /// Tries the real thing, once per process and before the workers start: a version number says nothing about what a
  /// container's seccomp profile or `kernel.io_uring_disabled` refuses.
  ///
  /// Throws only when io_uring is demanded and not to be had.
  package init(_ preference: ProactorChoice = .automatic) throws(ProactorError) {
    if preference == .epoll {
      backend = .epoll
      reason = "epoll, as configured"
      return
    }
    do throws(ProactorError) {
      reason = "io_uring (\(try Self.tryIOUring()))"
      backend = .ioUring
    } catch {
      guard preference == .automatic else { throw error }
      backend = .epoll
      reason = "epoll, because \(error)\(Self.hint(error.errno))"
    }
  }

  private static func hint(_ errno: Int32) -> String {
    switch errno {
    case EPERM, EACCES: ", as in many containers"
    case ENOSYS: ", as with kernels before 5.1 and some sandboxes"
    case ENOMEM: ": the limit of locked memory is too low (ulimit -l)"
    default: ""
    }
  }

  /// Sets up a small ring and has it do each operation that a worker relies on. Returns the mode that it runs in.
  private static func tryIOUring() throws(ProactorError) -> String {
    var configuration = ProactorConfiguration()
    configuration.submissionEntries = 16
    configuration.completionEntries = 32
    configuration.receiveBuffers = 4
    configuration.receiveBufferBytes = 64
    let listener = try Listener(host: "127.0.0.1", port: 0)
    let pair = try SocketPair()
    let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    byte[0] = 0
    // Freed after the proactor, which is declared later and so destroyed, and settled, earlier.
    defer { byte.deallocate() }
    var proactor = try IOUringProactor(configuration)
    let accept = ProactorToken(.accept, slot: 0, generation: 0)
    let receive = ProactorToken(.receive, slot: 0, generation: 0)
    let send = ProactorToken(.send, slot: 0, generation: 0)
    return try exercise(&proactor, listener, pair, accept, receive, send, UnsafeRawBufferPointer(byte))
  }

  private static func exercise(
    _ proactor: inout IOUringProactor, _ listener: borrowing Listener, _ pair: borrowing SocketPair,
    _ accept: ProactorToken, _ receive: ProactorToken, _ send: ProactorToken, _ byte: UnsafeRawBufferPointer
  ) throws(ProactorError) -> String {
    proactor.accept(listener: listener.descriptor, token: accept)
    proactor.receive(descriptor: pair.near, token: receive)
    proactor.send(descriptor: pair.far, bytes: byte, token: send)
    var awaited: Set<ProactorToken> = [accept, receive, send]
    var isCancelled = false
    // Each turn brings at least one of a handful of completions; a kernel that brings none for a second is not usable.
    for _ in 0..<16 where !awaited.isEmpty {
      try proactor.submitAndWait(timeout: .seconds(1))
      while let completion = proactor.nextCompletion() {
        if let buffer = completion.buffer { proactor.release(buffer) }
        if completion.result < 0 && !(isCancelled && completion.result == -ECANCELED) {
          throw ProactorError(operation: "io_uring multishot \(completion.token.kind)", errno: -completion.result)
        }
        if !completion.hasMore { awaited.remove(completion.token) }
        if completion.token == receive && completion.hasMore && !isCancelled {
          proactor.cancel(accept)
          proactor.cancel(receive)
          isCancelled = true
        }
      }
    }
    guard awaited.isEmpty else {
      throw ProactorError(
        operation: "io_uring", errno: EOPNOTSUPP, explanation: "multishot operations do not complete as they should")
    }
    return proactor.mode
  }
}

/// Two connected sockets, closed together.
private struct SocketPair: ~Copyable {
  let near: Int32
  let far: Int32

  init() throws(ProactorError) {
    var pair: (Int32, Int32) = (-1, -1)
    let status = withUnsafeMutableBytes(of: &pair) { bytes in
      bytes.withMemoryRebound(to: Int32.self) { zerver_socket_pair($0.baseAddress) }
    }
    guard status == 0 else { throw ProactorError(operation: "socketpair", errno: -status) }
    (near, far) = pair
  }

  deinit {
    _ = Glibc.close(near)
    _ = Glibc.close(far)
  }
}
