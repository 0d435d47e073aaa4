import ZerverCore

/// Why an example does not hold. It prints as a test report shows it, with the place in the `.flow` file first.
public struct ExampleFailure: Error, Equatable, CustomStringConvertible {
  /// The `.flow` file and the line of the example.
  public let file: String
  public let line: Int
  /// What was expected, and what came.
  public let explanation: String

  public var description: String { "\(file):\(line): error: \(explanation)" }

  init(_ example: FlowExample, _ explanation: String, _ steps: [String]) {
    file = example.file
    line = example.line
    let ran = steps.isEmpty ? "No step has run." : "Steps: \(steps.joined(separator: ", "))"
    self.explanation = "example \"\(example.name)\" of \(example.flow)\n\n\(explanation)\n\n\(ran)"
  }
}
