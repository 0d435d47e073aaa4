import Testing

@testable import ZerverCatalog
@_spi(Server) @testable import ZerverCore

@Suite("Mistakes in flows in Swift")
struct FlowProblemTests {
  /// Codes with the lines at which they are reported.
  static func codes<Input, Output>(_ flow: Flow<Input, Output>) -> [String] {
    FlowProblems(flow.problems).problems.map { "\($0.place.line) \($0.code)" }
  }

  @Test("a plan is checked where Swift's scoping ends")
  func plans() {
    var stolen: Handle<String>?
    let first = testFlow { input in
      let user = step(LoadUser.self, input)
      stolen = user
      step(LoadUser.self, user)
    }
    #expect(first.problems.isEmpty)
    let outside = step(Greet.self, file: "App/Outside.swift", line: 3)
    let foreign = testFlow { input in
      let user = step(LoadUser.self, stolen!, line: 2)
      step(LoadUser.self, outside, line: 3)
      step(LoadUser.self, user, line: 4)
    }
    #expect(Self.codes(foreign) == ["2 foreign-handle", "3 foreign-handle", "3 dropped-output"])

    var escaped: Handle<String>?
    let maybe = testFlow { input in
      let cart = step(LoadCart.self, input)
      when(cart.isLarge) {
        escaped = step(LoadUser.self, cart.id, line: 5)
        step(NoteCart.self, cart)
      }
      step(LoadUser.self, escaped!, line: 6)
    }
    .on("cart-not-found", 404)
    #expect(Self.codes(maybe) == ["6 may-be-empty"])

    let siblings = testFlow { input in
      parallel {
        branch {
          escaped = step(LoadUser.self, input, line: 2)
          step(NoteText.self, input)
        }
        step(NoteText.self, escaped!, line: 4)
      }
      step(LoadUser.self, input)
    }
    #expect(Self.codes(siblings) == ["4 sibling-branch"])

    let ends = testFlow { input in
      parallel(.quorum(5), line: 2) {
        step(NoteText.self, input)
        step(NoteText.self, input)
        branch {
          when(step(IsLong.self, input), line: 3) { done(step(LoadUser.self, input), line: 4) }
          step(NoteText.self, input)
        }
        when(step(IsLong.self, input), line: 8) { step(NoteText.self, input, line: 9) }
      }
      step(LoadUser.self, input, line: 5).timeout(.zero, line: 6)
      input.timeout(.seconds(1), line: 7)
      step(LoadUser.self, input)
    }
    #expect(
      Self.codes(ends) == [
        "2 quorum-range", "4 done-in-branch", "5 dropped-output", "6 malformed-number", "6 needless-timeout",
        "7 modifier-place", "9 statement-in-parallel",
      ])
  }

  @Test("a plan has limits")
  func limits() {
    let wide = testFlow { input in
      parallel {
        step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input)
        step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input)
        step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input)
        step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input); step(NoteText.self, input)
      }
      step(LoadUser.self, input)
    }
    #expect(wide.problems.map(\.code) == ["too-many-strands"])
    let long = testFlow { input in
      let last = (0..<64).reduce(input) { text, line in step(LoadUser.self, text, line: line) }
      step(LoadUser.self, last)
    }
    #expect(Set(long.problems.map(\.code)) == ["too-many-bindings"])
    let many = testFlow { input in
      let _ = (0..<256).map { line in step(NoteText.self, input, line: line) }
      step(LoadUser.self, input)
    }
    #expect(many.problems.map(\.code) == ["plan-too-large"])
  }

  @Test("the condition of a request is for flows that change something, and for the plan that reads it")
  func preconditions() {
    func flow(_ method: FlowMethod) -> Flow<String, String> {
      Flow("replace-cart", .v1, method: method, owner: "shop", input: .body(), output: .json(), file: "App/Flows.swift", line: 1) { input in
        let text = step(TellCondition.self, .precondition(line: 2))
        step(LoadUser.self, step(JoinTexts.self, input, text), line: 3)
      }
    }
    #expect(Self.codes(flow(.put)).isEmpty && flow(.put).definition.readsPrecondition)
    #expect(!testFlow { input in step(LoadUser.self, input) }.definition.readsPrecondition)
    #expect(Self.codes(flow(.get)) == ["2 precondition-use"])
    let bound = Flow("drop-cart", .v1, method: .delete, owner: "shop", output: .json(), file: "App/Flows.swift", line: 1) {
      step(TellCondition.self, .precondition(line: 2))
    }
    #expect(Self.codes(bound).isEmpty && Self.codes(bound.bind(.get, "/carts")) == ["2 precondition-use"])
    let outside = Handle<Precondition>.precondition(file: "App/Outside.swift", line: 3)
    let foreign = testFlow { _ in step(TellCondition.self, outside, line: 4) }
    #expect(Self.codes(foreign) == ["4 foreign-handle"])
  }

  @Test("what a flow promises follows the same rules as in a `.flow` file")
  func contracts() {
    func flow(_ slug: String = "read-cart", owner: String = "shop", status: Int = 200) -> Flow<String, String> {
      Flow(slug, .v1, method: .post, owner: owner, input: .body(), output: .json(status: status), line: 1) { input in
        step(LoadUser.self, input)
      }
    }
    #expect(Self.codes(flow("Read")) == ["1 slug-shape"])
    #expect(Self.codes(flow().idempotency(.required, ttl: .seconds(60), line: 2)).isEmpty)
    #expect(Self.codes(flow().idempotency(.required, ttl: .seconds(32 * 86_400), line: 2)) == ["2 malformed-number"])
    #expect(Self.codes(flow().idempotency(.optional, ttl: .milliseconds(1), line: 2)) == ["2 malformed-number"])
    let asking = Flow("read-cart", .v1, method: .get, owner: "shop", input: .query(), output: .json()) { input in
      step(LoadUser.self, input)
    }
    #expect(Self.codes(asking.idempotency(.optional, ttl: .seconds(60), line: 2)) == ["2 idempotency-use"])
    let streaming = Flow("list-carts", .v1, method: .post, owner: "shop", input: .body(), output: .stream()) {
      (input: Handle<String>) in
      step(SplitText.self, input)
    }
    #expect(Self.codes(streaming.idempotency(.optional, ttl: .seconds(60), line: 2)) == ["2 idempotency-use"])
    #expect(Self.codes(flow(owner: "")) == ["1 missing-property"])
    #expect(Self.codes(flow(status: 404)) == ["1 status-range"])
    #expect(Self.codes(flow(status: 204)) == ["1 status-range"])
    #expect(Self.codes(flow().alias("x", line: 2)) == ["2 slug-shape"])
    #expect(Self.codes(flow().on("cart-not-found", 404, line: 2)) == ["2 needless-error-mapping"])
    let loads = testFlow { input in step(LoadCart.self, input, file: "App/Flows.swift", line: 2).id }
    #expect(Self.codes(loads) == ["2 unmapped-error"])
    #expect(Self.codes(loads.on("cart-not-found", 200, line: 3)) == ["3 status-range"])
    #expect(
      Self.codes(loads.on("cart-not-found", 404, line: 3).on("cart-not-found", 410, line: 4)) == ["4 duplicate-member"])
    #expect(Self.codes(flow().deprecated("2026-13-01", line: 2)) == ["2 deprecation-date"])
    #expect(
      Self.codes(flow().deprecated("2026-10-01", sunset: "2026-09-01", line: 2)) == ["2 sunset-before-deprecation"])
    #expect(Self.codes(flow().deprecated("2026-10-01", guide: "see the wiki", line: 2)) == ["2 guide-link"])
    #expect(Self.codes(flow().deprecated("2026-10-01", successor: "v2", line: 2)) == ["2 unknown-successor"])
    #expect(Self.codes(flow().deprecated("2026-10-01", successor: "v1/read-cart", line: 2)) == ["2 unknown-successor"])
    #expect(
      FlowProblems(flow().deprecated("2026-10-01", successor: "v2/read-cart").problems).problems.map(\.code)
        == ["unknown-successor"])
    #expect(flow().alias("see-cart").deprecated("2026-10-01", sunset: "2027-04-01").problems.isEmpty)
  }

  @Test("an answer of another type is found when the flow is built")
  func answers() {
    let flow = testFlow { input in
      when(step(IsLong.self, input)) { done(step(CountHTTPLetters.self, input), line: 7) }
      step(LoadUser.self, input)
    }
    #expect(Self.codes(flow) == ["7 output-type"])
  }

  @Test("a collision names both places")
  func collisions() throws {
    let catalog = FlowCatalog(
      testFlow(line: 3) { input in step(LoadUser.self, input) }.alias("see-cart"),
      testFlow("see-cart", line: 9) { input in step(LoadUser.self, input) })
    #expect(
      throws: FlowProblems([
        FlowProblem(
          "alias-collision", at: FlowPlace("App/Flows.swift", 9), "path that is taken",
          "`/flow/v1/see-cart` is flow `v1/see-cart`, and it is an alias of flow `v1/read-cart` already. One path has one "
            + "meaning, whatever the method.",
          related: [.init("It is taken here", FlowPlace("App/Flows.swift", 3))],
          hint: "choose another alias, or remove this one.")
      ])
    ) { try FlowCatalog.check([catalog]) }
    let other = FlowCatalog(testFlow(file: "App/Others.swift", line: 4) { input in step(LoadUser.self, input) })
    let problems = FlowCatalog.problems(of: [catalog, other])
    #expect(problems.map(\.code) == ["alias-collision", "duplicate-flow"])
    #expect(
      problems.last?.description == """
        App/Others.swift:4: error: second flow of one slug and version [duplicate-flow]

        `/flow/v1/read-cart` is flow `v1/read-cart`, and it is flow `v1/read-cart` already. One path has one meaning, whatever the method.

            It is taken here: App/Flows.swift:3

        Hint: give one of them another slug, or another version.

        """)
  }
}

enum NoteText: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}

private enum SplitText: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { .continue(text.split(separator: " ").map(String.init)) }
}
