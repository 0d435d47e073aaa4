// Inputs in parts, and the step that takes them.

extension Diagnostic {
  static func streamOfFragment(_ span: SourceSpan, fragment: NameSyntax) -> Diagnostic {
    Diagnostic(
      .streamInput, at: span, "stream for a fragment",
      "Fragment `\(fragment.text)` is a part of other plans, and only the plan of a flow has an input that comes in parts.",
      hint: "let a step of the flow take the input, and give the fragment what it has made of it.")
  }

  static func secondStream(_ span: SourceSpan, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .streamInput, at: span, "second stream of a step", "A request has one body, so a step can take one stream.",
      related: [Related(label: "The first one is here", span: first)],
      hint: "put both into one: each line can be of a record that has the fields of either.")
  }

  static func streamBothWays(_ span: SourceSpan, input: SourceSpan) -> Diagnostic {
    Diagnostic(
      .streamInput, at: span, "step that takes and gives parts",
      "Most clients read nothing before they have sent everything, so a step that answers while it takes could wait for them for ever.",
      related: [Related(label: "The input is taken here", span: input)],
      hint: "let one step take the input, and another give the answer.")
  }

  static func unreadStream(_ span: SourceSpan, flow: NameSyntax) -> Diagnostic {
    Diagnostic(
      .streamInput, at: span, "stream that nobody takes", "The input of `\(flow.text)` comes in parts, and no step of the plan takes them.",
      hint: "give `input` to a step with a parameter such as `rows: stream Row`.")
  }

  static func secondReader(_ name: NameSyntax, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .streamInput, at: name.span, "second reader of a stream",
      "A part of the input is gone when the step that takes them asks for the next one, so there is nothing left to read here.",
      related: [Related(label: "It is taken here", span: first)], hint: "let the first step give what is needed of it.")
  }

  static func streamPlace(_ use: NameSyntax) -> Diagnostic {
    Diagnostic(
      .streamInput, at: use.span, "stream that is taken off the main way",
      "Step `\(use.text)` takes the input in parts, and it stands where it may not run, run twice, or run beside others.",
      hint: "move it out of the group, the loop, the condition or the fragment, into the main sequence of the plan.")
  }

  static func streamModifier(_ span: SourceSpan, word: String, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .streamInput, at: span, "`\(word)` of a step that takes a stream",
      word == "detach"
        ? "Step `\(step.text)` reads the body of the request, and the answer to it ends the reading: nothing can go on behind it."
        : "When step `\(step.text)` has failed, the parts that it has taken are gone, so that nothing can go on as if they were not.",
      hint: "remove `\(word)`.")
  }
}
