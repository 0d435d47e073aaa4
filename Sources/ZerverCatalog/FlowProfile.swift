/// The policy that a flow runs under. Three profiles are built in; a `.flow` file declares others.
public struct FlowProfile: Hashable, Sendable {
  /// Which run queue a request waits in. The raw value is the word of the language.
  public enum PriorityClass: String, CaseIterable, Sendable {
    /// A person waits for the answer.
    case interactive
    /// A program waits for the answer.
    case `default`
    /// Nobody waits: it runs when there is room, and always in the end.
    case batch
  }

  public var name: String
  public var priorityClass: PriorityClass
  /// From the first byte of a request to its answer, in nanoseconds; `nil` leaves it to the server's configuration.
  public var deadlineNanoseconds: Int?
  /// Requests of all flows of the profile that one worker may have in flight; `nil` for no limit of its own.
  public var inFlightMax: Int?

  public init(
    name: String, priorityClass: PriorityClass, deadlineNanoseconds: Int? = nil, inFlightMax: Int? = nil
  ) {
    self.name = name
    self.priorityClass = priorityClass
    self.deadlineNanoseconds = deadlineNanoseconds
    self.inFlightMax = inFlightMax
  }
}

extension FlowProfile {
  public static let interactive = FlowProfile(.interactive)
  public static let `default` = FlowProfile(.default)
  public static let batch = FlowProfile(.batch)
  /// The profiles that need no declaration.
  public static let builtIn = [interactive, `default`, batch]

  private init(_ priorityClass: PriorityClass) { self.init(name: priorityClass.rawValue, priorityClass: priorityClass) }
}
