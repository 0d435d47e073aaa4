// Messages about fragments that stand outside a flow.

extension Diagnostic {
  static func fragmentWithoutOutput(_ span: SourceSpan, fragment: CheckedStep) -> Diagnostic {
    let type = fragment.output.map { DiagnosticText.one($0) } ?? "a value"
    return Diagnostic(
      .fragmentOutput, at: span, "fragment that gives nothing",
      "Fragment `\(fragment.name)` promises \(type), and its last statement names no value that it could give.",
      related: [Related(label: "It is promised here", span: fragment.syntax.output?.span ?? fragment.syntax.name.span)],
      hint: "let the last statement write the value, for example `result = some-step(…)`, or remove the `->`.")
  }

  static func fragmentOutputType(
    _ name: NameSyntax, type: ResolvedType, fragment: CheckedStep, expected: ResolvedType
  ) -> Diagnostic {
    Diagnostic(
      .fragmentOutput, at: name.span, "fragment that gives another type",
      "Fragment `\(fragment.name)` promises \(DiagnosticText.one(expected)), and `\(name.text)`, which its last statement writes, is \(DiagnosticText.one(type)).",
      related: [Related(label: "It is promised here", span: fragment.syntax.output?.span ?? fragment.syntax.name.span)],
      hint: "change one of the two, or let a further step make the one from the other.")
  }

  static func unusedParameter(_ name: NameSyntax, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedParameter, at: name.span, "parameter that nobody reads",
      "Nothing in fragment `\(fragment.text)` reads `\(name.text)`, and every plan that uses the fragment has to pass it.",
      hint: "use it, or remove it here and in the plans.")
  }

  static func doneInFragment(_ done: SourceSpan, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentDone, at: done, "`done` in a fragment",
      "Fragment `\(fragment.text)` can stand in any plan, and flows answer with different types, so it cannot answer for them.",
      hint: "let the fragment give a value with `->`, and answer in the plan.")
  }

  static func doneWithFragment(_ done: SourceSpan, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentDone, at: done, "`done` with a fragment",
      "`done` names the step that answers, and `\(fragment.text)` is a fragment: a part of a plan.",
      related: [Related(label: "The fragment is declared here", span: fragment.span)],
      hint: "use the fragment in a line of its own, `result = \(fragment.text)(…)`, and answer with a step that reads the result.")
  }

  static func fragmentModifier(_ span: SourceSpan, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentModifier, at: span, "modifier of a fragment",
      "`\(fragment.text)` is a fragment: a part of a plan with several steps, each of which has modifiers of its own.",
      related: [Related(label: "The fragment is declared here", span: fragment.span)],
      hint: "write it behind the steps inside the fragment.")
  }

  static func fragmentAsOtherStep(_ use: NameSyntax, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentModifier, at: use.span, "fragment in the place of a step",
      "`undo` and `else` name one step, and `\(use.text)` is a fragment: a part of a plan.",
      related: [Related(label: "The fragment is declared here", span: fragment.span)],
      hint: "name a step that does all of it.")
  }

  static func swiftFragmentInLoop(_ use: NameSyntax, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentInLoop, at: use.span, "fragment in Swift inside a loop",
      "The statements of `\(fragment.text)` are Swift, wholly or in part. I put them into the plan when the server starts, and a loop has to know before how much room one round needs.",
      related: [Related(label: "The fragment is declared here", span: fragment.span)],
      hint: "write the fragment in this language, or use it before or behind the loop.")
  }

  static func fragmentChoice(_ use: NameSyntax, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentChoice, at: use.span, "step that chooses fragments of a flow",
      "Step `\(use.text)` may insert or replace, and fragment `\(fragment.text)` stands outside a flow, where there is nothing to choose from.",
      hint: "use the step in the flow's own plan, where its fragments are declared.")
  }
}
