import GeneratedFlows
import Testing
import ZerverCatalog

@_spi(Server) @testable import ZerverCore

extension JobNote {
  var length: Int { text.count }
}

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
  func sameAnswers() throws {
    let language = GeneratedPlanTests.flow(Routes.V1.shareFragments)
    let swift = GeneratedPlanTests.flow(Routes.V1.planInSwift)
    try FlowCatalog.check([Routes.catalog])
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
  func sameProgram() throws {
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
    #expect(try FlowCatalog.check([catalog]).map(\.code) == ["missing-timeout", "missing-timeout"])
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

  @Test("paths and headers of a flow in Swift are those of its contract")
  func routesAndHeaders() throws {
    let flow = Flow(
      "show-job", .v1, method: .post, owner: "language", input: .body(Job.self),
      output: .json(status: 201).header("Location", "/jobs/", .field(\.text)).header("X-Count", .field(\.count), " of ", .field(\.by))
    ) { input in step(GuessNote.self, input.key) }
    .bind(.put, "/jobs/{key}")
    let catalog = FlowCatalog(flow)
    #expect(FlowCatalog.problems(of: [catalog]) == [])
    #expect(catalog.catalog.entries.first?.bindings.map(\.template) == ["/jobs/{key}"])
    guard case .json(unquoted: [])? = catalog.flows.first?.pathInput else {
      Issue.record("\(catalog.flows)")
      return
    }
    let text = try #require(catalog.contractFiles.first?.text)
    #expect(text.contains("  bind PUT /jobs/{key}\n  header location \"/jobs/{text}\"\n  header x-count \"{count} of {by}\"\n"))
  }

  @Test("mistakes in paths and headers are those of the language")
  func routeProblems() {
    func codes<Input, Output>(_ flow: Flow<Input, Output>) -> [String] {
      FlowProblems(FlowCatalog.problems(of: [FlowCatalog(flow)])).problems.map { "\($0.place.line) \($0.code)" }
    }
    func body() -> Flow<Batch, JobNote> {
      Flow("show-batch", .v1, method: .post, owner: "language", input: .body(Batch.self), output: .json(), line: 1) { input in
        step(GuessNote.self, input.key)
      }
    }
    func query() -> Flow<BasketSearch, Basket> {
      Flow("see-basket", .v1, method: .get, owner: "language", input: .query(BasketSearch.self), output: .json(), line: 1) { input in
        step(FindBasket.self, input, input.basketId, input.basketId.value)
      }
      .on(.basketGone, 404)
    }
    #expect(codes(query().bind(.get, "/baskets/{basket-id}")) == [])
    #expect(codes(query().bind(.get, "/baskets/{basketId}", line: 2)) == ["2 bind-field"])
    #expect(codes(query().bind(.get, "baskets", line: 2)) == ["2 bind-path"])
    #expect(codes(query().bind(.get, "/a").bind(.get, "/a", line: 2)) == ["1 bind-collision"])
    #expect(codes(body().bind(.put, "/batches/{key}")) == [])
    #expect(codes(body().bind(.get, "/batches/{key}", line: 2)) == ["2 bind-method"])
    #expect(codes(body().bind(.put, "/batches/{id}", line: 2)) == ["2 bind-field"])
    #expect(codes(body().bind(.put, "/batches/{jobs}", line: 2)) == ["2 bind-field"])
    #expect(codes(body().bind(.put, "/batches/{more}", line: 2)) == ["2 bind-field"])
    let greets = Flow("say-hi", .v1, method: .get, owner: "language", output: .text) { step(Greet.self) }
    #expect(codes(greets.bind(.get, "/hi")) == [])
    #expect(codes(greets.bind(.get, "/hi/{name}", line: 2)) == ["2 bind-field"])
    func headers(_ output: FlowOutput<JobNote>) -> [String] {
      codes(
        Flow("show-job", .v1, method: .post, owner: "language", input: .body(Job.self), output: output, line: 1) { input in
          step(GuessNote.self, input.key)
        })
    }
    #expect(headers(.json().header("Cache-Control", "max-age=60")) == [])
    #expect(headers(.json().header("Date", "today", line: 2)) == ["2 header-name"])
    #expect(headers(.json().header("a b", "c", line: 2)) == ["2 header-name"])
    #expect(headers(.json().header("X-A", "b").header("x-a", "c", line: 2)) == ["2 duplicate-member"])
    #expect(headers(.json().header("X-A", "größer", line: 2)) == ["2 header-template"])
    #expect(headers(.json().header("X-A", "", line: 2)) == ["2 header-template"])
    #expect(headers(.json().header("X-A", .field(\.length), line: 2)) == ["2 header-template"])
  }

  @Test("numbers and booleans of a path go into a body without quotes")
  func unquoted() {
    let flow = Flow("count-more", .v1, method: .post, owner: "language", input: .body(JobNote.self), output: .json()) { input in
      step(ShowNote.self, input)
    }
    .bind(.put, "/notes/{count}/{text}")
    guard case .json(unquoted: ["count"])? = FlowCatalog(flow).flows.first?.pathInput else {
      Issue.record("\(FlowCatalog(flow).flows)")
      return
    }
  }

  /// A flow whose answer names what came of two branches, the first of which asks for an effect.
  private func race(_ group: (Handle<Job>) -> (Handle<JobNote?>, Handle<JobNote?>)) -> FlowDefinition {
    let flow = Flow("lose-race", .v1, method: .post, owner: "language", input: .body(Job.self), output: .json()) { input in
      let (slow, fast) = group(input)
      let notes = forEach(step(SplitJob.self, input), max: 9) { job in step(GuessNote.self, job.key) }
      step(JoinNotes.self, slow, fast, optional(notes))
    }
    let isMapped = flow.plan.uses.contains { !$0.unhandledErrors.isEmpty }
    return (isMapped ? flow.on(.jobRefused, 409).on(.jobLost, 410) : flow).registration.definition
  }

  @Test("a branch that a group does not wait for gives no value, whatever would have decided about it")
  func losers() {
    let flows = [
      race { input in
        parallel(.any) {
          when(input.mood == .calm) { step(TakeJob.self, input.key) }
          step(GuessNote.self, input.key)
        }
      },
      race { input in
        parallel(.any) {
          when(input.mood == .calm) { step(TakeJob.self, input.key) } otherwise: { step(GuessNote.self, input.key) }
          step(GuessNote.self, input.key)
        }
      },
      race { input in
        parallel(.any) {
          branch {
            let first = step(TakeJob.self, input.key)
            when(first.count == 1) { step(GuessNote.self, input.key) } otherwise: { step(NameMood.self, input.mood) }
          }
          step(GuessNote.self, input.key)
        }
      },
      race { input in
        parallel(.any) {
          choose(input.mood) {
            arm(.calm) { step(TakeJob.self, input.key) }
            otherwise { step(GuessNote.self, input.key) }
          }
          step(GuessNote.self, input.key)
        }
      },
      race { input in
        parallel(.any) {
          step(TakeJob.self, input.key).orElse { step(GuessNote.self, input.key) }
          step(GuessNote.self, input.key)
        }
      },
    ]
    for flow in flows {
      #expect(flow.problems == [])
      #expect(Self.runner.run(flow, body: "{\"key\":\"k\"}").body == "{\"text\":\"-, guessed k, guessed k\",\"count\":1}")
    }
  }

  @Test("a plan in Swift can be read, as lines and as a drawing")
  func readable() throws {
    let plans = SwiftTwins.catalog.swiftPlans
    #expect(plans.map(\.reference) == ["v1/take-back", "v1/fall-back", "v1/answer-errors", "v1/answer-mood", "v1/nest-loops", "v1/work-off-all"])
    let text = plans.map { $0.text.split(separator: "\n").dropFirst().joined(separator: "\n") }
    #expect(
      text[3] == """
          split-job
          for each in job-list max 9
            guess-note
          when input.mood is calm
            done name-mood
          otherwise
            when input.mood is busy or angry
              name-mood
              when input.mood is angry
                done show-note
              done guess-note
            otherwise
              done show-notes
        """)
    #expect(text[0].contains("  change-job  timeout 100ms  undo forget-job"))
    #expect(text[1].contains("  take-job  timeout 100ms  retry 1 backoff 10ms..160ms  else ask-other"))
    #expect(text[1].contains("  take-job  timeout 100ms  else default"))
    #expect(text[2].contains("  take-job  timeout 100ms  on job-refused -> 418\n    on job-lost\n      guess-note\n      done show-note"))
    #expect(text[4].contains("    parallel any\n      for each in"))
    let chart = plans[3].mermaid
    #expect(chart.hasPrefix("flowchart TD\n  n1([\"v1/answer-mood\"])\n  n2[\"split-job\"]\n  n1 --> n2\n"))
    #expect(chart.contains("{\"input.mood is calm\"}"))
    // Its contract stands in a file, its plan in Swift.
    #expect(Routes.catalog.swiftPlans.map(\.reference) == ["v1/describe-visit", "v1/plan-in-swift", "v1/rewrite-page"])
  }

  @Test("a flow in Swift that takes the path of a `.flow` file is told where that is")
  func collision() {
    let flow = Flow("plan-in-swift", .v1, method: .get, owner: "language", output: .text, line: 7) { step(Greet.self) }
    let problems = FlowCatalog.problems(of: [Routes.catalog, FlowCatalog(flow)]).filter { $0.severity == .error }
    #expect(problems.map(\.code) == ["duplicate-flow"])
    #expect(problems.first?.place == FlowPlace("FlowLanguageTests/SwiftPlanTests.swift", 7))
    #expect(problems.first?.related.first?.place == FlowPlace("GeneratedFlows/v1/plan-in-swift.flow", 2))
  }
}
