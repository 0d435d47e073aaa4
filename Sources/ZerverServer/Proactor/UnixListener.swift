import CUring
import Glibc

/// A listening Unix-domain socket. All workers accept on it: what `SO_REUSEPORT` does for TCP, the kernel does not do here.
enum UnixListener {
  /// Returns a descriptor, which the caller closes. A socket that a process has left behind is replaced; one on which
  /// somebody listens is not.
  static func open(path: String, backlog: Int32 = 4096) throws(ProactorError) -> (descriptor: Int32, file: SocketFile) {
    if isLeftBehind(path) { unlink(path) }
    let descriptor = zerver_tcp_socket(AF_UNIX)
    guard descriptor >= 0 else { throw ProactorError(operation: "socket for unix:\(path)", errno: -descriptor) }
    guard withAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
      let error = ProactorError.last("bind unix:\(path)")
      _ = Glibc.close(descriptor)
      throw error
    }
    let file = SocketFile(path: path)
    guard listen(descriptor, backlog) == 0 else {
      let error = ProactorError.last("listen on unix:\(path)")
      _ = Glibc.close(descriptor)
      file.remove()
      throw error
    }
    return (descriptor, file)
  }

  /// Nobody has listened there since its process ended.
  private static func isLeftBehind(_ path: String) -> Bool {
    var status = stat()
    // Other files refuse connections as well.
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
    let probe = zerver_tcp_socket(AF_UNIX)
    guard probe >= 0 else { return false }
    defer { _ = Glibc.close(probe) }
    return withAddress(path) { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
  }

  private static func withAddress(_ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}

/// The file of a socket, for the end of the server: a process that has come in the meantime may have one of the same name.
struct SocketFile: Equatable, Sendable {
  /// The number of a file may be used again as soon as it is free, so the time of its birth belongs to it.
  private struct Identity: Equatable {
    let inode: UInt64
    let seconds: Int
    let nanoseconds: Int
  }

  let path: String
  private let identity: Identity?

  init(path: String) {
    self.path = path
    identity = Self.identity(of: path)
  }

  /// Removes the file, unless it is another's by now.
  func remove() {
    if let identity, Self.identity(of: path) == identity { unlink(path) }
  }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(inode: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
