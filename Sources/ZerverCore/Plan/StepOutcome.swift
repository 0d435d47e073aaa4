/// What one run of a step means for the plan. Trivial: what it carries waits in the ``RequestContext``.
@frozen
public enum StepOutcome: Equatable, Sendable {
  /// The step's slot is written.
  case continued
  /// The slot is written, and the use's fragment of this index runs before the plan goes on.
  case inserted(UInt8)
  /// The use's fragment of this index runs instead of the rest.
  case replaced(UInt8)
  /// `RequestContext.need` holds effects.
  case needs
  /// The response is ready.
  case done
  /// `RequestContext.failure` says why.
  case failed
  /// `RequestContext.progress` holds the state. Run the step again when it is its turn.
  case yielded
  /// `RequestContext.output` holds a part of the answer, and `RequestContext.progress` the state. Run the step again when the
  /// client has room for more.
  case emitted
  /// `RequestContext.progress` holds the state. Run the step again with the next part of the input.
  case taken

  /// The step has come to its end, and the plan goes on behind it.
  @inlinable
  public var hasSucceeded: Bool {
    switch self {
    case .continued, .inserted: true
    case .replaced, .needs, .done, .failed, .yielded, .emitted, .taken: false
    }
  }
}
