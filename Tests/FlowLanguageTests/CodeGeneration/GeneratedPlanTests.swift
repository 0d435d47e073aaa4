import GeneratedFlows
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore

@Suite("Generated plans")
struct GeneratedPlanTests {
  static func flow<Input, Output>(_ handle: FlowHandle<Input, Output>) -> FlowDefinition {
    Routes.catalog.flows[Routes.index(of: handle.path)]
  }

  /// Items by key. `-` as a kind: an item without owner. Unknown keys are not found.
  static let runner = FlowRunner { effect in
    guard case .database(.query(let statement)) = effect, case .text(let key)? = statement.parameters.first else {
      return .instant(.seconds(5))
    }
    if key == "down" { return .failed(EffectFailure(.unavailable, detail: "no database")) }
    if key == "missing" { return .rows([Rows(columns: ["value"], values: [])]) }
    let parts = key.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let kind: DatabaseValue = parts.count > 1 ? .text(parts[1]) : .text("-")
    let isStaff: DatabaseValue = .bool(parts.count > 2 && parts[2] == "staff")
    let nickname: DatabaseValue = parts.count > 3 ? .text(parts[3]) : .null
    return .rows([
      Rows(columns: ["value", "kind", "staff", "nickname"], values: [.int(parts[0].count), kind, isStaff, nickname])
    ])
  }

  func keys(_ first: String, _ second: String = "b", _ third: String = "c") -> String {
    "{\"first\":\"\(first)\",\"second\":\"\(second)\",\"third\":\"\(third)\"}"
  }

  func lines(_ answer: FlowRunner.Answer) -> String {
    answer.body ?? answer.failure ?? "\(answer)"
  }

  func report(_ lines: String...) -> String { "{\"lines\":[\(lines.map { "\"\($0)\"" }.joined(separator: ","))]}" }

  @Test("text, an empty answer and a flow without input")
  func outputs() {
    let runner = FlowRunner()
    #expect(
      runner.run(Self.flow(Routes.V1.sayHello))
        == .response(status: 200, contentType: "text/plain; charset=utf-8", body: "Hello!"))
    guard case .response(204, _, "") = runner.run(Self.flow(Routes.V1.forgetThing), query: "text=a") else {
      Issue.record("output none is 204")
      return
    }
    #expect(runner.run(Self.flow(Routes.V1.forgetThing), query: "text=a&exact=true").failure == "item-locked")
    guard case .response(202, _, _) = runner.run(Self.flow(Routes.V2.echoEverything), body: GeneratedCodecTests.json())
    else {
      Issue.record("the status is the declared one")
      return
    }
  }

  @Test("an input in parts is given to its step part by part, and kept while that waits for effects")
  func parts() {
    let flow = Self.flow(Routes.V1.sumNumbers)
    func numbers(_ numbers: Int...) -> String { numbers.map { "{\"number\":\($0)}" }.joined(separator: "\n") }
    #expect(lines(Self.runner.run(flow, body: numbers(1, 2, 4))) == "{\"sum\":7}")
    #expect(lines(Self.runner.run(flow, body: numbers(13, 1, 13))) == "{\"sum\":27}")
    #expect(Self.runner.trace(flow, body: numbers(1, 13, 2)).1 == ["add-numbers", "add-numbers+", "add-numbers+", "add-numbers+", "show-sum"])
    #expect(lines(Self.runner.run(flow, body: "")) == "{\"sum\":0}")
    #expect(lines(Self.runner.run(flow, body: numbers(1, -1))) == "item-locked")
    #expect(lines(Self.runner.run(flow, body: numbers(1) + "\n[]")) == "wrong-type")
  }

  @Test("the join decides which branches have to succeed")
  func joins() {
    let (all, required, any) = (Routes.V1.loadAll, Routes.V1.loadAllRequired, Routes.V1.loadAny)
    let (first, quorum) = (Routes.V1.loadFirstSuccess, Routes.V1.loadQuorum2)
    let table: [(FlowHandle<Keys, Report>, String, String)] = [
      (all, keys("a"), report("a=1", "b=1", "c=1")), (all, keys("a", "missing"), report("a=1", "-", "c=1")),
      (required, keys("a"), report("a=1", "b=1", "c=1")), (required, keys("a", "missing"), "item-missing"),
      (any, keys("a"), report("a=1", "-", "-")), (any, keys("missing"), report("-", "-", "-")),
      (first, keys("a"), report("a=1", "-", "-")), (first, keys("missing", "bb"), report("-", "bb=2", "-")),
      (first, keys("missing", "missing", "missing"), "item-missing"),
      (quorum, keys("a", "missing"), report("a=1", "-", "c=1")), (quorum, keys("a", "missing", "missing"), "item-missing"),
    ]
    for (handle, body, expected) in table {
      #expect(lines(Self.runner.run(Self.flow(handle), body: body)) == expected, "\(handle.slug) \(body)")
    }
  }

  @Test("groups nest, and a branch may be a sequence")
  func nesting() {
    let (answer, steps) = Self.runner.trace(Self.flow(Routes.V1.nestGroups), body: keys("aaa"))
    #expect(lines(answer) == report("aaa=3", "aaa=3", "c=1", "Hello!"))
    #expect(steps.first == "load-item")
    #expect(steps.last == "report-items")
    #expect(steps.filter { $0 == "load-item+" }.count == 3)
    #expect(steps.contains("greet"))
    #expect(lines(Self.runner.run(Self.flow(Routes.V1.nestGroups), body: keys("a", "b", "missing"))) == "item-missing")
  }

  @Test(
    "when and otherwise choose by flags, cases and what exists",
    arguments: [
      // Nobody owns it: neither staff, nor of any kind, nor named.
      ("xx", ["guest", "-"]), ("xx:standard:guest", ["guest", "-"]), ("xx:standard:guest:ann", ["ann", "-"]),
      ("xx:default:guest", ["sorry, xx:default:guest"]), ("xx:standard:staff", ["staff", "-"]),
      // Only here the cooperative step runs: from 2, by yielding, to 5.
      ("xx:none:staff", ["staff", "5"]),
    ])
  func conditions(key: String, expected: [String]) {
    let answer = Self.runner.run(Self.flow(Routes.V1.choosePath), body: keys(key))
    #expect(lines(answer) == "{\"lines\":[\(expected.map { "\"\($0)\"" }.joined(separator: ","))]}")
  }

  @Test("a fragment runs for every use that chooses it")
  func fragments() {
    let flow = Self.flow(Routes.V1.useFragments)
    func run(_ first: String, _ second: String) -> (String, [String]) {
      let (answer, steps) = Self.runner.trace(flow, body: keys(first, second, "third"))
      return (lines(answer), steps.filter { !$0.hasSuffix("+") })
    }
    #expect(run("a", "b").0 == report("a=1", "b=1", "a=1", "counted to 4"))
    #expect(run("audit", "b").0 == report("audit=5", "b=1", "audit=5", "counted to 4"))
    #expect(
      run("audit", "audit").1 == [
        "load-item", "note-item", "write-audit", "count-up", "note-count", "load-item", "note-item", "write-audit", "count-up",
        "note-count", "count-up", "tell-count", "report-items",
      ])
    #expect(run("give-up", "b") == (report("sorry, give-up"), ["load-item", "note-item", "apologise"]))
    #expect(run("a", "start-over").0 == report("third=5", "third=5", "third=5"))
    #expect(run("undeclared", "b").0 == "internal-error")
  }

  @Test("what an effect fails with ends the flow")
  func effectFailure() {
    let answer = Self.runner.run(Self.flow(Routes.V1.choosePath), body: keys("down"))
    guard case .refused(.effect) = answer else {
      Issue.record("\(answer)")
      return
    }
  }

  @Test("a flow maps every declared error, and its uses know their line")
  func definition() throws {
    let flow = Self.flow(Routes.V1.loadQuorum2)
    #expect(flow.errors.map { "\($0.code) \($0.status)" }.sorted() == ["item-locked 423", "item-missing 404"])
    #expect(flow.plan.uses.map(\.line) == [6, 7, 8, 10])
    #expect(flow.plan.uses[1].timeout == .milliseconds(100))
    #expect(flow.plan.uses[0].needs == [.database])
    #expect(Self.flow(Routes.V1.useFragments).plan.uses.contains { $0.isCooperative })
  }

  @Test("the catalog says what the files say")
  func catalog() throws {
    let catalog = Routes.catalog.catalog
    #expect(catalog.count == Routes.catalog.flows.count)
    #expect(catalog.count >= 13)
    let entry = catalog.entry(at: Routes.index(of: Routes.V1.echoEverything.path))
    #expect(entry.owner == "language")
    #expect(entry.summary == "Answers what it is asked.")
    #expect(entry.deadlineNanoseconds == 800_000_000)
    #expect(entry.deprecation?.successor?.path == "/flow/v2/echo-everything")
    #expect(entry.aliases.map(\.slug.text) == ["echo-all", "echo-each"])
    #expect(Routes.V1.echoEverything.method.description == "POST")
    let alias = Array("/flow/v1/echo-each".utf8).withUnsafeBytes { catalog.lookup($0) }
    #expect(alias == .alias(of: Routes.index(of: Routes.V1.echoEverything.path), mode: .serve))
  }
}
