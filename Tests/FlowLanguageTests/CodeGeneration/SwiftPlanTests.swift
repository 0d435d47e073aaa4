import GeneratedFlows
import Testing
import ZerverCatalog

@testable import ZerverCore

enum Collect: Step {
  static func run(_ report: Report) throws(FlowFailure) -> Decision<[Report]> { .continue([report]) }
}

@Suite("Plans and fragments in Swift, with generated code")
struct SwiftPlanTests {
  static let runner = GeneratedPlanTests.runner

  func keys(_ first: String, _ third: String, note: String? = nil) -> String {
    let note = note.map { ",\"note\":\"\($0)\"" } ?? ""
    return "{\"first\":\"\(first)\",\"second\":\"bb\",\"third\":\"\(third)\"\(note)}"
  }

  @Test("a plan in Swift and one of the language give the same answers, through the same fragments")
  func sameAnswers() {
    let language = GeneratedPlanTests.flow(Routes.V1.shareFragments)
    let swift = GeneratedPlanTests.flow(Routes.V1.planInSwift)
    #expect(FlowCatalog.problems(of: [Routes.catalog]) == [])
    let bodies = [
      keys("a", "ccc"), keys("xx:standard:staff:ann", "xx:standard:staff:ann", note: "note"),
      keys("a:default:guest", "xx:standard:guest"), keys("a", "missing"), keys("missing", "a"),
    ]
    for body in bodies {
      let answer = Self.runner.run(language, body: body)
      #expect(Self.runner.run(swift, body: body) == answer)
    }
    #expect(
      Self.runner.run(language, body: bodies[1]).body
        == "{\"lines\":[\"xx:standard:staff:ann=2\",\"bb=2\",\"xx:standard:staff:ann=2\",\"note\",\"counted to 2\",\"counted to 2\"]}")
    #expect(Self.runner.run(language, body: bodies[3]).failure == "item-missing")
  }

  @Test("a plan in Swift is lowered to the program that RouteGen writes")
  func sameProgram() {
    let flow = Flow("load-quorum-2", .v1, method: .post, owner: "language", input: Keys.self) { input in
      let (one, two, three) = parallel(.quorum(2)) {
        step(LoadItem.self, input.first)
        LoadItem.step(key: input.second).timeout(.milliseconds(100))
        step(LoadItem.self, input.third)
      }
      ReportItems.step(first: one, second: two, third: three, note: input.note)
    }
    .on(.itemMissing, 404)
    .on(.itemLocked, 423)
    let written = GeneratedPlanTests.flow(Routes.V1.loadQuorum2)
    let catalog = FlowCatalog(flow)
    #expect(FlowCatalog.problems(of: [catalog]) == [])
    let plan = catalog.flows[0].plan
    #expect(plan.instructions == written.plan.instructions)
    #expect(plan.forks == written.plan.forks)
    #expect(plan.uses.map(\.step) == written.plan.uses.map(\.step))
    #expect(plan.uses.map(\.timeout) == written.plan.uses.map(\.timeout))
    #expect(plan.uses.map(\.needs) == written.plan.uses.map(\.needs))
    #expect(plan.uses.allSatisfy { $0.file == "FlowLanguageTests/SwiftPlanTests.swift" })
    let body = keys("a", "missing")
    #expect(Self.runner.run(catalog.flows[0], body: body) == Self.runner.run(written, body: body))
  }

  @Test("the contract of a flow in Swift is a `.flow` file that compiles")
  func contractFile() throws {
    let flow = Flow("list-items", .v2, method: .post, owner: "language", input: .body(Keys.self), output: .json([Report].self, status: 202)) { input in
      let item = step(LoadItem.self, input.first)
      let report = step(Apologise.self, item)
      step(Collect.self, report)
    }
    .summary("Lists items.").tags("items", "lists").experimental().alias("show-items", mode: .serve).profile(.batch)
    .deadline(.seconds(2)).deprecated("2026-10-01", sunset: "2027-04-01", successor: "v3/list-items", guide: "https://example.com/v3")
    .on(.itemMissing, 404).on(.itemLocked, 423)
    let file = try #require(FlowCatalog(flow).contractFiles.first)
    #expect(file.path == "v2/list-items.flow")
    #expect(
      file.text == """
        use GeneratedFlows

        /// Lists items.
        flow list-items {
          owner language
          method POST
          tags items, lists
          status experimental
          alias show-items serve
          profile batch
          deadline 2000ms
          deprecated 2026-10-01
          sunset 2027-04-01
          successor v3/list-items
          guide "https://example.com/v3"
          input Keys from body
          output [Report] status 202
          plan swift ListItems
          on item-missing -> 404
          on item-locked -> 423
        }

        """)
    #expect(Routes.catalog.contractFiles.isEmpty)
  }

  @Test("a flow in Swift that takes the path of a `.flow` file is told where that is")
  func collision() {
    let flow = Flow("plan-in-swift", .v1, method: .get, owner: "language", output: .text, line: 7) { step(Greet.self) }
    let problems = FlowCatalog.problems(of: [Routes.catalog, FlowCatalog(flow)])
    #expect(problems.map(\.code) == ["duplicate-flow"])
    #expect(problems.first?.place == FlowPlace("FlowLanguageTests/SwiftPlanTests.swift", 7))
    #expect(problems.first?.related.first?.place == FlowPlace("GeneratedFlows/v1/plan-in-swift.flow", 2))
  }
}
