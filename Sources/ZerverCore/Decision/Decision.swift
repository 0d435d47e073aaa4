/// What a step answers: its output, a need for effects, or a change of the plan.
///
/// A step is a function from values to a decision. It performs no I/O and reads no clock, so a test compares decisions
/// with `==`.
@frozen
public enum Decision<Output> {
  /// The step's output. It is written to the slot that the step owns, and the plan goes on.
  case `continue`(Output)
  /// The step's output, and a declared fragment that runs before the plan goes on.
  case insert(Fragment, Output)
  /// A declared fragment that runs instead of the rest of the plan.
  case replace(Fragment)
  /// Effects to carry out. The request parks; the step is then resumed with the results.
  case need(Need)
  /// Ends the request with this response.
  case done(Response)
  /// Ends the request with an error, which the flow's error mapping turns into a problem response.
  case fail(FlowFailure)
  /// Gives the thread back after a slice of CPU work. The step is resumed with this progress.
  case yield(Progress)
  /// A part of an output that is given in parts: the elements go to the client, and the step is resumed with this progress
  /// as soon as the client has taken enough of what was sent before. ``continue(_:)`` gives the last part. Only for a step
  /// whose line says `-> stream T`.
  case emit(Output, Progress)
  /// The part of the input that the step was given is used up: the step is resumed with this progress and the next part as
  /// soon as that has arrived. ``need(_:)`` keeps the part for the resumption. Only for a step with a parameter
  /// `name: stream T`, and only while ``StreamPart/isLast`` is not set.
  case take(Progress)
}

extension Decision: Sendable where Output: Sendable {}
extension Decision: Equatable where Output: Equatable {}

/// The name of a fragment that a flow declares: `fragment manual-review { … }`.
@frozen
public struct Fragment: Equatable, Sendable {
  public let name: String
  public init(_ name: String) { self.name = name }
}

/// Where a step stopped that is cooperative, or gives or takes parts: any value that it needs in order to go on.
public struct Progress: Equatable, Sendable {
  private let value: any Equatable & Sendable

  public init<State: Equatable & Sendable>(_ state: State) { value = state }

  /// The stored state, or `nil` when it is of another type.
  public func state<State: Equatable & Sendable>(as type: State.Type = State.self) -> State? { value as? State }

  public static func == (a: Progress, b: Progress) -> Bool {
    func equals<T: Equatable>(_ value: T) -> Bool { value == (b.value as? T) }
    return equals(a.value)
  }
}

/// The output of a step that writes nothing.
@frozen
public struct NoOutput: Equatable, Sendable {
  @inlinable public init() {}
}
