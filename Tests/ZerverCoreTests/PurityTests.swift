import Foundation
import Testing

/// The centre and the steps import no system: that is what makes them run under a simulator, and steps testable as values.
struct PurityTests {
  /// What each pure folder may import.
  static let allowed: [(folder: String, modules: Set<String>)] = [
    ("Sources/ZerverCatalog", []),
    ("Sources/ZerverCore", ["ZerverCatalog"]),
    ("Examples/CheckoutSteps", ["ZerverCore"]),
  ]

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test("a pure module imports nothing but what its arrow points to", arguments: allowed)
  func imports(folder: String, modules: Set<String>) throws {
    let files = try Self.swiftFiles(in: Self.root.appending(path: folder).resolvingSymlinksInPath())
    #expect(!files.isEmpty, "\(folder) has Swift files")
    for file in files {
      for (line, module) in Self.imports(of: try String(contentsOf: file, encoding: .utf8)) {
        #expect(modules.contains(module), "\(file.path(percentEncoded: false)):\(line) imports \(module)")
      }
    }
  }

  @Test("every form of an import line is seen", arguments: [
    ("import Foundation", ["Foundation"]), ("  public import Glibc // libc", ["Glibc"]), ("@testable import A", ["A"]),
    ("@_exported import B", ["B"]), ("@preconcurrency internal import Dispatch", ["Dispatch"]), ("import struct Foundation.Data", ["Foundation"]),
    ("import class A.B.C; import D", ["A", "D"]), ("#if canImport(Musl)\nimport Musl\n#endif", ["Musl"]), ("@_spi(X) import E", ["E"]),
    ("// import Foundation", []), ("let important = 1", []), ("/// import Glibc", []), ("reimport(x)", []), ("import\tSynchronization", ["Synchronization"]),
  ])
  func findsImports(source: String, modules: [String]) {
    #expect(Self.imports(of: source).map(\.module) == modules)
  }

  static func swiftFiles(in folder: URL) throws -> [URL] {
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
    return found.filter { $0.hasSuffix(".swift") }.sorted().map { folder.appending(path: $0) }
  }

  /// The modules that the import declarations of a source name, with their lines.
  static func imports(of source: String) -> [(line: Int, module: String)] {
    var found: [(Int, String)] = []
    for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
      for statement in code.split(separator: ";") {
        var words = statement.split(whereSeparator: \.isWhitespace).map(String.init)
        // Attributes and access levels come first.
        while let first = words.first, first.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(first) {
          words.removeFirst()
        }
        guard words.first == "import", words.count > 1 else { continue }
        let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        found.append((index + 1, String(name.prefix { $0 != "." })))
      }
    }
    return found
  }
}
