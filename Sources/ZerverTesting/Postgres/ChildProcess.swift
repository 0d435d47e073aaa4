import Glibc
import Synchronization

/// A program that a test helper starts. Descriptors of this process do not leak into it, but for its standard input.
struct ChildProcess {
  let identifier: pid_t

  /// A descriptor is born without its close-on-exec flag, so no program starts while one is made.
  private static let spawning = Mutex<Void>(())

  /// A pipe whose ends no program inherits.
  static func makePipe() -> (readEnd: Int32, writeEnd: Int32)? {
    spawning.withLock { _ in
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return nil }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return (ends[0], ends[1])
    }
  }

  /// Output goes to `logPath`. Runs in a process group of its own, so that a Control-C at the terminal does not reach it.
  init(_ arguments: [String], input: Int32? = nil, logPath: String) throws(PostgresClusterError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Whoever waits for the end of a pipe in this process would wait for the end of the child as well.
    for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var environment: [UnsafeMutablePointer<CChar>?] = []
    for variable in ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"] { environment.append(strdup(variable)) }
    environment.append(nil)
    defer { for pointer in environment { free(pointer) } }
    var child = pid_t()
    let status = Self.spawning.withLock { _ in
      posix_spawnp(&child, arguments[0], &actions, &attributes, pointers, environment)
    }
    guard status == 0 else { throw PostgresClusterError("\(arguments[0]) does not start: \(String(cString: strerror(status)))") }
    identifier = child
  }

  /// Waits until it has ended; its exit status, or 128 + the signal.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
  }

  /// Whether it has ended already; collects it then.
  func hasEnded() -> Bool {
    var status: Int32 = 0
    return waitpid(identifier, &status, WNOHANG) != 0
  }
}
