@_spi(Server) import ZerverCore

/// What one strand of a request waits for, and what its step will be resumed with.
struct ParkedStep {
  private var round = 0
  private(set) var need: Need?
  private var outcomes: [EffectOutcome?] = []
  private var progress: Progress?

  /// The step needs effects.
  /// - Parameter isFirst: the step has not been resumed before.
  mutating func wait(for need: Need, isFirst: Bool) {
    round = isFirst ? 1 : round + 1
    self.need = need
    outcomes = Array(repeating: nil, count: need.effects.count)
    if isFirst { progress = nil }
  }

  /// The step has yielded, or given or taken a part.
  mutating func yield(_ progress: Progress, isFirst: Bool) {
    round = isFirst ? 1 : round + 1
    need = nil
    outcomes = []
    self.progress = progress
  }

  /// Files an outcome. Returns the kind of its effect.
  mutating func received(_ outcome: EffectOutcome, effect: Int) -> EffectKind {
    guard let need else { preconditionFailure("only a parked step receives") }
    outcomes[effect] = outcome
    return need.effects[effect].kind
  }

  func outcome(_ effect: Int) -> EffectOutcome? { outcomes.indices.contains(effect) ? outcomes[effect] : nil }

  func resume() -> Resumption { Resumption(round: round, outcomes: outcomes, progress: progress) }

  mutating func clear() { self = ParkedStep() }
}
