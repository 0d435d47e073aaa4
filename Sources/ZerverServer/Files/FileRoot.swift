import Glibc

/// The folder below which the files of flows with `output file` lie.
///
/// A path is walked part by part, each opened below the one before. Symbolic links are not followed, so that no path, whatever
/// its text, leads out of the folder; the folder itself may be one.
final class FileRoot: Sendable {
  /// Why there is no file to send.
  enum Failure: Error, Equatable {
    /// Nothing is there, or nothing with bytes of its own, or the path is none.
    case notFound
    /// The process may not read it, or the file system has failed.
    case unreadable(errno: Int32)
    /// The process has no descriptor left.
    case exhausted
  }

  private let descriptor: Int32

  /// Throws `errno` when there is no such folder.
  init(path: String) throws(ProactorError) {
    descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ProactorError.last("open the folder \(path)") }
  }

  deinit { close(descriptor) }

  /// Opens the file of a path such as `invoices/2026/7.pdf`.
  func open(_ path: UnsafeRawBufferPointer) throws(Failure) -> OpenFile {
    guard !path.isEmpty, path.count < Int(PATH_MAX), !path.contains(0) else { throw .notFound }
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.allSatisfy(Self.isName) else { throw .notFound }
    var folder = descriptor
    defer { if folder != descriptor { close(folder) } }
    for part in parts.dropLast() {
      let next = try Self.open(part, in: folder, O_RDONLY | O_DIRECTORY)
      if folder != descriptor { close(folder) }
      folder = next
    }
    // A pipe without a writer would let the worker wait.
    return try OpenFile(try Self.open(parts[parts.count - 1], in: folder, O_RDONLY | O_NONBLOCK))
  }

  /// `.` and `..` are the ways to other folders.
  private static func isName(_ part: Slice<UnsafeRawBufferPointer>) -> Bool {
    !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
  }

  private static func open(_ name: Slice<UnsafeRawBufferPointer>, in folder: Int32, _ flags: Int32) throws(Failure) -> Int32 {
    var name = name.map { CChar(bitPattern: $0) }
    name.append(0)
    while true {
      let descriptor = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      switch errno {
      case EINTR: continue
      case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, ENXIO: throw .notFound
      case EMFILE, ENFILE: throw .exhausted
      case let error: throw .unreadable(errno: error)
      }
    }
  }
}

/// A file that can be sent, and what is known of it. Closed with its last reference.
final class OpenFile {
  let descriptor: Int32
  let bytes: Int
  /// Unix seconds.
  let lastModified: Int
  /// With its quotes. Made of the time of the last change, in nanoseconds, and the length: servers that hold copies of a file
  /// agree when the copies have the same time.
  let entityTag: String

  fileprivate init(_ descriptor: Int32) throws(FileRoot.Failure) {
    self.descriptor = descriptor
    var status = stat()
    let result = fstat(descriptor, &status)
    bytes = Int(status.st_size)
    lastModified = status.st_mtim.tv_sec
    let nanoseconds = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
    entityTag = "\"\(String(nanoseconds, radix: 36))-\(String(bytes, radix: 36))\""
    guard result == 0 else { throw .unreadable(errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notFound }
  }

  deinit { close(descriptor) }
}
