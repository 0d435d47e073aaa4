import Testing

@testable import ZerverCatalog
@_spi(Server) @testable import ZerverCore

@Suite("Warnings about flows in Swift")
struct FlowReviewTests {
  /// Codes with the lines at which they are reported.
  static func codes(_ problems: [FlowProblem]) -> [String] {
    FlowProblems(problems).problems.map { "\($0.place.line) \($0.code)" }
  }

  @Test("a step that reaches out has a timeout, and a change that nobody takes back is the last")
  func resilience() {
    let flow = testFlow { input in
      let receipt = step(ChargeCard.self, input, line: 2)
      step(LoadText.self, receipt, line: 3).timeout(.seconds(1))
      step(LoadText.self, input, line: 4)
    }
    #expect(Self.codes(flow.problems) == ["3 dropped-output"])
    let works = testFlow { input in
      let receipt = step(ChargeCard.self, input, line: 2)
      let text = step(LoadText.self, receipt, line: 3).timeout(.seconds(1))
      step(LoadText.self, text, line: 4)
    }
    #expect(works.problems == [])
    #expect(Self.codes(works.warnings) == ["2 missing-timeout", "2 missing-undo", "4 missing-timeout"])
    #expect(works.warnings.first { $0.code == "missing-undo" }?.related.map(\.place.line) == [3])
    let undone = testFlow { input in
      let receipt = step(ChargeCard.self, input).timeout(.seconds(1)).undo { _ in step(RefundCard.self) }
      step(LoadText.self, receipt).timeout(.seconds(1))
    }
    #expect(undone.warnings == [])
  }

  @Test("a flow that is only asked changes nothing")
  func safety() {
    func flow(_ method: FlowMethod) -> Flow<String, String> {
      Flow("charge-card", .v1, method: method, owner: "shop", input: .query(), output: .json(), line: 1) { input in
        step(ChargeCard.self, input, line: 2).timeout(.seconds(1))
      }
    }
    #expect(Self.codes(flow(.get).warnings) == ["2 unsafe-get"])
    #expect(flow(.post).warnings == [])
    #expect(Self.codes(flow(.post).bind(.get, "/charges").warnings) == ["2 unsafe-get"])
  }

  @Test("the longest way through a plan fits into the deadline, and a loop that may not fit is a warning")
  func deadlines() {
    let plan = testFlow { input in
      let text = step(LoadText.self, input).timeout(.milliseconds(300)).retry(2, backoff: .milliseconds(20), max: .milliseconds(30))
      step(LoadText.self, text).timeout(.milliseconds(300))
    }
    #expect(plan.problems == [])
    #expect(plan.deadline(.milliseconds(1250), line: 7).problems == [])
    #expect(Self.codes(plan.deadline(.milliseconds(1249), line: 7).problems) == ["7 critical-path"])
    let brisk = FlowProfile(name: "brisk", priorityClass: .interactive, deadlineNanoseconds: 1_000_000_000)
    #expect(Self.codes(plan.profile(brisk).problems) == ["1 critical-path"])

    let loop = testFlow { input in
      let words = step(SplitWords.self, input)
      let texts = forEach(words, max: 10) { word in step(LoadText.self, word).timeout(.milliseconds(100)) }
      step(JoinWords.self, texts)
    }
    #expect(loop.deadline(.seconds(1)).warnings == [])
    let short = loop.deadline(.milliseconds(999), line: 7)
    #expect(short.problems == [])
    #expect(Self.codes(short.warnings) == ["7 long-loop"])
    #expect(short.warnings.first?.explanation.contains("load-text  10 rounds × 100ms  1s") == true)
    #expect(Self.codes(loop.deadline(.milliseconds(99), line: 7).problems) == ["7 critical-path"])
  }

  @Test("a contract reads well, and gives its callers time")
  func contracts() {
    func flow(_ slug: String) -> Flow<String, String> {
      testFlow(slug) { input in step(LoadUser.self, input) }
    }
    #expect(Self.codes(flow("cart-checkout").warnings) == ["1 slug-quality"])
    #expect(flow("show-cart-v2").warnings.map(\.title) == ["version in a slug"])
    let ending = flow("show-cart").deprecated("2026-10-01", sunset: "2026-12-01", line: 5)
    #expect(Self.codes(ending.warnings) == ["5 short-sunset"])
    let catalog = FlowCatalog(flow("show-cart").deprecated("2026-10-01", sunset: "2027-04-01", line: 5))
    func codes(on day: String) -> [String] { Self.codes(FlowCatalog.problems(of: [catalog], today: CalendarDate(text: day))) }
    #expect(codes(on: "2027-03-31") == [])
    #expect(codes(on: "2027-04-01") == ["5 past-sunset"])
  }

  @Test("a warning can be allowed with a reason, of a step or of a whole flow")
  func allowances() {
    let flow = testFlow("cart-charge") { input in
      let receipt = step(ChargeCard.self, input, line: 2).timeout(.seconds(1))
        .allowing("missing-undo", because: "the bank forgets it by itself", line: 3)
      step(LoadText.self, receipt, line: 4).allowing("missing-undo", because: "it does not fail", line: 5)
    }
    #expect(Self.codes(flow.warnings) == ["4 missing-timeout", "5 suppression-unused"])
    let whole = flow.allowing("missing-timeout", because: "the deadline is short", line: 8)
    #expect(Self.codes(whole.warnings) == ["5 suppression-unused"])
    #expect(Self.codes(flow.allowing("slug-quality", because: "an old name", line: 8).warnings).contains("8 suppression-unused"))
    #expect(Self.codes(flow.allowing("unmapped-error", because: "I like it", line: 8).problems) == ["8 suppression-refused"])
    #expect(Self.codes(flow.allowing("missing-timeout", because: "", line: 8).problems) == ["8 suppression-reason"])
    // Rules of the organisation are asked of the contract as a file, which has the comment.
    let named = flow.allowing("slug-pattern", because: "it is on posters", line: 8)
    #expect(named.problems == [])
    #expect(
      FlowCatalog(named).contractFiles.first?.text.contains(
        "// route-gen: allow slug-pattern because it is on posters\nflow cart-charge {\n") == true)
  }

  @Test("a check throws errors and returns warnings")
  func check() throws {
    let warned = testFlow("cart-checkout", line: 4) { input in step(LoadUser.self, input) }
    #expect(try FlowCatalog.check([FlowCatalog(warned)]).map(\.code) == ["slug-quality"])
    let broken = warned.on("cart-not-found", 404, line: 9)
    let thrown = #expect(throws: FlowProblems.self) { try FlowCatalog.check([FlowCatalog(broken)]) }
    #expect(thrown?.problems.map(\.code) == ["needless-error-mapping"])
  }

  @Test("a modifier stands once behind a step")
  func repeated() {
    let flow = testFlow { input in
      step(LoadText.self, input).timeout(.seconds(1), line: 2).timeout(.seconds(2), line: 3).retry(1, line: 4).retry(2, line: 5)
    }
    #expect(Self.codes(flow.problems) == ["3 duplicate-property", "5 duplicate-property"])
  }
}

private enum ChargeCard: Step {
  static let declaration = StepDeclaration("charge-card", needs: [.database])
  static func run(_ text: String) throws(FlowFailure) -> Decision<String> { .continue(text) }
}

private enum RefundCard: Step {
  static let declaration = StepDeclaration("refund-card", needs: [.database], repetition: .idempotent)
  static func run(_ reads: Void) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}

private enum LoadText: Step {
  static let declaration = StepDeclaration("load-text", needs: [.database], repetition: .safe)
  static func run(_ text: String) throws(FlowFailure) -> Decision<String> { .continue(text) }
}

private enum SplitWords: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { .continue(text.split(separator: " ").map(String.init)) }
}

private enum JoinWords: Step {
  static func run(_ words: [String]) throws(FlowFailure) -> Decision<String> { .continue(words.joined(separator: " ")) }
}
