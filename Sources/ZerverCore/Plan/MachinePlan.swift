/// A plan in the form that the machine walks. It cannot be copied, so lending it to the machine counts no references,
/// which for every step of every request would cost more than the step. It is one word, because what is larger is copied for
/// each call that it is lent to.
@_spi(Server) public struct MachinePlan: ~Copyable, @unchecked Sendable {
  // Not private: release builds optimise across modules, and a private type of a public one is then missing when linking.
  struct Parts: Sendable {
    let uses: [Plan.Use]
    let instructions: [Plan.Instruction]
    let forks: [Plan.Fork]
    let choices: [Plan.Choice]
    let retries: [RetryPolicy?]
  }
  /// Written once, here.
  private let parts: UnsafeMutablePointer<Parts>

  public init(_ plan: Plan) {
    parts = .allocate(capacity: 1)
    parts.initialize(
      to: Parts(
        uses: plan.uses, instructions: plan.instructions, forks: plan.forks, choices: plan.choices,
        retries: plan.uses.map(\.retry)))
  }

  deinit {
    parts.deinitialize(count: 1)
    parts.deallocate()
  }

  public var uses: [Plan.Use] { parts.pointee.uses }
  var instructions: [Plan.Instruction] { parts.pointee.instructions }
  var forks: [Plan.Fork] { parts.pointee.forks }
  var choices: [Plan.Choice] { parts.pointee.choices }
  /// By use.
  var retries: [RetryPolicy?] { parts.pointee.retries }

  /// What the longest compensation can take: all of its attempts, and the longest waits between them.
  /// - Parameter attempt: what one attempt can take.
  public func longestUndo(attempt: Duration) -> Duration {
    choices.map { $0.undo < 0 ? .zero : longest(of: $0.undo, attempt) }.max() ?? .zero
  }

  private func longest(of section: Int, _ attempt: Duration) -> Duration {
    var longest = Duration.zero
    for instruction in instructions[section...] {
      guard case .run(let use, _) = instruction else { break }
      guard !uses[use].isBuiltIn else { continue }
      longest += attempt
      guard let retry = retries[use] else { continue }
      for number in 0..<retry.attempts {
        longest += attempt + .nanoseconds(Int64(clamping: retry.backoff.delay(beforeAttempt: number, random: .max)))
      }
    }
    return longest
  }
}
