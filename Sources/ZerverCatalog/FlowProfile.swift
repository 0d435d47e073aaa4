/// The policy that a flow runs under, by name. It decides the priority class.
public enum FlowProfile: String, CaseIterable, Sendable {
  /// A person waits for the answer.
  case interactive
  /// A program waits for the answer.
  case `default`
  /// Nobody waits: it runs when there is room, and always in the end.
  case batch
}
