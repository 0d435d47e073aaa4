import FlowLanguage
import FlowTools
import Foundation
import ZerverCatalog

@testable import route_gen

/// One golden case: files, and what the compiler has to say about them.
///
/// ```
/// What the case is about.
/// === flow v1/say-hello.flow
/// …
/// === module CheckoutSteps Steps.flow
/// …
/// === today 2027-04-01
/// === advice
/// === lock
/// …
/// === configuration
/// …
/// === problems
/// …
/// === catalog
/// …
/// ```
///
/// `problems` and `catalog` are rewritten when the environment variable `ZERVER_UPDATE_CASES` is 1.
struct LanguageCase {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
  static let isUpdating = ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1"

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".flowcase") }.map { String($0.dropLast(9)) }.sorted()
  }()

  private struct Section {
    let heading: String
    /// Bytes, because one case is about bytes that are not UTF-8.
    var lines: [[UInt8]] = []
    /// Without the empty lines that separate it from the next section.
    var bytes: [UInt8] {
      var lines = lines
      while lines.last == [] { lines.removeLast() }
      return Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    }
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  let url: URL
  private let preamble: Section
  private let sections: [Section]

  init(name: String) throws {
    url = Self.folder.appendingPathComponent(name + ".flowcase")
    var preamble = Section(heading: "")
    var sections: [Section] = []
    for line in [UInt8](try Data(contentsOf: url)).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.starts(with: "=== ".utf8) {
        sections.append(Section(heading: String(decoding: line.dropFirst(4), as: UTF8.self)))
      } else if sections.isEmpty {
        preamble.lines.append(Array(line))
      } else {
        sections[sections.count - 1].lines.append(Array(line))
      }
    }
    self.preamble = preamble
    self.sections = sections
  }

  func expected(_ heading: String) -> String? { sections.first { $0.heading == heading }?.text }

  /// The files of the case's own module.
  var sources: [SourceFile] {
    sections.compactMap { section in
      let words = section.heading.split(separator: " ").map(String.init)
      return words.count == 2 && words[0] == "flow" ? SourceFile(path: words[1], bytes: section.bytes) : nil
    }
  }

  // MARK: Compiling

  /// With the rules of a `configuration` section (a `route-gen.yaml`) or else of a `lock` section. What is wrong with the
  /// two themselves comes first.
  func compile() -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    var files: [SourceFile] = []
    var modules: [(module: String, files: [SourceFile])] = []
    var today: CalendarDate?
    for section in sections {
      let words = section.heading.split(separator: " ").map(String.init)
      switch (words.first, words.count) {
      case ("flow", 2): files.append(SourceFile(path: words[1], bytes: section.bytes))
      case ("module", 3):
        let file = SourceFile(path: words[2], bytes: section.bytes)
        if let index = modules.firstIndex(where: { $0.module == words[1] }) {
          modules[index].files.append(file)
        } else {
          modules.append((words[1], [file]))
        }
      case ("today", 2): today = CalendarDate(text: words[1])
      default: continue
      }
    }
    // Nearly every small plan could be given advice, which is shown where a case asks for it.
    let wantsAdvice = sections.contains { $0.heading == "advice" }
    func shown(_ diagnostics: [Diagnostic]) -> [Diagnostic] { diagnostics.filter { wantsAdvice || !$0.code.isAdvice } }
    let (governance, diagnostics) = governance()
    let compilation = FlowCompiler.compile(
      module: "Shop", files: files, dependencies: modules, today: today, governance: governance)
    let isReadable = diagnostics.allSatisfy { $0.severity == .warning }
    return (isReadable ? compilation.module : nil, diagnostics + shown(compilation.diagnostics))
  }

  private func governance() -> (governance: Governance, diagnostics: [Diagnostic]) {
    func file(_ heading: String, _ path: String) -> SourceFile? {
      sections.first { $0.heading == heading }.map { SourceFile(path: path, bytes: $0.bytes) }
    }
    let lockFile = file("lock", "catalog.lock")
    let read = lockFile.map(CatalogLock.read)
    let settings = GovernanceSettings(read?.lock[.settings] ?? CatalogLock.Block())
    var governance = Governance(settings: settings, lock: read?.lock)
    var diagnostics = read?.diagnostics ?? []
    guard let configuration = file("configuration", "route-gen.yaml") else { return (governance, diagnostics) }
    let configured = YAMLConfiguration.read(configuration)
    governance.settings = configured.settings
    diagnostics += configured.diagnostics
    if let lock = read?.lock, let lockFile { diagnostics += configured.settings.drift(from: lock, in: lockFile) }
    return (governance, diagnostics)
  }

  /// Writes what was found in place of what is expected.
  func update(problems: String, catalog: String) throws {
    var bytes = preamble.lines.isEmpty ? [] : preamble.bytes
    for section in sections where !["problems", "catalog"].contains(section.heading) {
      bytes += "=== \(section.heading)\n".utf8
      if !section.lines.isEmpty { bytes += section.bytes }
    }
    bytes += "=== problems\n\(problems)".utf8
    if expected("catalog") != nil { bytes += "=== catalog\n\(catalog)".utf8 }
    try Data(bytes).write(to: url)
  }
}
