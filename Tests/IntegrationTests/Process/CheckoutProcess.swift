import Foundation
import Glibc
import ZerverTesting

/// The program `checkout` as people start it: the one that was built beside the tests.
///
/// It ends with the last reference, and is killed if it has to be.
final class CheckoutProcess {
  let identifier: pid_t
  // Files, not pipes: a descriptor is born without its close-on-exec flag, and a program that another test starts at that
  // moment would keep the pipe open.
  private let outputPath: String
  private let errorPath: String
  private var hasEnded = false

  /// - Parameter environment: in addition to the test's own, without the settings in it.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let program = try Self.program()
    let directory = try TemporaryDirectory.fresh()
    outputPath = directory + "/stdout"
    errorPath = directory + "/stderr"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o644)
    var merged = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ZERVER_") }
    merged.merge(environment) { $1 }
    var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = merged.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    let status = posix_spawn(&child, program, &actions, nil, &argv, &envp)
    guard status == 0 else { throw Overdue(description: "\(program) does not start: errno \(status)") }
    identifier = child
  }

  deinit {
    guard !hasEnded else { return }
    Glibc.kill(identifier, SIGKILL)
    var status: Int32 = 0
    waitpid(identifier, &status, 0)
  }

  /// A server on a free port.
  static func serve(_ arguments: [String], environment: [String: String] = [:]) throws -> (CheckoutProcess, port: Int) {
    let process = try CheckoutProcess(["serve", "--port", "0"] + arguments, environment: environment)
    var port: Int?
    try until("checkout names its address or ends") {
      // "The shop is open at http://127.0.0.1:40123  (SQLite, …)"
      port = process.output.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\s/).flatMap { Int($0.1) }
      return port != nil || process.endedNow() != nil
    }
    guard let port else { throw Overdue(description: "checkout ended without an address: \(process.errors)") }
    return (process, port)
  }

  private var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

  /// What it has written to its log so far.
  var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  func send(_ signal: Int32) { Glibc.kill(identifier, signal) }

  /// Its exit status when it ends; 128 + the signal that ended it.
  func waitForEnd() throws -> Int32 {
    var status: Int32?
    try until("checkout has ended") {
      status = endedNow()
      return status != nil
    }
    return status ?? -1
  }

  private func endedNow() -> Int32? {
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    hasEnded = true
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
  }

  var descriptorsCount: Int {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd")) ?? []).count
  }

  /// Memory that it holds, in KiB: VmRSS of proc(5).
  var residentKiB: Int {
    let status = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
  }

  private static func program() throws -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let program = tests.deletingLastPathComponent().appending(path: "checkout").path
    guard access(program, X_OK) == 0 else {
      throw Overdue(description: "there is no \(program); `swift build` makes it")
    }
    return program
  }
}
