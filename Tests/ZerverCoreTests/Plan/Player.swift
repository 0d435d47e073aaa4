import Testing

@_spi(Server) @testable import ZerverCore

/// Plays scripted events against a machine and writes down what it asks for.
final class Player {
  var machine = RequestMachine()
  let plan: MachinePlan
  var now = Instant(nanoseconds: 0)

  init(
    _ assembly: String, limits: RequestMachine.Limits = .init(), deadline: UInt64 = 1_000_000, isHeld: Bool = false
  ) {
    plan = MachinePlan(Plan(assembly: assembly))
    machine.started(deadline: Instant(nanoseconds: deadline), limits: limits)
    let first = machine.next(in: plan)
    #expect(first == .decode)
    machine.decoded(.continued, isHeld: isHeld)
  }

  var isIdle: Bool { machine.isIdle }
  var outlivesClient: Bool { machine.outlivesClient }
  var leavesChanges: Bool { machine.leavesChanges }
  var wakeAt: Instant { machine.wakeAt }
  var mayForgetTokens: Bool { machine.mayForgetTokens }

  func next() -> RequestMachine.Action { machine.next(in: plan) }

  func decide(_ outcome: StepOutcome, strand: Int = 0, isTransient: Bool = false) {
    machine.stepDecided(outcome, strand: strand, isTransient: isTransient, at: now, in: plan)
  }

  func draw(_ random: UInt64 = .max, strand: Int = 0) { machine.drawn(random, strand: strand, at: now, in: plan) }

  func pass(_ nanoseconds: UInt64) {
    now = Instant(nanoseconds: nanoseconds)
    machine.timePassed(now, in: plan)
  }

  func need(_ effects: Int, strand: Int = 0, inOrder: Bool = false, join: Join = .allRequired) {
    machine.stepDecided(
      .needs, strand: strand, need: NeedShape(effects: effects, inOrder: inOrder, join: join), at: now, in: plan)
  }

  func submitted() -> [Int] {
    var tokens: [Int] = []
    while case .submit(_, _, let token, _) = peekSubmit() { tokens.append(token) }
    return tokens
  }

  private var held: RequestMachine.Action?
  private func peekSubmit() -> RequestMachine.Action? {
    let action = machine.next(in: plan)
    if case .submit = action { return action }
    held = action
    return nil
  }
  /// The action that ended `submitted()`.
  func afterSubmits() -> RequestMachine.Action? {
    defer { held = nil }
    return held
  }

  /// Returns whether somebody waited for the token.
  @discardableResult
  func complete(_ token: Int, succeeded: Bool = true, isTransient: Bool = false, hasChanged: Bool = false) -> Bool {
    guard let to = machine.recipient(ofToken: token) else { return false }
    machine.effectCompleted(
      strand: to.strand, effect: to.effect, succeeded: succeeded, isTransient: isTransient, hasChanged: hasChanged,
      in: plan)
    return true
  }
}
