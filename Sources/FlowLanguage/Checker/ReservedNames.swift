/// Names that would break what is generated from them, or that already mean something.
enum ReservedNames {
  /// Generated code names them without their module, or Swift keeps them for itself.
  static let types: Set<String> = [
    "Any", "Equatable", "Error", "Hashable", "JSONDecodable", "JSONEncodable", "Protocol", "QueryDecodable", "Self",
    "Sendable", "Swift", "Type", "ZerverCore",
  ]

  /// Swift gives them a meaning that even backticks do not take away in every place.
  static let members: Set<String> = ["self", "init"]

  /// Words that begin a statement or a condition.
  static let statementWords: Set<String> = [
    "branch", "caller", "choose", "done", "exists", "for", "input", "is", "not", "otherwise", "parallel", "precondition",
    "when",
  ]

  /// Codes of the problems that the framework answers with.
  static let errors: Set<String> = [
    "constraint-violated", "deadline-exceeded", "dependency-timed-out", "dependency-unavailable", "internal-error",
    "malformed-json", "malformed-query", "missing-field", "outcome-unknown", "precondition-failed", "server-stopped", "step-timed-out", "too-many-elements",
    "unknown-field", "unsupported-media-type", "wrong-type",
  ]

  /// Members that every problem document has (RFC 9457 §3.1).
  static let problemMembers: Set<String> = ["detail", "instance", "status", "title", "type"]
}
