/// Problems that the framework itself answers with, as far as an example can bring them about.
enum FrameworkProblem {
  /// What is wrong with a request's input. An example that expects one of these has an input that does not fit.
  static let ofInput: [String: Int] = [
    "constraint-violated": 422, "malformed-json": 400, "malformed-query": 400, "missing-field": 422, "unknown-field": 422,
    "wrong-type": 422,
  ]

  /// What becomes of a step whose effects fail.
  static let ofEffects: [String: Int] = ["dependency-timed-out": 504, "dependency-unavailable": 503, "outcome-unknown": 503]

  /// What a step fails with that takes a `Precondition`.
  static let ofPreconditions: [String: Int] = ["precondition-failed": 412]

  /// What a plan ends with that a request or a step has no right to: a list that is too long for its loop, and a mistake
  /// of the server.
  static let ofPlans: [String: Int] = ["internal-error": 500, "too-many-elements": 422]

  static func status(of code: String) -> Int? { ofInput[code] ?? ofEffects[code] ?? ofPreconditions[code] ?? ofPlans[code] }
  static var statuses: [Int] { Array(ofInput.values) + ofEffects.values + ofPreconditions.values + ofPlans.values }
}
