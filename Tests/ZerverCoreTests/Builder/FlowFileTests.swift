import Testing
import ZerverCatalog

@testable import ZerverCore

/// Flows in Swift that answer with files.
@Suite("Files in Swift")
struct FlowFileTests {
  enum FindTerms: Step {
    static func run(_ reads: Void) throws(FlowFailure) -> Decision<String> { .continue("terms.txt") }
  }

  private func flow(_ method: FlowMethod, @FlowBuilder _ plan: () -> FlowAnswer<String>) -> Flow<Void, String> {
    Flow("show-terms", .v1, method: method, owner: "tests", output: .file, plan: plan)
  }

  @Test("the step that ends the plan gives the path, and so does a value that is there already")
  func answers() {
    let direct = flow(.get) { step(FindTerms.self) }
    #expect(direct.problems.isEmpty && direct.definition.isFile)
    #expect(direct.run("") == "200 terms.txt")
    let kept = flow(.head) {
      let path = step(FindTerms.self)
      step(Consume.self, path)
      done(path)
    }
    #expect(kept.problems.isEmpty)
    #expect(kept.run("") == "200 terms.txt")
  }

  enum Consume: Step {
    static func run(_ path: String) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
  }

  @Test("a flow that changes something does not answer with a file")
  func method() {
    #expect(flow(.post) { step(FindTerms.self) }.problems.map(\.code) == ["file-method"])
  }

  @Test("the contract of such a flow says so")
  func contract() {
    let catalog = FlowCatalog(flow(.get) { step(FindTerms.self) })
    #expect(catalog.contractFiles.map(\.text).joined().contains("output file"))
  }
}
