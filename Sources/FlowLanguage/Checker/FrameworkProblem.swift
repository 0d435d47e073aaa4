/// Problems that the framework itself answers with, as far as an example can bring them about.
enum FrameworkProblem {
  /// What is wrong with a request's input. An example that expects one of these has an input that does not fit.
  static let ofInput: [String: Int] = [
    "constraint-violated": 422, "malformed-json": 400, "malformed-query": 400, "missing-field": 422, "unknown-field": 422,
    "wrong-type": 422,
  ]

  /// What becomes of a step whose effects fail.
  static let ofEffects: [String: Int] = ["dependency-timed-out": 504, "dependency-unavailable": 503, "outcome-unknown": 503]

  /// What a problem of the input says besides what every problem says.
  static let inputMembers: Set<String> = ["field"]
}
