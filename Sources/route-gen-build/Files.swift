import Glibc

/// The few calls to the operating system that the tool needs.
enum Files {
  static func read(_ path: String) throws(BuildFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw failure("read", path) }
    }
  }

  /// Leaves a file alone that already has this text: what has not changed is not compiled again. A new text replaces the
  /// old one in one step, so that an interrupted build never leaves half a file.
  static func write(_ text: String, to path: String) throws(BuildFailure) {
    let bytes = Array(text.utf8)
    if access(path, F_OK) == 0, try read(path) == bytes { return }
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("create", temporary) }
    let isWritten = write(bytes, to: descriptor)
    guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else { throw failure("write", path) }
  }

  static func printError(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
      }
      return true
    }
  }

  private static func failure(_ action: String, _ path: String) -> BuildFailure {
    BuildFailure("I cannot \(action) \(path): \(String(cString: strerror(errno)))")
  }
}
