import GeneratedFlows
import Synchronization
import Testing
import ZerverCatalog

@_spi(Server) @testable import ZerverCore

/// Answers by statement and key, and writes down what was asked.
///
/// A key is a name and what its attempts come to, one letter each, the last for all that follow: `a:u-s` is not available at
/// first and then succeeds. `s` success, `u` unavailable, `n` no row (refused), `l` a negative value (lost), `x` a bug.
/// What comes behind a second colon is for the statements of compensations and detached steps.
private final class Resource: Sendable {
  private let calls = Mutex<[String]>([])

  var asked: [String] { calls.withLock { $0 } }

  func answer(_ effect: Effect) -> EffectOutcome {
    let statement: Statement
    switch effect {
    case .database(.query(let query)), .database(.execute(let query)): statement = query
    case .time: return .instant(.seconds(1))
    default: return .failed(EffectFailure(.unsupported, detail: "only queries"))
    }
    guard case .text(let key)? = statement.parameters.first else { return .rows([]) }
    let parts = key.split(separator: ":").map(String.init)
    let call = "\(statement.sql) \(parts[0])"
    let before = calls.withLock { calls in
      defer { calls.append(call) }
      return calls.count { $0 == call }
    }
    let part = ["TELL", "RESTORE", "FORGET"].contains(statement.sql.description) ? 2 : 1
    let letters = parts.count > part ? parts[part].split(separator: "-").map(String.init) : ["s"]
    switch letters[min(before, letters.count - 1)] {
    case "u": return .failed(EffectFailure(.unavailable, detail: "away"))
    case "n": return .rows([Rows(columns: ["value"], values: [])])
    case "l": return .rows([Rows(columns: ["value"], values: [.int(-1)])])
    case "x": return .failed(EffectFailure(.refused, detail: "wrong"))
    default: return .rows([Rows(columns: ["value"], values: [.int(parts[0].count)])])
    }
  }
}

@Suite("Generated plans in which things go wrong")
struct GeneratedResilienceTests {
  private struct Run {
    let answer: FlowRunner.Answer
    let asked: [String]
    let notes: [RequestMachine.Note]
    let steps: [String]

    /// The text and count of a note, or the code of a failure.
    var text: String { answer.body ?? answer.failure ?? "\(answer)" }
  }

  /// Runs a flow and its twin in Swift, which does the same.
  private func run(_ flow: (FlowDefinition, twin: FlowDefinition?), _ body: String) -> Run {
    let run = run(flow.0, body)
    if let twin = flow.twin {
      let other = self.run(twin, body)
      #expect(other.answer == run.answer)
      #expect(other.asked == run.asked)
      #expect(other.steps == run.steps)
    }
    return run
  }

  private func run(_ flow: FlowDefinition, _ body: String) -> Run {
    let resource = Resource()
    let runner = FlowRunner { resource.answer($0) }
    let (answer, steps) = runner.trace(flow, body: body)
    return Run(answer: answer, asked: resource.asked, notes: runner.notes.list, steps: steps)
  }

  private func flow<Input, Output>(_ handle: FlowHandle<Input, Output>) -> (FlowDefinition, twin: FlowDefinition?) {
    let path = handle.path.description
    let twin = zip(SwiftTwins.catalog.catalog.entries, SwiftTwins.catalog.flows).first { $0.0.path == path }?.1
    return (Routes.catalog.flows[Routes.index(of: handle.path)], twin)
  }

  @Test("the twins in Swift are in order, and loops and choices are lowered to the program that RouteGen writes")
  func twins() {
    #expect(FlowCatalog.problems(of: [SwiftTwins.catalog]) == [])
    for flow in [flow(Routes.V1.answerMood), flow(Routes.V1.nestLoops)] {
      #expect(flow.twin?.plan.instructions == flow.0.plan.instructions)
      #expect(flow.twin?.plan.forks == flow.0.plan.forks)
      #expect(flow.twin?.plan.uses.map(\.step) == flow.0.plan.uses.map(\.step))
      #expect(flow.twin?.plan.uses.map(\.isBuiltIn) == flow.0.plan.uses.map(\.isBuiltIn))
    }
  }

  private func batch(_ key: String, _ jobs: [String] = [], more: [String]? = nil) -> String {
    func list(_ keys: [String]) -> String { "[" + keys.map { "{\"key\":\"\($0)\"}" }.joined(separator: ",") + "]" }
    return "{\"key\":\"\(key)\",\"jobs\":\(list(jobs))" + (more.map { ",\"more\":\(list($0))" } ?? "") + "}"
  }

  @Test(
    "a step is tried again while the resource is away, and never for an error that it declares",
    arguments: [
      ("a:s", "{\"text\":\"took a:s\",\"count\":1}", 1), ("b:u-s", "{\"text\":\"took b:u-s\",\"count\":1}", 2),
      ("c:u-u-s", "{\"text\":\"took c:u-u-s\",\"count\":1}", 3), ("d:u", nil, 3), ("e:n", "job-refused", 1),
      ("f:u-l", "job-lost", 2), ("g:x", nil, 1),
    ] as [(String, String?, Int)])
  func retries(key: String, expected: String?, attempts: Int) {
    let run = run(flow(Routes.V1.tryAgain), "{\"key\":\"\(key)\"}")
    #expect(run.asked.count == attempts)
    #expect(run.notes == Array(repeating: .retried(use: 0), count: attempts - 1))
    if let expected {
      #expect(run.text == expected)
    } else {
      guard case .refused(.effect) = run.answer else {
        Issue.record("\(run.answer)")
        return
      }
    }
  }

  @Test("a fallback stands in for whatever a step has failed with")
  func fallbacks() {
    let good = run(flow(Routes.V1.fallBack), batch("a", ["x", "y"]))
    #expect(
      good.text == """
        {"text":"took a, took a, guessed x, guessed y, took a, took a, guessed x, guessed y, guessed x, guessed y","count":2}
        """)
    #expect(good.notes.isEmpty)
    for key in ["b:u", "c:n", "d:x"] {
      let bad = run(flow(Routes.V1.fallBack), batch(key))
      // Asking another and telling others fail for `b` and `d` as well; what the answer needs of them fails the request.
      if key == "c:n" {
        #expect(bad.text == "{\"text\":\"-, none, asked for c:n, guessed c:n\",\"count\":0}")
        #expect(bad.steps.filter { $0 == "take-job" }.count == 4)
        #expect(bad.notes.count == 4)
      } else {
        guard case .refused(.effect) = bad.answer else {
          Issue.record("\(key): \(bad.answer)")
          return
        }
      }
    }
  }

  @Test("a request that fails takes back what it has changed, in loops as well, the last first")
  func undoes() {
    let good = run(flow(Routes.V1.takeBack), batch("a", ["x", "y"]))
    #expect(good.text == "{\"text\":\"a, a, x, y\",\"count\":2}")
    #expect(good.asked == ["CHANGE a", "CHANGE x", "CHANGE y", "CHANGE a"])
    let bad = run(flow(Routes.V1.takeBack), batch("bad", ["x", "yy", "zzz"]))
    #expect(bad.text == "job-refused")
    #expect(
      bad.asked == [
        "CHANGE bad", "CHANGE x", "CHANGE yy", "CHANGE zzz", "CHANGE bad",
        "RESTORE bad", "RESTORE zzz", "RESTORE yy", "RESTORE x", "FORGET bad",
      ])
    let early = run(flow(Routes.V1.takeBack), batch("a", ["x", "n:n", "z"]))
    #expect(early.text == "job-refused")
    #expect(early.asked == ["CHANGE a", "CHANGE x", "CHANGE n", "RESTORE x", "FORGET a"])
  }

  @Test("a compensation that fails does not keep the others from running, and an idempotent one is tried again")
  func undoFails() {
    let run = run(flow(Routes.V1.takeBack), batch("bad", ["x", "gone:s:n", "down:s:u", "late:s:u-s"]))
    #expect(run.text == "job-refused")
    #expect(
      run.asked.filter { !$0.hasPrefix("CHANGE") } == [
        "RESTORE bad", "RESTORE late", "RESTORE late", "RESTORE down", "RESTORE down", "RESTORE down", "RESTORE gone",
        "RESTORE x", "FORGET bad",
      ])
    let failed = run.notes.filter { if case .undoFailed = $0 { true } else { false } }
    let undone = run.notes.filter { if case .undone = $0 { true } else { false } }
    #expect(failed.count == 2 && undone.count == 4)
  }

  @Test("more elements than a loop may have are refused before anything has run")
  func tooManyElements() {
    let run = run(flow(Routes.V1.takeBack), batch("a", ["1", "2", "3", "4", "5", "6"]))
    guard case .failure(let failure) = run.answer else {
      Issue.record("\(run.answer)")
      return
    }
    #expect(failure.code == "too-many-elements" && failure.status == 422)
    #expect(failure.detail == "The list input.jobs has 6 elements, and a request may have 5.")
    #expect(run.asked == ["CHANGE a", "FORGET a"])
  }

  @Test("the answer does not wait for a detached step, whose failure changes nothing")
  func detaches() {
    let good = run(flow(Routes.V1.letGo), "{\"key\":\"a\"}")
    #expect(good.text == "{\"text\":\"took a\",\"count\":1}")
    #expect(good.asked == ["TAKE a", "TELL took a"])
    #expect(good.steps == ["take-job", "take-job+", "show-note", "tell-others", "tell-others+"])
    #expect(good.notes == [.detachedEnded(use: 2)])
    let bad = run(flow(Routes.V1.letGo), "{\"key\":\"a:s:u\"}")
    #expect(bad.text == "{\"text\":\"took a:s:u\",\"count\":1}")
    #expect(bad.asked == ["TAKE a", "TELL took a", "TELL took a"])
    guard case .detachedFailed(use: 2, .effect)? = bad.notes.last else {
      Issue.record("\(bad.notes)")
      return
    }
  }

  @Test(
    "one use may answer an error in its own way",
    arguments: [
      ("fine", "{\"text\":\"took fine\",\"count\":4}", nil), ("a:n", "job-refused", 418),
      ("b:l", "{\"text\":\"guessed b:l\",\"count\":0}", nil),
    ] as [(String, String, UInt16?)])
  func handlers(key: String, expected: String, status: UInt16?) {
    let run = run(flow(Routes.V1.answerErrors), "{\"key\":\"\(key)\"}")
    #expect(run.text == expected)
    if case .failure(let failure) = run.answer { #expect(failure.status == status) }
  }

  @Test(
    "exactly one arm of a choice runs",
    arguments: [
      ("calm", "calm, -, guessed k", 1), ("busy", "-, guessed busy, guessed k", 1), ("angry", "angry", 0),
      ("gone", "guessed k", 0),
    ])
  func choices(mood: String, text: String, count: Int) {
    let run = run(flow(Routes.V1.chooseMood), "{\"key\":\"k\",\"mood\":\"\(mood)\"}")
    #expect(run.text == "{\"text\":\"\(text)\",\"count\":\(count)}")
  }

  @Test(
    "a choice may answer in every arm",
    arguments: [("calm", "calm"), ("busy", "guessed busy"), ("angry", "angry"), ("gone", "guessed k")])
  func answers(mood: String, text: String) {
    let run = run(flow(Routes.V1.answerMood), "{\"key\":\"k\",\"mood\":\"\(mood)\"}")
    #expect(run.text.hasPrefix("{\"text\":\"\(text)\""), "\(run.text)")
  }

  @Test(
    "a fragment of the language does the same in a plan in Swift, whatever goes wrong in it",
    arguments: [
      ("a", "calm", ["x", "y"], "took a, -, took x, took y"), ("a", "busy", ["x"], "-, busy, took x"),
      ("a", "angry", ["bad"], "job-refused"), ("a", "gone", [], "-, -"), ("n:n", "calm", ["x"], "job-refused"),
      ("a", "gone", nil, "-, -"), ("a", "calm", ["x", "y:n"], "job-refused"),
      ("b:s:u", "gone", ["1", "2", "3"], "-, -, took 1, took 2, took 3"),
      ("a", "calm", ["1", "2", "3", "4", "5", "6"], "too-many-elements"),
    ] as [(String, String, [String]?, String)])
  func sharedFragment(key: String, mood: String, jobs: [String]?, expected: String) {
    let list = jobs.map { ",\"jobs\":[" + $0.map { "{\"key\":\"\($0)\"}" }.joined(separator: ",") + "]" } ?? ""
    let run = run(flow(Routes.V1.workOffAll), "{\"job\":{\"key\":\"\(key)\",\"mood\":\"\(mood)\"}\(list)}")
    #expect(run.text.hasPrefix(run.answer.body == nil ? expected : "{\"text\":\"\(expected)\""), "\(run.text)")
  }

  @Test("a loop goes through a list in its order, and an empty or a missing one runs nothing")
  func loops() {
    let chosen = run(flow(Routes.V1.chooseMood), "{\"key\":\"a+b+c\",\"mood\":\"calm\"}")
    #expect(chosen.text == "{\"text\":\"calm, -, guessed a, guessed b, guessed c\",\"count\":3}")
    #expect(run(flow(Routes.V1.nestLoops), batch("k")).text == "{\"text\":\"\",\"count\":0}")
    #expect(run(flow(Routes.V1.nestLoops), batch("k", [], more: [])).text == "{\"text\":\"\",\"count\":0}")
    #expect(run(flow(Routes.V1.nestLoops), batch("k", [], more: ["bad"])).text == "job-refused")
  }

  @Test("a loop inside a branch that is given up starts anew in the next round")
  func loopsInBranches() {
    // Of the two branches one wins: what the other has begun is forgotten, its loop included.
    let run = run(flow(Routes.V1.nestLoops), batch("k", ["a+b", "c+d", "e+f"]))
    #expect(run.text.hasSuffix("\"count\":3}"))
    #expect(run.asked.contains("ASK a") && run.asked.contains("ASK c") && run.asked.contains("ASK e"))
  }
}
