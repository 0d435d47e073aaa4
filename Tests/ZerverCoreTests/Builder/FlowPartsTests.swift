import Testing
import ZerverCatalog

@testable import ZerverCore

/// Flows in Swift whose input comes in parts.
@Suite("Inputs in parts in Swift")
struct FlowPartsTests {
  /// The elements in one text.
  enum JoinParts: Step {
    static let declaration = StepDeclaration("join-parts", needs: [.database], takesParts: true)
    static func run(_ part: StreamPart<String>) throws(FlowFailure) -> Decision<String> { join(part, after: "") }
    static func resume(_ resumption: Resumption, _ part: StreamPart<String>) throws(FlowFailure) -> Decision<String> {
      join(part, after: try resumption.progress())
    }
    private static func join(_ part: StreamPart<String>, after text: String) -> Decision<String> {
      let text = text + part.elements.joined()
      return part.isLast ? .continue(text) : .take(Progress(text))
    }
  }

  /// Takes parts and does not say so.
  enum Hasty: Step {
    static func run(_ part: StreamPart<String>) throws(FlowFailure) -> Decision<String> { .continue("") }
  }

  enum BothWays: Step {
    static let declaration = StepDeclaration("both-ways", isStream: true, takesParts: true)
    static func run(_ part: StreamPart<String>) throws(FlowFailure) -> Decision<[String]> { .continue([]) }
  }

  enum MakePart: Step {
    static func run(_ text: String) throws(FlowFailure) -> Decision<StreamPart<String>> { .continue(StreamPart([text], isLast: true)) }
  }

  enum First: Step {
    static func run(_ texts: [String]) throws(FlowFailure) -> Decision<String> { .continue(texts.first ?? "") }
  }

  private func flow(
    _ method: FlowMethod = .post, @FlowBuilder _ plan: (Handle<StreamPart<String>>) -> FlowAnswer<String>
  ) -> Flow<StreamPart<String>, String> {
    Flow("join-lines", .v1, method: method, owner: "tests", input: .stream(), output: .json(), plan: plan)
  }

  private func codes(_ flow: Flow<StreamPart<String>, String>) -> [String] { flow.problems.map(\.code) }

  @Test("a step is given one part after the other")
  func parts() {
    let joined = flow { step(JoinParts.self, $0) }
    #expect(joined.problems.isEmpty && joined.definition.decodePart != nil)
    #expect(joined.run("\"a\"\n\"b\"\n\"c\"") == "200 \"abc\"")
    #expect(joined.run("") == "200 \"\"")
    #expect(joined.run("\"a\"\n7") == "refused: wrong-type")
    let kept = flow { input in
      let text = step(JoinParts.self, input)
      step(JoinTexts.self, text)
    }
    #expect(kept.problems.isEmpty)
    #expect(kept.run("\"a\"\n\"b\"") == "200 \"<ab>\"")
  }

  enum JoinTexts: Step {
    static func run(_ text: String) throws(FlowFailure) -> Decision<String> { .continue("<\(text)>") }
  }

  @Test("the input is taken by one step, which says so, in the main sequence of the plan")
  func place() {
    #expect(codes(flow { _ in step(First.self, step(Texts.self)) }) == ["stream-input"])
    #expect(codes(flow { step(Hasty.self, $0) }) == ["stream-input"])
    #expect(
      codes(
        flow { input in
          let first = step(JoinParts.self, input)
          let second = step(JoinParts.self, input)
          step(JoinTwo.self, first, second)
        }) == ["stream-input"])
    #expect(
      codes(
        flow { input in
          let (first, second) = parallel {
            step(JoinParts.self, input)
            step(First.self, step(Texts.self))
          }
          step(JoinTwo.self, first, second)
        }).contains("stream-input"))
    #expect(codes(flow { step(JoinParts.self, $0).retry(2) }).contains("stream-input"))
    let other = Flow("join-lines", .v1, method: .post, owner: "tests", input: .body(String.self), output: .json()) { input in
      step(JoinParts.self, step(MakePart.self, input))
    }
    #expect(other.problems.map(\.code) == ["stream-input"])
  }

  enum Texts: Step {
    static func run(_ reads: Void) throws(FlowFailure) -> Decision<[String]> { .continue([]) }
  }

  enum JoinTwo: Step {
    static func run(_ reads: (String, String)) throws(FlowFailure) -> Decision<String> { .continue(reads.0 + reads.1) }
  }

  @Test("a step does not take and give parts, and a flow with a stream has a body, no key and no fields in its paths")
  func contracts() {
    let both = Flow("join-lines", .v1, method: .post, owner: "tests", input: .stream(String.self), output: .stream()) {
      step(BothWays.self, $0)
    }
    #expect(both.problems.map(\.code) == ["stream-input"])
    #expect(codes(flow(.get) { step(JoinParts.self, $0) }) == ["input-source"])
    #expect(codes(flow { step(JoinParts.self, $0) }.idempotency(.required, ttl: .seconds(60))) == ["idempotency-use"])
    #expect(codes(flow { step(JoinParts.self, $0) }.bind(.post, "/lines/{id}")) == ["bind-field"])
    #expect(codes(flow { step(JoinParts.self, $0) }.bind(.post, "/lines")) == [])
  }

  @Test("the contract of such a flow says so")
  func contract() {
    let catalog = FlowCatalog(flow { step(JoinParts.self, $0) })
    #expect(catalog.contractFiles.first?.text.contains("input stream string\n") == true)
  }
}
