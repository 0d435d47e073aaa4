import Glibc

/// Reads a file that fits in memory as a matter of course.
package enum SmallFile {
  package struct ReadError: Error, Equatable {
    package let reason: String
  }

  /// A configuration is a few KiB; a path to something else entirely should fail before it fills the memory.
  static let bytesMax = 1 << 20

  package static func read(_ path: String) throws(ReadError) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadError(reason: text(of: errno)) }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while contents.count <= bytesMax {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ReadError(reason: text(of: errno)) }
      if count == 0 { return contents }
      contents += chunk[..<count]
    }
    throw ReadError(reason: "it is larger than 1 MiB")
  }

  private static func text(of error: CInt) -> String { String(cString: strerror(error)) }
}
