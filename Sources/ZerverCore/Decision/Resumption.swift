/// What a parked step gets when it is resumed: the outcomes of everything that it asked for, or its own progress.
public struct Resumption: Equatable, Sendable {
  /// How often the step has been resumed, counting from 1.
  public let round: Int
  /// The outcomes of this round's ``Need``, in the order of its effects; `nil` for one that had not completed when the
  /// join was met.
  public let outcomes: [EffectOutcome?]
  private let yielded: Progress?

  public init(round: Int = 1, outcomes: [EffectOutcome?], progress: Progress? = nil) {
    self.round = round
    self.outcomes = outcomes
    self.yielded = progress
  }

  /// For tests: every effect has completed.
  public init(_ outcomes: EffectOutcome...) { self.init(outcomes: outcomes) }

  /// The rows of the first statement of effect `index`. Throws the effect's own failure.
  public func rows(_ index: Int = 0, statement: Int = 0) throws(FlowFailure) -> Rows {
    guard case .rows(let sets) = try outcome(index), sets.indices.contains(statement) else {
      throw .internalError("effect \(index) has no rows of a statement \(statement)")
    }
    return sets[statement]
  }

  public func instant(_ index: Int = 0) throws(FlowFailure) -> Duration {
    guard case .instant(let instant) = try outcome(index) else { throw .internalError("effect \(index) is no instant") }
    return instant
  }

  public func text(_ index: Int = 0) throws(FlowFailure) -> String {
    guard case .text(let text) = try outcome(index) else { throw .internalError("effect \(index) is no text") }
    return text
  }

  public func bytes(_ index: Int = 0) throws(FlowFailure) -> [UInt8] {
    guard case .bytes(let bytes) = try outcome(index) else { throw .internalError("effect \(index) is no bytes") }
    return bytes
  }

  /// Why effect `index` failed, or `nil` when it succeeded or has not completed.
  public func failure(_ index: Int = 0) -> EffectFailure? {
    guard outcomes.indices.contains(index), case .failed(let failure)? = outcomes[index] else { return nil }
    return failure
  }

  /// The state that the step stored last, with ``Decision/yield(_:)``, ``Decision/emit(_:_:)`` or ``Decision/take(_:)``. It is
  /// still there when the step has asked for effects since.
  public func progress<State: Equatable & Sendable>(_ type: State.Type = State.self) throws(FlowFailure) -> State {
    guard let state = yielded?.state(as: type) else { throw .internalError("the step yielded no \(State.self)") }
    return state
  }

  /// The same, and `initial` as long as the step has stored none: a step that takes parts may ask for effects for its first one.
  public func progress<State: Equatable & Sendable>(or initial: State) throws(FlowFailure) -> State {
    yielded == nil ? initial : try progress(State.self)
  }

  private func outcome(_ index: Int) throws(FlowFailure) -> EffectOutcome {
    guard outcomes.indices.contains(index), let outcome = outcomes[index] else {
      throw .internalError("effect \(index) has no outcome")
    }
    if case .failed(let failure) = outcome { throw FlowFailure(failure) }
    return outcome
  }
}

extension FlowFailure {
  /// The problem that an effect's failure becomes when the step does not handle it.
  public init(_ failure: EffectFailure) {
    switch failure.reason {
    case .unavailable:
      self.init(
        code: "dependency-unavailable", status: 503, detail: "A resource that this request needs is not available.",
        logDetail: failure.detail, isTransient: true)
    case .timedOut:
      self.init(
        code: "dependency-timed-out", status: 504, detail: "A resource that this request needs did not answer in time.",
        logDetail: failure.detail, isTransient: true)
    case .outcomeUnknown:
      self.init(
        code: "outcome-unknown", status: 503,
        detail: "The connection to a resource was lost; the change may or may not have been made.", logDetail: failure.detail,
        isTransient: true)
    case .constraintViolated, .conditionNotMet, .refused, .unsupported:
      self = .internalError(failure.detail)
    }
  }
}
