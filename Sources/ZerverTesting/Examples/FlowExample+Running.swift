public import ZerverCore

extension FlowExample {
  /// Runs the example: the flow's own plan with its own steps, and the givens in place of the steps that they name. There is
  /// no server, no clock and no effect.
  ///
  /// Throws when the answer is another one, or when a step without a given asks for an effect.
  public func run() throws(ExampleFailure) {
    var runner = ExampleRunner(self)
    let answer = try runner.run()
    let found = Self.head(answer.status, answer.error)
    let isExpected = answer.status == expectation.status && (expectation.error == nil || expectation.error == answer.error)
    guard isExpected else {
      let expected = Self.head(expectation.status, expectation.error)
      throw ExampleFailure(self, "I expect \(expected), and the flow answers \(found).\n\n\(Self.text(of: answer))", runner.steps)
    }
    guard let body = expectation.body else { return }
    let differences = try compare(body, answer, runner.steps)
    guard !differences.isEmpty else { return }
    throw ExampleFailure(
      self,
      """
      The flow answers \(found), as expected, and its body differs:

      \(differences.map(\.text).joined(separator: "\n"))

      \(Self.text(of: answer))
      """, runner.steps)
  }

  private func compare(
    _ expected: String, _ answer: ExampleRunner.Answer, _ steps: [String]
  ) throws(ExampleFailure) -> [JSONDifference] {
    do throws(InputError) {
      let found = answer.isJSON ? try JSONDocument(answer.body) : .string(answer.body)
      return JSONDifference.between(expected: try JSONDocument(expected), found: found)
    } catch {
      throw ExampleFailure(self, "The body is no JSON: \(error.detail).\n\n\(Self.text(of: answer))", steps)
    }
  }

  private static func head(_ status: UInt16, _ error: String?) -> String {
    error.map { "\(status) \($0)" } ?? String(status)
  }

  private static func text(of answer: ExampleRunner.Answer) -> String {
    let detail = answer.logDetail.isEmpty ? "" : "\nFor the log: \(answer.logDetail)"
    return (answer.body.isEmpty ? "The body is empty." : "The whole body: \(answer.body)") + detail
  }
}
