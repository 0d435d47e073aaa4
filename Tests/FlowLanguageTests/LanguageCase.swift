import FlowLanguage
import Foundation
import ZerverCatalog

/// One golden case: files, and what the compiler has to say about them.
///
/// ```
/// What the case is about.
/// === flow v1/say-hello.flow
/// …
/// === module CheckoutSteps Steps.flow
/// …
/// === today 2027-04-01
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
    var lines: [String] = []
    /// Without the empty lines that separate it from the next section.
    var text: String {
      var lines = lines
      while lines.last == "" { lines.removeLast() }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  let url: URL
  private let preamble: Section
  private let sections: [Section]

  init(name: String) throws {
    url = Self.folder.appendingPathComponent(name + ".flowcase")
    var preamble = Section(heading: "")
    var sections: [Section] = []
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("=== ") {
        sections.append(Section(heading: String(line.dropFirst(4))))
      } else if sections.isEmpty {
        preamble.lines.append(String(line))
      } else {
        sections[sections.count - 1].lines.append(String(line))
      }
    }
    self.preamble = preamble
    self.sections = sections
  }

  func expected(_ heading: String) -> String? { sections.first { $0.heading == heading }?.text }

  // MARK: Compiling

  func compile() -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    var files: [SourceFile] = []
    var modules: [(module: String, files: [SourceFile])] = []
    var today: CalendarDate?
    for section in sections {
      let words = section.heading.split(separator: " ").map(String.init)
      switch (words.first, words.count) {
      case ("flow", 2): files.append(SourceFile(path: words[1], text: section.text))
      case ("module", 3):
        let file = SourceFile(path: words[2], text: section.text)
        if let index = modules.firstIndex(where: { $0.module == words[1] }) {
          modules[index].files.append(file)
        } else {
          modules.append((words[1], [file]))
        }
      case ("today", 2): today = CalendarDate(text: words[1])
      default: continue
      }
    }
    return FlowCompiler.compile(module: "Shop", files: files, dependencies: modules, today: today)
  }

  /// Writes what was found in place of what is expected.
  func update(problems: String, catalog: String) throws {
    var text = preamble.lines.isEmpty ? "" : preamble.text
    for section in sections where !["problems", "catalog"].contains(section.heading) {
      text += "=== \(section.heading)\n"
      if !section.lines.isEmpty { text += section.text }
    }
    text += "=== problems\n\(problems)"
    if expected("catalog") != nil { text += "=== catalog\n\(catalog)" }
    try text.write(to: url, atomically: true, encoding: .utf8)
  }
}
