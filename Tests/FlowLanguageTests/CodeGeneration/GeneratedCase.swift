import FlowLanguage
import Foundation

/// One golden case of the generator: files, and the Swift that they become.
///
/// ```
/// What the case is about.
/// === flow v1/say-hello.flow
/// …
/// === module CheckoutSteps Steps.flow
/// …
/// === swift RouteGen-Flows-1.swift
/// …
/// ```
///
/// The Swift is rewritten when the environment variable `ZERVER_UPDATE_CASES` is 1.
struct GeneratedCase {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".flowcase") }.map { String($0.dropLast(9)) }.sorted()
  }

  /// Heading and text, the first with an empty heading.
  private let sections: [(heading: String, text: String)]
  private let url: URL

  init(name: String) throws {
    url = Self.folder.appendingPathComponent(name + ".flowcase")
    let text = try String(contentsOf: url, encoding: .utf8)
    var sections = [(heading: "", text: "")]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("=== ") {
        sections.append((String(line.dropFirst(4)), ""))
      } else {
        sections[sections.count - 1].text += line + "\n"
      }
    }
    self.sections = sections
  }

  /// The files that the case wants to see, by name.
  var expected: [(name: String, text: String)] {
    sections.compactMap { $0.heading.hasPrefix("swift ") ? (String($0.heading.dropFirst(6)), $0.text) : nil }
  }

  func generate() -> (files: [GeneratedFile], problems: String) {
    var files: [SourceFile] = []
    var modules: [String: [SourceFile]] = [:]
    for section in sections {
      let words = section.heading.split(separator: " ").map(String.init)
      if words.first == "flow" { files.append(SourceFile(path: words[1], text: section.text)) }
      if words.first == "module" { modules[words[1], default: []].append(SourceFile(path: words[2], text: section.text)) }
    }
    let dependencies = modules.sorted { $0.key < $1.key }.map { (module: $0.key, files: $0.value) }
    let result = FlowCompiler.compile(module: "Shop", files: files, dependencies: dependencies)
    return (result.module.map { SwiftEmitter.emit($0) } ?? [], TextRenderer.render(result.diagnostics))
  }

  func update(_ files: [GeneratedFile]) throws {
    let text = sections.map { section in
      let heading = section.heading.isEmpty ? "" : "=== \(section.heading)\n"
      let file = files.first { section.heading == "swift \($0.name)" }
      return heading + (file?.text ?? section.text)
    }
    try text.joined().write(to: url, atomically: true, encoding: .utf8)
  }
}
