import Foundation
import Testing
import ZerverCore

@Suite("The examples of FlowBuilder.md")
struct FlowBuilderDocumentationTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String { try String(contentsOf: root.appending(path: path), encoding: .utf8) }

  @Test("each block of code stands in a file that is compiled")
  func compiled() throws {
    let source = try Self.text("Tests/CheckoutStepsTests/FlowBuilderExamples.swift")
    let document = try Self.text("Sources/Zerver/Zerver.docc/FlowBuilder.md")
    let blocks = document.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    let examples = source.components(separatedBy: "// example\n").dropFirst().map { $0.components(separatedBy: "\n// end")[0] }
    #expect(examples.count >= 4)
    for example in examples { #expect(blocks.contains(example), "\(example)") }
    // Others show a line of a test or of a plan whose `.flow` file stands beside it.
    #expect(blocks.count == examples.count + 6)
  }

  @Test("the flows are in order")
  func check() throws {
    for warning in try FlowCatalog.check([support]) { Issue.record("\(warning)", severity: .warning) }
  }
}
