import Testing

@testable import ZerverCore

/// Flows in Swift that answer in parts.
@Suite("Streams in Swift")
struct FlowStreamTests {
  /// One character after the other.
  enum SpellOut: Step {
    static let declaration = StepDeclaration("spell-out", isStream: true)
    static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { part(of: text, from: 0) }
    static func resume(_ resumption: Resumption, _ text: String) throws(FlowFailure) -> Decision<[String]> {
      part(of: text, from: try resumption.progress())
    }
    private static func part(of text: String, from start: Int) -> Decision<[String]> {
      let characters = text.map(String.init)
      return start + 1 >= characters.count
        ? .continue(Array(characters.dropFirst(start))) : .emit([characters[start]], Progress(start + 1))
    }
  }

  /// Gives parts and does not say so.
  enum Hasty: Step {
    static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { .emit([text], Progress(1)) }
  }

  enum Letters: Step {
    static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { .continue(text.map(String.init)) }
  }

  private func flow(@FlowBuilder _ plan: (Handle<String>) -> FlowAnswer<[String]>) -> Flow<String, [String]> {
    Flow("spell-text", .v1, method: .post, owner: "tests", input: .body(), output: .stream(), plan: plan)
  }

  @Test("a step that says so gives its output in parts, and another one the whole list")
  func answers() {
    let parts = flow { step(SpellOut.self, $0) }
    #expect(parts.problems.isEmpty && parts.definition.isStream)
    #expect(parts.run("\"tea\"") == "200 \"t\"\n\"e\"\n\"a\"\n")
    let whole = flow { step(Letters.self, $0) }
    #expect(whole.run("\"tea\"") == "200 \"t\"\n\"e\"\n\"a\"\n")
    #expect(flow { step(Hasty.self, $0) }.run("\"tea\"") == "refused: internal-error")
  }

  @Test("a step that gives parts answers, or has no place in the plan")
  func place() {
    let kept = flow { input in
      step(SpellOut.self, input)
      step(Letters.self, input)
    }
    #expect(kept.problems.map(\.code).contains("stream-step"))
    let json = Flow("spell-text", .v1, method: .post, owner: "tests", input: .body(String.self), output: .json()) { input in
      step(SpellOut.self, input)
    }
    #expect(json.problems.map(\.code) == ["stream-step"])
  }

  @Test("the contract of such a flow says so")
  func contract() {
    let catalog = FlowCatalog(flow { step(SpellOut.self, $0) })
    #expect(catalog.contractFiles.first?.text.contains("output stream string status 200") == true)
  }
}
