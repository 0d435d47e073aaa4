import FlowLanguage
import Foundation
import ZerverCatalog

@testable import FlowTools

/// One golden case of `route-gen check`: a catalog before and after a change, and what I have to say about it.
///
/// ```
/// What the case is about.
/// === before v1/show-cart.flow
/// …
/// === after lock
/// …
/// === today 2026-11-01
/// === problems
/// …
/// ```
///
/// Both sides are files, or `lock`, which is the text of a lock. A file without a side belongs to both. `problems` is
/// rewritten when the environment variable `ZERVER_UPDATE_CASES` is 1.
struct CheckCase {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
  static let isUpdating = ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1"

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".checkcase") }.map { String($0.dropLast(10)) }.sorted()
  }()

  struct Unusable: Error { let reason: String }

  private struct Section {
    let heading: String
    var lines: [String] = []
    var text: String {
      var lines = lines
      while lines.last == "" { lines.removeLast() }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  let url: URL
  private var sections: [Section] = [Section(heading: "")]

  init(name: String) throws {
    url = Self.folder.appendingPathComponent(name + ".checkcase")
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("=== ") {
        sections.append(Section(heading: String(line.dropFirst(4))))
      } else {
        sections[sections.count - 1].lines.append(String(line))
      }
    }
  }

  var expectedProblems: String {
    let text = sections.first { $0.heading == "problems" }?.text ?? ""
    return text == "\n" ? "" : text
  }

  private var today: CalendarDate {
    let heading = sections.first { $0.heading.hasPrefix("today ") }?.heading.dropFirst(6) ?? "2026-11-01"
    return CalendarDate(text: heading) ?? CalendarDate(unixSeconds: 0)
  }

  /// The files of a side. Those of both sides have one path, as they have in two states of a repository.
  private func files(_ side: String) -> [SourceFile] {
    sections.compactMap { section in
      let words = section.heading.split(separator: " ").map(String.init)
      guard let path = words.last, path.hasSuffix(".flow") else { return nil }
      if words.count == 2, words[0] != side { return nil }
      return SourceFile(path: (side == "before" ? "before/" : "") + path, text: section.text)
    }
  }

  private func lock(_ side: String) throws -> CatalogLock? {
    guard let section = sections.first(where: { $0.heading == "\(side) lock" }) else { return nil }
    let (lock, diagnostics) = CatalogLock.read(SourceFile(path: "\(side).lock", text: section.text))
    guard diagnostics.isEmpty else { throw Unusable(reason: TextRenderer.render(diagnostics)) }
    return lock
  }

  func problems() throws -> String {
    let before = try lock("before") ?? compiledBefore()
    let settings = GovernanceSettings(try lock("settings")?[.settings] ?? CatalogLock.Block())
    func changes(_ after: CatalogLock) -> [Diagnostic] {
      CatalogCheck.changes(
        from: before, to: after, today: today, sunsetGraceDays: settings.sunsetGraceDays, accepted: try? lock("accepted")
      ).map(\.diagnostic)
    }
    if let after = try lock("after") { return TextRenderer.render(changes(after).sorted(by: Diagnostic.precedes)) }
    let compilation = FlowCompiler.compile(
      module: "Shop", files: files("after"), dependencies: [], today: today, governance: Governance(settings: settings),
      breakingChanges: changes)
    return TextRenderer.render(compilation.diagnostics)
  }

  private func compiledBefore() throws -> CatalogLock {
    let compilation = FlowCompiler.compile(
      module: "Shop", files: files("before"), dependencies: [], today: nil, governance: Governance(),
      breakingChanges: { _ in [] })
    guard let lock = compilation.lock else { throw Unusable(reason: TextRenderer.render(compilation.diagnostics)) }
    return lock
  }

  /// Writes what was found in place of what is expected.
  func update(_ problems: String) throws {
    var text = sections[0].lines.isEmpty ? "" : sections[0].text
    for section in sections.dropFirst() where section.heading != "problems" {
      text += "=== \(section.heading)\n"
      if section.lines.contains(where: { !$0.isEmpty }) { text += section.text }
    }
    try Data("\(text)=== problems\n\(problems)".utf8).write(to: url)
  }
}
