/// A REST path that a flow answers besides its own: `bind GET /orders/{order-id}`.
public struct RouteBinding: Hashable, Sendable {
  /// One part of a path between two slashes.
  public enum Segment: Hashable, Sendable {
    /// As it stands in the path, percent-decoded.
    case literal(String)
    /// Any text; the field of the flow's input that it becomes.
    case field(String)
  }

  public var method: FlowMethod
  public var segments: [Segment]

  public init(method: FlowMethod, segments: [Segment]) {
    self.method = method
    self.segments = segments
  }

  /// As the `.flow` file writes it: `/orders/{order-id}`.
  public var template: String {
    segments.map { segment in
      switch segment {
      case .literal(let text): "/\(text)"
      case .field(let name): "/{\(name)}"
      }
    }.joined()
  }
}
