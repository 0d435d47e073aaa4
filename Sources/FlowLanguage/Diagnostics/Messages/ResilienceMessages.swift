import ZerverCatalog

// How a plan behaves when things go wrong.

extension Diagnostic {
  typealias OutlineStep = PlanOutline<SourceSpan>.Step

  static func missingTimeout(_ step: OutlineStep) -> Diagnostic {
    Diagnostic(
      .missingTimeout, at: step.place, "effect without a timeout",
      """
      Step `\(step.name)` needs \(DiagnosticText.words(step.needs)) and may wait for it until the deadline of the whole request \
      has passed.
      """,
      hint: "say how long it may take, for example `timeout 500ms`.")
  }

  static func missingUndo(_ step: OutlineStep, failing: OutlineStep) -> Diagnostic {
    Diagnostic(
      .missingUndo, at: step.place, "change that nobody takes back",
      """
      When step `\(step.name)` has succeeded, something behind it can still fail: the client is told that the request has \
      failed, and the change stays.
      """,
      related: [Related(label: "`\(failing.name)` can fail", span: failing.place)],
      hint: """
        add `undo other-step(…)`, move the step to the end of the plan, or declare it `idempotent` so that the client can try \
        again.
        """)
  }

  static func criticalPath(_ span: SourceSpan, _ path: CriticalPath, deadline: String, of what: String) -> Diagnostic {
    Diagnostic(
      .criticalPath, at: span, "plan that does not fit into its deadline",
      """
      If every attempt on the longest way takes its whole timeout, the plan takes \(CriticalPath.text(path.nanoseconds)), and \
      \(what) is \(deadline), so the last of them can never run to their end:

      \(path.lines.map { "    " + $0 }.joined(separator: "\n"))
      """,
      hint: "shorten timeouts or backoff, try less often, run steps in parallel, or give the flow more time.")
  }

  static func longLoop(_ span: SourceSpan, _ path: CriticalPath, deadline: String, of what: String) -> Diagnostic {
    Diagnostic(
      .longLoop, at: span, "loop that does not fit into the deadline",
      """
      Rounds run one after the other. With as many as `max` allows, and every attempt as long as its timeout, the plan takes \
      \(CriticalPath.text(path.nanoseconds)), and \(what) is \(deadline), so a request with a long list can run out of time:

      \(path.lines.map { "    " + $0 }.joined(separator: "\n"))
      """,
      hint: "lower `max`, shorten timeouts or backoff, ask for all elements in one step, or give the flow more time.")
  }
}
