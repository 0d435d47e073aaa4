import FlowLanguage
import Testing
import ZerverCatalog

@Suite("The written reference")
struct DocumentationTests {
  @Test("what the documentation shows compiles", arguments: DocumentationBlock.all)
  func compiles(block: DocumentationBlock) {
    let errors = block.compile().diagnostics.filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(block): \(TextRenderer.render(errors))")
  }

  @Test("blocks are found, with their files and modules")
  func blocks() {
    let page = """
      # Page
      ```flow
      // file: v2/say-hello.flow
      use Steps
      flow say-hello { owner shop  method GET  output text  plan { done greet() } }
      // module: Steps
      step greet() -> string
      ```
      ```swift
      let a = 1
      ```
      ```flow
      flow say-what { }
      ```
      """
    let blocks = DocumentationBlock.blocks(of: page, page: "Page.md")
    #expect(blocks.map(\.line) == [2, 12])
    #expect(blocks.first?.compile().module?.flows.first?.entry.path == "/flow/v2/say-hello")
    #expect(blocks.last?.compile().diagnostics.first?.span.path == "v1/say-what.flow")
  }
}
