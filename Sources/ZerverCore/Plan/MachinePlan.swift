/// A plan in the form that the machine walks. It cannot be copied, so lending it to the machine counts no references,
/// which for every step of every request would cost more than the step.
package struct MachinePlan: ~Copyable, Sendable {
  package let uses: [Plan.Use]
  let instructions: [Plan.Instruction]
  let forks: [Plan.Fork]
  let choices: [Plan.Choice]
  /// By use.
  let retries: [RetryPolicy?]

  /// Uses that a step takes back when the request fails.
  package var undoCount: Int { choices.count { $0.undo >= 0 } }

  package init(_ plan: Plan) {
    uses = plan.uses
    instructions = plan.instructions
    forks = plan.forks
    choices = plan.choices
    retries = plan.uses.map(\.retry)
  }
}
