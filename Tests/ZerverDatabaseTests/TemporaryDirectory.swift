import Glibc
import Synchronization

/// Directories that go with the test process, when it ends in the ordinary way.
enum TemporaryDirectory {
  private static let paths = Mutex<[String]>([])
  private static let removal: Void = {
    atexit { for path in TemporaryDirectory.paths.withLock({ $0 }) { _ = system("rm -rf \(path)") } }
  }()

  static func fresh() throws -> String {
    _ = removal
    var template = Array("/tmp/zerver-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Mismatch(description: "no temporary directory") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    paths.withLock { $0.append(path) }
    return path
  }
}
