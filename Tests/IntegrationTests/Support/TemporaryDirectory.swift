import Foundation

/// Directories that go with the test process.
enum TemporaryDirectory {
  private static let root: URL = {
    let url = FileManager.default.temporaryDirectory.appending(path: "zerver-shop-\(UUID().uuidString)")
    atexit { try? FileManager.default.removeItem(at: TemporaryDirectory.root) }
    return url
  }()

  static func fresh() throws -> String {
    let url = root.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }
}
