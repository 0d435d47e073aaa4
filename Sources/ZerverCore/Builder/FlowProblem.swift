/// A mistake in a flow that is written in Swift, or a warning about it, found when the flow is built: what the compiler
/// cannot see.
///
/// It says the same as the diagnostics of `.flow` files, under the same codes, with the place in the Swift source.
public struct FlowProblem: Error, Hashable, Sendable {
  public enum Severity: String, Sendable {
    /// A server does not start with such a flow.
    case error
    /// The flow works. A server logs it when it starts.
    case warning
  }

  /// Stable: `route-gen explain unmapped-error` says more about it.
  public let code: String
  public let place: FlowPlace
  public let title: String
  /// In the first person: what was seen, and why it does not work.
  public let explanation: String
  public let related: [Related]
  public let hint: String?

  /// That of the same code in `.flow` files.
  public var severity: Severity { Self.warnings.contains(code) ? .warning : .error }

  /// Codes of warnings.
  static let warnings: Set<String> = [
    "long-loop", "missing-timeout", "missing-undo", "needless-otherwise", "past-sunset", "short-sunset", "slug-quality",
    "suppression-unused", "unsafe-get", "unused-fragment",
  ]

  /// Two flows want one path.
  @_spi(Server) public var isCollision: Bool {
    ["duplicate-flow", "alias-collision", "bind-collision", "tombstoned-slug", "reserved-slug"].contains(code)
  }

  /// Another place that belongs to the mistake.
  public struct Related: Hashable, Sendable {
    public let label: String
    public let place: FlowPlace

    init(_ label: String, _ place: FlowPlace) {
      self.label = label
      self.place = place
    }
  }

  init(
    _ code: String, at place: FlowPlace, _ title: String, _ explanation: String, related: [Related] = [],
    hint: String? = nil
  ) {
    self.code = code
    self.place = place
    self.title = title
    self.explanation = explanation
    self.related = related
    self.hint = hint
  }
}

extension FlowProblem: CustomStringConvertible {
  /// The form of the language's own diagnostics, which editors and SwiftPM know.
  public var description: String {
    var text = "\(place): \(severity.rawValue): \(title) [\(code)]\n\n\(explanation)\n"
    for other in related { text += "\n    \(other.label): \(other.place)\n" }
    if let hint { text += "\nHint: \(hint)\n" }
    return text
  }
}

extension [FlowProblem] {
  var haveErrors: Bool { contains { $0.severity == .error } }
}

/// All mistakes of a set of flows, thrown together.
public struct FlowProblems: Error, Equatable, Sendable, CustomStringConvertible {
  /// In the order of their places.
  public let problems: [FlowProblem]

  @_spi(Server) public init(_ problems: [FlowProblem]) {
    var seen: Set<FlowProblem> = []
    self.problems = problems.filter { seen.insert($0).inserted }
      .sorted { ($0.place.file, $0.place.line) < ($1.place.file, $1.place.line) }
  }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
