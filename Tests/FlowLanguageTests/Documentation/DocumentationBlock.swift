import FlowLanguage
import Foundation

/// A ```` ```flow ```` block of a documentation page.
///
/// A block is one file, or several: a line `// file: v1/show-cart.flow` begins another file, and `// module: CheckoutSteps`
/// says that the files from here on belong to another module. Without such a line, a block with a flow is the file of that
/// flow in version 1, and any other block a file of declarations.
struct DocumentationBlock: Sendable, CustomStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/Zerver/Zerver.docc")

  let page: String
  /// Where the block begins, from 1.
  let line: Int
  let text: String

  var description: String { "\(page):\(line)" }

  static let all: [DocumentationBlock] = {
    let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") }.sorted().flatMap { page -> [DocumentationBlock] in
      let text = (try? String(contentsOf: folder.appendingPathComponent(page), encoding: .utf8)) ?? ""
      return blocks(of: text, page: page)
    }
  }()

  static func blocks(of text: String, page: String) -> [DocumentationBlock] {
    var blocks: [DocumentationBlock] = []
    var open: (line: Int, lines: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        if line.hasPrefix("```") {
          blocks.append(DocumentationBlock(page: page, line: block.line, text: block.lines.joined(separator: "\n") + "\n"))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if line == "```flow" {
        open = (index + 1, [])
      }
    }
    return blocks
  }

  // MARK: Compiling

  func compile() -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    var files: [(module: String, file: SourceFile)] = []
    var module = "Shop"
    var path: String?
    var lines: [Substring] = []
    func close() {
      if !lines.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
        let text = lines.joined(separator: "\n") + "\n"
        files.append((module, SourceFile(path: path ?? Self.path(of: text), text: text)))
      }
      lines = []
      path = nil
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("// module: ") {
        close()
        module = String(line.dropFirst(11))
      } else if line.hasPrefix("// file: ") {
        close()
        path = String(line.dropFirst(9))
      } else {
        lines.append(line)
      }
    }
    close()
    let others = Dictionary(grouping: files.filter { $0.module != "Shop" }, by: \.module)
    return FlowCompiler.compile(
      module: "Shop", files: files.filter { $0.module == "Shop" }.map(\.file),
      dependencies: others.sorted { $0.key < $1.key }.map { (module: $0.key, files: $0.value.map(\.file)) })
  }

  private static func path(of text: String) -> String {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flow ") }) else { return "Declarations.flow" }
    return "v1/\(line.split(separator: " ")[1]).flow"
  }
}
