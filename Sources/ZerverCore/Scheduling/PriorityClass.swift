/// How urgent a flow is. A profile names the class.
@frozen
public enum PriorityClass: UInt8, CaseIterable, Sendable {
  case interactive, `default`, batch

  public var name: String {
    switch self {
    case .interactive: "interactive"
    case .default: "default"
    case .batch: "batch"
    }
  }
}
