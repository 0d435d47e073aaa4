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
  private let outputPath: String
  private var status: Int32?

  /// - Parameter listener: what becomes its descriptor 3 (sd_listen_fds(3)).
  init(_ arguments: [String], on listener: Int32) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "zerver-conformance-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    outputPath = directory.appending(path: "output").path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
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
    guard status == nil else { return }
    kill(identifier, SIGKILL)
    var status: Int32 = 0
    waitpid(identifier, &status, 0)
  }

  var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

  func waitUntilListening() throws {
    try until("the server listens") { output.contains("listening on http://") || hasEnded }
    guard !hasEnded else { throw Failure(description: "the server has ended: \(output)") }
  }

  func terminate() { kill(identifier, SIGTERM) }

  /// Its exit status; 128 + the signal that ended it.
  func waitForEnd() throws -> Int32 {
    try until("the server ends") { hasEnded }
    return status ?? -1
  }

  private var hasEnded: Bool {
    if status != nil { return true }
    var raw: Int32 = 0
    guard waitpid(identifier, &raw, WNOHANG) == identifier else { return false }
    status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + raw & 0x7F
    return true
  }

  private func until(_ what: String, _ condition: () -> Bool) throws {
    for _ in 0..<60_000 {
      if condition() { return }
      // Another process is waited for, and nothing tells when it is ready: it is asked a thousand times a second.
      usleep(1000)
    }
    throw Failure(description: "\(what): not within a minute\n\(output)")
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
