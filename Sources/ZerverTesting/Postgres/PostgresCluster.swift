import Glibc

/// A private PostgreSQL server in a temporary directory, for tests.
///
/// It listens on a loopback port of its own, with a password, and on a Unix socket, without one. When the test process
/// runs as root, the server runs as the user `postgres`, since PostgreSQL refuses root. Directory and server are removed
/// with ``stop()``, with the last reference, and even when the test process is killed.
public final class PostgresCluster {
  /// The superuser's password over TCP.
  public static let password = "zerver"

  public let directory: String
  public let port: Int
  private let binaries: String
  private var server: ChildProcess?
  private let reaper: ChildProcess
  /// The reaper reads from the other end until this one closes, by `stop` or by the end of this process.
  private var lifeline: Int32

  /// Creates the cluster, starts its server and waits until it takes connections.
  public init() throws(PostgresClusterError) {
    binaries = try Self.findBinaries()
    directory = try Self.makeDirectory()
    port = try Self.freePort()
    guard let ends = ChildProcess.makePipe() else { throw PostgresClusterError("no pipe: \(String(cString: strerror(errno)))") }
    lifeline = ends.writeEnd
    defer { close(ends.readEnd) }
    reaper = try ChildProcess(
      [
        "sh", "-c",
        """
        cat > /dev/null
        pid=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
        [ -n "$pid" ] && kill -QUIT "$pid" 2> /dev/null
        for i in $(seq 100); do kill -0 "$pid" 2> /dev/null || break; sleep 0.05; done
        rm -rf "$1"
        """, "reaper", directory,
      ], input: ends.readEnd, logPath: "/dev/null")
    try initialize()
    try start()
  }

  deinit { stop() }

  /// The superuser over TCP.
  public var url: String { url(password: Self.password) }

  public func url(password: String) -> String { "postgresql://postgres:\(password)@127.0.0.1:\(port)/postgres" }

  /// The superuser over the Unix socket.
  public var socketURL: String { "postgresql:///postgres?host=\(directory)&port=\(port)&user=postgres" }

  /// Starts the server after ``kill()``, and waits until it takes connections.
  public func start() throws(PostgresClusterError) {
    precondition(server == nil, "a server that runs is not started again")
    server = try ChildProcess(
      Self.unprivileged([
        "\(binaries)/postgres", "-D", "\(directory)/data", "-p", "\(port)", "-k", directory, "-h", "127.0.0.1",
        // The files of a test need not survive a power failure. A killed server's writes are in the kernel and stay.
        "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "max_connections=200",
      ]), logPath: "\(directory)/log")
    try waitUntilReady()
  }

  /// Kills the server and all its backends with SIGKILL, as an out-of-memory killer would, and waits until all are gone.
  public func kill() {
    guard let server else { return }
    // Backends are in sessions of their own and outlive the postmaster for a moment, so they are listed before.
    let backends = Self.children(of: server.identifier)
    Glibc.kill(server.identifier, SIGKILL)
    for backend in backends { Glibc.kill(backend, SIGKILL) }
    server.wait()
    for backend in backends { Self.waitUntilGone(backend) }
    self.server = nil
  }

  /// Stops the server and removes its directory.
  public func stop() {
    guard lifeline >= 0 else { return }
    close(lifeline)
    lifeline = -1
    server?.wait()
    server = nil
    reaper.wait()
  }

  // MARK: Steps

  private func initialize() throws(PostgresClusterError) {
    let passwordFile = "\(directory)/password"
    try Self.write(Self.password, to: passwordFile)
    let status = try ChildProcess(
      Self.unprivileged([
        "\(binaries)/initdb", "-D", "\(directory)/data", "-U", "postgres", "--encoding=UTF8", "--no-locale", "--no-sync",
        "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=\(passwordFile)",
      ]), logPath: "\(directory)/log"
    ).wait()
    guard status == 0 else { throw PostgresClusterError("initdb ended with \(status): \(logTail)") }
  }

  private func waitUntilReady() throws(PostgresClusterError) {
    // pg_isready asks the server itself; each try waits up to a second inside.
    for _ in 0..<600 {
      if server?.hasEnded() == true {
        server = nil
        throw PostgresClusterError("postgres ended at its start: \(logTail)")
      }
      let status = try ChildProcess(
        ["\(binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)", "-t", "1"], logPath: "/dev/null"
      ).wait()
      if status == 0 { return }
      poll(nil, 0, 20)
    }
    throw PostgresClusterError("postgres takes no connections: \(logTail)")
  }

  private var logTail: String {
    guard let file = fopen("\(directory)/log", "r") else { return "there is no log" }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    fseek(file, max(0, ftell(file) - 2000), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: 2000)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  // MARK: The system

  /// The newest version of Debian's packages, or what `pg_config` in the search path says.
  private static func findBinaries() throws(PostgresClusterError) -> String {
    var found = glob_t()
    defer { globfree(&found) }
    var versions: [(number: Int, path: String)] = []
    if glob("/usr/lib/postgresql/*/bin/postgres", 0, nil, &found) == 0 {
      for index in 0..<Int(found.gl_pathc) {
        guard let pointer = found.gl_pathv[index] else { continue }
        let parts = String(cString: pointer).split(separator: "/")
        versions.append((Int(parts[3]) ?? 0, "/" + parts.dropLast().joined(separator: "/")))
      }
    }
    if let newest = versions.max(by: { $0.number < $1.number }) { return newest.path }
    if let configured = outputLine(of: "pg_config --bindir"), access("\(configured)/postgres", X_OK) == 0 { return configured }
    throw PostgresClusterError("PostgreSQL's server is not installed: apt-get install postgresql")
  }

  private static func outputLine(of command: String) -> String? {
    guard let stream = popen("\(command) 2> /dev/null", "r") else { return nil }
    defer { pclose(stream) }
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), stream) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Short, because the path of a Unix socket has at most 107 bytes.
  private static func makeDirectory() throws(PostgresClusterError) -> String {
    var template = Array("/tmp/zerver-postgres-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw PostgresClusterError("no temporary directory: \(String(cString: strerror(errno)))")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard getuid() == 0 else { return path }
    guard let user = getpwnam("postgres") else {
      throw PostgresClusterError("PostgreSQL does not run as root, and there is no user postgres to run it as")
    }
    chown(path, user.pointee.pw_uid, user.pointee.pw_gid)
    return path
  }

  private static func write(_ text: String, to path: String) throws(PostgresClusterError) {
    guard let file = fopen(path, "w") else { throw PostgresClusterError("cannot write \(path)") }
    fputs(text + "\n", file)
    fclose(file)
  }

  private static func unprivileged(_ arguments: [String]) -> [String] {
    // It executes the program in its own place, so the process is the server.
    getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] + arguments : arguments
  }

  /// A port that was free a moment ago. Another process may take it before the server does; the server then fails to start
  /// and says so.
  private static func freePort() throws(PostgresClusterError) -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw PostgresClusterError("no free port on the loopback interface") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func children(of process: pid_t) -> [pid_t] {
    guard let file = fopen("/proc/\(process)/task/\(process)/children", "r") else { return [] }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&text, 1, text.count, file)
    return String(decoding: text.prefix(count), as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
  }

  private static func waitUntilGone(_ process: pid_t) {
    for _ in 0..<1000 {
      if Glibc.kill(process, 0) == -1 || isZombie(process) { return }
      poll(nil, 0, 10)
    }
  }

  /// Dead, and its parent has not asked for its status: it holds no memory and no lock any more.
  private static func isZombie(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return true }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 1024)
    let count = fread(&text, 1, text.count, file)
    return String(decoding: text.prefix(count), as: UTF8.self).contains(") Z ")
  }
}

/// Why the private server does not run.
public struct PostgresClusterError: Error, CustomStringConvertible, Sendable {
  public let description: String
  init(_ description: String) { self.description = description }
}
