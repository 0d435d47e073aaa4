// How a plan behaves when things go wrong.

extension Diagnostic {
  static func missingTimeout(_ span: SourceSpan, step: ResolvedStep) -> Diagnostic {
    Diagnostic(
      .missingTimeout, at: span, "effect without a timeout",
      """
      Step `\(step.name)` needs \(DiagnosticText.words(step.needs)) and may wait for it until the deadline of the whole request \
      has passed.
      """,
      hint: "say how long it may take, for example `timeout 500ms`.")
  }

  static func missingUndo(_ span: SourceSpan, step: ResolvedStep, failing: (name: String, span: SourceSpan)) -> Diagnostic {
    Diagnostic(
      .missingUndo, at: span, "change that nobody takes back",
      """
      When step `\(step.name)` has succeeded, something behind it can still fail: the client is told that the request has \
      failed, and the change stays.
      """,
      related: [Related(label: "`\(failing.name)` can fail", span: failing.span)],
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
}
