import Testing

@testable import ZerverCatalog

@Suite("Outlines of plans")
struct PlanOutlineTests {
  private typealias Outline = PlanOutline<Int>

  private static func use(_ name: String, milliseconds: Int, attempts: Int = 0) -> Outline.Use {
    var use = Outline.Use(
      Outline.Step(name, at: 1, needs: ["db"], declaresErrors: false, isSafe: true, isRepeatable: true))
    use.timeoutNanoseconds = milliseconds * 1_000_000
    if attempts > 0 { use.retry = .init(attempts: attempts, backoffNanoseconds: 1_000_000, backoffMaxNanoseconds: 4_000_000) }
    return use
  }

  @Test("a loop counts all its rounds, and the rounds of loops around it")
  func rounds() {
    let inner = Outline.loop(roundsMax: 3, body: [.use(Self.use("note", milliseconds: 10))])
    let plan = [Outline.loop(roundsMax: 5, body: [.use(Self.use("load", milliseconds: 100)), inner]), .use(Self.use("show", milliseconds: 1))]
    #expect(CriticalPath(plan).nanoseconds == 651_000_000)
    #expect(CriticalPath(plan).parts.map(\.rounds) == [5, 15, 1])
    #expect(CriticalPath(plan, counting: .one).nanoseconds == 111_000_000)
    #expect(CriticalPath.overrun(of: plan, deadline: 651_000_000) == nil)
    #expect(CriticalPath.overrun(of: plan, deadline: 650_000_000)?.overrun == .withManyRounds)
    #expect(CriticalPath.overrun(of: plan, deadline: 110_000_000)?.overrun == .always)
  }

  @Test("of the rounds of a loop, only the last may leave the plan")
  func leaving() {
    var load = Self.use("load", milliseconds: 100)
    load.replaces = [[.use(Self.use("excuse", milliseconds: 500))]]
    let plan = [Outline.loop(roundsMax: 4, body: [.use(load)]), .use(Self.use("show", milliseconds: 50))]
    #expect(CriticalPath(plan).nanoseconds == 900_000_000)
    #expect(CriticalPath(plan).parts.map(\.step) == ["load", "load", "excuse"])
  }

  @Test("waits double up to the longest, whatever number of attempts somebody asks for")
  func backoff() {
    func waits(_ attempts: Int) -> Int { CriticalPath([Outline.use(Self.use("load", milliseconds: 0, attempts: attempts))]).nanoseconds }
    #expect([1, 2, 3, 5].map(waits) == [1, 3, 7, 15].map { $0 * 1_000_000 })
    #expect(waits(.max - 1) == .max)
  }

  @Test("a plan is judged however deep it is")
  func depth() {
    var plan: [Outline] = [.use(Self.use("load", milliseconds: 1))]
    for _ in 0..<60 { plan = [.loop(roundsMax: 2, body: [.choice([plan, []])])] }
    #expect(PlanReview(plan, isAsked: true).findings.isEmpty)
    #expect(CriticalPath(plan).nanoseconds == .max)
  }
}
