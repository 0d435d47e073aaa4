import CUring
import Glibc

/// A system call that failed, in words for a log: `bind 127.0.0.1:80: permission denied (EACCES)`.
package struct ProactorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system call, and what it was called for where that helps.
  package let operation: String
  package let errno: Int32
  /// Stands in place of the errno's own text when that says too little.
  let explanation: String?

  package init(operation: String, errno: Int32, explanation: String? = nil) {
    self.operation = operation
    self.errno = errno
    self.explanation = explanation
  }

  /// The error that a system call has just left in `errno`.
  static func last(_ operation: String) -> ProactorError { ProactorError(operation: operation, errno: Glibc.errno) }

  package var description: String {
    if let explanation { return "\(operation): \(explanation)" }
    return "\(operation): \(Self.text(errno)) (\(Self.name(errno)))"
  }

  /// `ECONNRESET` for 104.
  package static func name(_ errno: Int32) -> String {
    zerver_errno_name(errno).map { String(cString: $0) } ?? "errno \(errno)"
  }

  /// `connection reset by peer` for 104.
  package static func text(_ errno: Int32) -> String {
    // The longest text of glibc has 50 bytes; strerror itself is not thread-safe.
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let start = buffer.baseAddress, strerror_r(errno, start, buffer.count) == 0 else { return "unknown error" }
      return String(cString: start)
    }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
