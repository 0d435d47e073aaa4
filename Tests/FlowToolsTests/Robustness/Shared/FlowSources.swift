package import FlowLanguage
import Foundation

/// Every `.flow` file of the repository, and every one inside a golden case of the language.
package enum FlowSources {
  private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static let all: [SourceFile] = files + cases

  package static let files: [SourceFile] = ["Routes", "Examples", "Tests/GeneratedFlows"].flatMap { folder in
    names(below: folder, suffix: ".flow").compactMap { name in
      (try? Data(contentsOf: root.appendingPathComponent(name))).map { SourceFile(path: name, bytes: [UInt8]($0)) }
    }
  }

  package static let cases: [SourceFile] = caseSets.flatMap { $0 }

  /// Files that are compiled together: those of each golden case, and those of the shop.
  package static let sets: [[SourceFile]] =
    caseSets.filter { !$0.isEmpty } + [files.filter { !$0.path.hasPrefix("Examples/EmbeddedApp") }]

  private static let caseSets: [[SourceFile]] = names(below: "Tests/FlowLanguageTests/Cases", suffix: ".flowcase").map { name in
    (try? Data(contentsOf: root.appendingPathComponent(name))).map { sections([UInt8]($0), name) } ?? []
  }

  private static func names(below folder: String, suffix: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.compactMap { $0 as? String }
    return (found ?? []).filter { $0.hasSuffix(suffix) && !$0.contains(".build/") }.sorted().map { folder + "/" + $0 }
  }

  /// The sections `=== flow PATH` and `=== module NAME PATH`.
  private static func sections(_ bytes: [UInt8], _ name: String) -> [SourceFile] {
    var files: [SourceFile] = []
    var path: String?
    var lines: [[UInt8]] = []
    func finish() {
      if let path { files.append(SourceFile(path: "\(name)/\(path)", bytes: Array(lines.joined(separator: [10])))) }
      lines = []
    }
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      guard line.starts(with: "=== ".utf8) else {
        lines.append(Array(line))
        continue
      }
      finish()
      let words = String(decoding: line.dropFirst(4), as: UTF8.self).split(separator: " ").map(String.init)
      path = ["flow", "module"].contains(words.first) ? words.last : nil
    }
    finish()
    return files
  }
}

extension SplitMix {
  /// From `ZERVER_SEED`, or a new one. Printed, so that a failure can be repeated.
  package static func seeded(_ name: String) -> SplitMix {
    let seed = ProcessInfo.processInfo.environment["ZERVER_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("\(name): ZERVER_SEED=\(seed)")
    return SplitMix(state: seed)
  }
}
