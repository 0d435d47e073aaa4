import CFiles

/// The few calls to the operating system that the tool needs.
enum Files {
  static let standardError: Int32 = 2

  static func read(_ path: String) throws(BuildFailure) -> [UInt8] {
    let descriptor = zerver_file_open(path, false)
    guard descriptor >= 0 else { throw failure("open", path, descriptor) }
    defer { _ = zerver_file_close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = zerver_file_read(descriptor, &chunk, UInt(chunk.count))
      guard count >= 0 else { throw failure("read", path, Int32(count)) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Leaves a file alone that already has this text: what has not changed is not compiled again. A new text replaces the
  /// old one in one step, so that an interrupted build never leaves half a file.
  static func write(_ text: String, to path: String) throws(BuildFailure) {
    let bytes = Array(text.utf8)
    if zerver_file_exists(path), try read(path) == bytes { return }
    let temporary = path + ".new"
    let descriptor = zerver_file_open(temporary, true)
    guard descriptor >= 0 else { throw failure("create", temporary, descriptor) }
    let written = zerver_file_write(descriptor, bytes, UInt(bytes.count))
    let closed = zerver_file_close(descriptor)
    for result in [written, closed] where result < 0 { throw failure("write", path, result) }
    let renamed = zerver_file_rename(temporary, path)
    guard renamed == 0 else { throw failure("write", path, renamed) }
  }

  static func printError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = zerver_file_write(standardError, bytes, UInt(bytes.count))
  }

  private static func failure(_ action: String, _ path: String, _ result: Int32) -> BuildFailure {
    BuildFailure("I cannot \(action) \(path): \(String(cString: zerver_file_reason(result)))")
  }
}
