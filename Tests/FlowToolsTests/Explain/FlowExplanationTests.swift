import FlowLanguage
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("Explanations of flows")
struct FlowExplanationTests {
  private func explanation(_ text: String) throws -> String {
    let today = try #require(CalendarDate(text: "2027-01-01"))
    let file = SourceFile(path: "v1/get-item.flow", text: text)
    let result = FlowCompiler.compile(module: "Shop", files: [file], dependencies: [], today: today)
    let flow = try #require(result.module?.flows.first, "\(TextRenderer.render(result.diagnostics))")
    return FlowExplanation(flow, today: today).text
  }

  @Test("the sum stands below its parts, however short their names are")
  func shortNames() throws {
    let text = try explanation(
      """
      record Item { name: string }
      step get() -> Item  needs db  safe
      /// Gets the item.
      flow get-item {
        owner  shop
        method GET
        deadline 1s
        output Item
        plan { done get()  timeout 100ms }
      }
      """)
    #expect(text.contains("Critical path\n  get       100ms  100ms\n  together         100ms\n"), "\(text)")
  }
}
