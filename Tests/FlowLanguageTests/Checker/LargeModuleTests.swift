import FlowLanguage
import ZerverCatalog
import Testing

@Suite("Large modules")
struct LargeModuleTests {
  @Test("a chain of records is as long as it likes")
  func longChain() {
    var text = ""
    for number in 0..<20_000 { text += "record R\(number) { next: R\(number + 1) }\n" }
    text += "record R20000 { id: string }\n"
    let result = FlowCompiler.compile(module: "Shop", files: [SourceFile(path: "Types.flow", text: text)])
    #expect(result.diagnostics.isEmpty)
  }

  @Test("a thousand flows are checked and come in the order of their slugs")
  func manyFlows() {
    let steps = """
      record Request { id: string }
      record Receipt { id: string }
      step read(request: Request) -> int  needs time
      step render(request: Request, a: int, b: int) -> Receipt
      """
    var files = [SourceFile(path: "Steps.flow", text: steps)]
    for number in 1_000..<2_000 {
      let text = """
        flow do-thing-\(number) {
          owner shop  method POST  input Request  output Receipt  alias also-\(number)
          plan {
            parallel { a = read(input)  b = read(input) timeout 100ms }
            done render(input, a, b)
          }
        }
        """
      files.append(SourceFile(path: "v1/do-thing-\(number).flow", text: text))
    }
    let result = FlowCompiler.compile(module: "Shop", files: files.reversed())
    #expect(result.diagnostics.isEmpty)
    #expect(result.module?.flows.map(\.entry.slug.text) == (1_000..<2_000).map { "do-thing-\($0)" })
  }
}
