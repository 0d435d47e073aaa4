import Foundation
import Glibc
import ZerverTesting

/// The program `conformance` that was built beside the tests, on a socket that the test has opened for it: as a service
/// manager would start it. Killed with the last reference if it has not ended.
final class ServerProcess {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let identifier: pid_t
  /// Where the program writes what it has to say. Nobody else has the other end, so that it ends with the program.
  private let output: Int32
  /// What it has said.
  private(set) var log = ""
  private var status: Int32?

  /// - Parameter listener: what becomes its descriptor 3 (sd_listen_fds(3)).
  init(_ arguments: [String], on listener: Int32) throws {
    var ends: [Int32] = [-1, -1]
    // Sockets, because a pipe is born without its close-on-exec flag, and a program that another test starts at that moment
    // would keep it open.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Failure(description: "no sockets: errno \(errno)")
    }
    output = ends[0]
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    posix_spawn_file_actions_adddup2(&actions, listener, 3)
    // The shell's process becomes the server's, so it knows the identifier before there is a server.
    let command = ["/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"", try Self.program()] + arguments
    let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ZERVER_") }
    var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    let result = posix_spawn(&child, command[0], &actions, nil, &argv, &envp)
    guard result == 0 else { throw Failure(description: "\(command) does not start: errno \(result)") }
    identifier = child
  }

  deinit {
    close(output)
    guard status == nil else { return }
    kill(identifier, SIGKILL)
    var status: Int32 = 0
    waitpid(identifier, &status, 0)
  }

  func waitUntilListening() throws {
    while !log.contains("listening on http://") {
      guard readMore() else { throw Failure(description: "the server has ended: \(log)") }
    }
  }

  func terminate() { kill(identifier, SIGTERM) }

  /// Its exit status; 128 + the signal that ended it.
  func waitForEnd() -> Int32 {
    while readMore() {}
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(identifier, &raw, 0) < 0, errno == EINTR {}
    let status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + raw & 0x7F
    self.status = status
    return status
  }

  /// Waits for the program to say something. `false` when it has ended.
  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var count = read(output, &buffer, buffer.count)
    while count < 0, errno == EINTR { count = read(output, &buffer, buffer.count) }
    guard count > 0 else { return false }
    log += String(decoding: buffer[..<count], as: UTF8.self)
    return true
  }

  private static func program() throws -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let program = tests.deletingLastPathComponent().appending(path: "conformance").path
    guard access(program, X_OK) == 0 else { throw Failure(description: "there is no \(program); `swift build` makes it") }
    return program
  }
}

/// A listening socket of the test's own.
struct SharedListener: ~Copyable {
  let descriptor: Int32
  let port: Int

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, isListening) = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        (descriptor, bind(descriptor, $0, length) == 0 && listen(descriptor, 1024) == 0 && getsockname(descriptor, $0, &length) == 0)
      }
    }
    guard descriptor >= 0, isListening else { throw ServerProcess.Failure(description: "no socket: errno \(errno)") }
    port = Int(in_port_t(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }
}
