// Plans: who writes what, who reads it, and how they end.

extension Diagnostic {
  static func readBeforeWrite(_ name: NameSyntax, writer: SourceSpan, isItself: Bool) -> Diagnostic {
    if isItself {
      return Diagnostic(
        .readBeforeWrite, at: name.span, "value that reads itself",
        "This statement writes `\(name.text)` and would read it to do so.",
        hint: "a name is written once. If a value of another name is meant, write that one here.")
    }
    return Diagnostic(
      .readBeforeWrite, at: name.span, "value used before it is written",
      "The plan goes from top to bottom, and nothing has written `\(name.text)` when it comes here.",
      related: [Related(label: "It is written further down", span: writer)],
      hint: "move the step that writes `\(name.text)` above this one.")
  }

  static func outputOfReplaced(_ name: NameSyntax, fragment: String, writer: SourceSpan) -> Diagnostic {
    Diagnostic(
      .readBeforeWrite, at: name.span, "value that is never written",
      "When a step replaces the rest of the plan by fragment `\(fragment)`, it has no output, so `\(name.text)` is not written.",
      related: [Related(label: "It would be written here", span: writer)],
      hint: "read what the step itself reads, or declare the step with `may insert \(fragment)`.")
  }

  static func duplicateBinding(_ name: NameSyntax, first: SourceSpan, inSiblings: Bool) -> Diagnostic {
    let reason =
      inSiblings
      ? "Two branches of one parallel group write it, and I cannot tell which one would win."
      : "A name is written once in a plan, so that whoever reads it knows where it comes from."
    return Diagnostic(
      .duplicateBinding, at: name.span, "two writers of `\(name.text)`", "`\(name.text)` has a writer already. \(reason)",
      related: [Related(label: "The first writer is here", span: first)],
      hint: "give one of them another name.")
  }

  static func siblingBranch(_ name: NameSyntax, writer: SourceSpan) -> Diagnostic {
    Diagnostic(
      .siblingBranch, at: name.span, "value of a branch that runs at the same time",
      "The branches of a parallel group do not wait for each other, so `\(name.text)` may not be written yet.",
      related: [Related(label: "Another branch writes it", span: writer)],
      hint: "move this step below the group, or put both steps into one `branch { … }`.")
  }

  static func otherArm(_ name: NameSyntax, writer: SourceSpan) -> Diagnostic {
    Diagnostic(
      .outOfScope, at: name.span, "value of the other way",
      "Only one way of a `when` or a `choose` runs, so `\(name.text)` is not written here.",
      related: [Related(label: "Another way writes it", span: writer)],
      hint: "write the value above, or a value of its own on each way.")
  }

  static func insideFragment(_ name: NameSyntax, fragment: NameSyntax, writer: SourceSpan) -> Diagnostic {
    Diagnostic(
      .outOfScope, at: name.span, "value of a fragment",
      "`\(name.text)` is written inside fragment `\(fragment.text)`, and what a fragment writes is visible there only.",
      related: [Related(label: "The fragment writes it here", span: writer)],
      hint: "a fragment may not run at all. What the plan needs is written in the plan.")
  }

  static func mayBeEmpty(
    _ path: PathSyntax, writer: SourceSpan?, type: ResolvedType, parameter: NameSyntax, step: NameSyntax
  ) -> Diagnostic {
    let reason = writer == nil
      ? "`\(path.text)` is optional and may be empty"
      : "On some ways through the plan, `\(path.root.text)` has not been written when it is read here"
    var related: [Related] = []
    if let writer { related.append(Related(label: "It is written here", span: writer)) }
    related.append(Related(label: "The parameter is declared here", span: parameter.span))
    return Diagnostic(
      .mayBeEmpty, at: path.span, "value that may be empty",
      "\(reason), and parameter `\(parameter.text)` of step `\(step.text)` needs a value.", related: related,
      hint: "if the step can do without it, declare the parameter as `\(parameter.text): \(type.asOptional.text)`.")
  }

  static func argumentCount(_ use: CallSyntax, step: CheckedStep) -> Diagnostic {
    let signature = step.parameters.map { "\($0.name.text): \($0.type?.text ?? "?")" }.joined(separator: ", ")
    let wanted = DiagnosticText.count(step.parameters.count, "argument")
    return Diagnostic(
      .argumentCount, at: use.step.span.through(use.arguments.last?.span ?? use.step.span), "wrong number of arguments",
      "Step `\(step.name)` takes \(wanted), and I see \(use.arguments.count): `\(step.name)(\(signature))`.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)])
  }

  static func argumentType(
    _ path: PathSyntax, found: ResolvedType, parameter: NameSyntax, expected: ResolvedType, step: NameSyntax,
    hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .argumentType, at: path.span, "argument of another type",
      "`\(path.text)` is \(DiagnosticText.one(found)), and parameter `\(parameter.text)` of step `\(step.text)` is \(DiagnosticText.one(expected)).",
      related: [Related(label: "The parameter is declared here", span: parameter.span)],
      hint: hint ?? "values are never converted on the way. A step in between can do that.")
  }

  static func conditionNotFlag(_ path: PathSyntax, type: ResolvedType) -> Diagnostic {
    let hint: String
    switch type.wrapped {
    case .enumeration: hint = "a case is asked for like this: `when \(path.text) is some-case { … }`."
    case .record: hint = "a field of the record can be asked for, if it is a `bool` or an enum."
    default: hint = "let a step decide, and return a record with a `bool` field."
    }
    return Diagnostic(
      .conditionType, at: path.span, "condition that is no `bool`",
      "A condition holds or does not, and `\(path.text)` is \(DiagnosticText.one(type)).", hint: hint)
  }

  static func conditionNotEnum(_ path: PathSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .conditionType, at: path.span, "`is` with something that is no enum",
      "`is` asks for the case of an enum, and `\(path.text)` is \(DiagnosticText.one(type)).",
      hint: type.wrapped == .bool ? "a `bool` is the condition itself: `when \(path.text) { … }`."
        : "let a step decide, and return a record with a `bool` or an enum.")
  }

  static func conditionAlwaysExists(_ path: PathSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .conditionType, at: path.span, "`exists` with something that is always there",
      "`\(path.text)` is \(DiagnosticText.one(type)) that is always there, so there is nothing to ask.",
      hint: "remove the condition. `exists` is for optional fields and for values of a `when` or a tolerant group.")
  }

  static func noOutput(_ name: NameSyntax, step: CheckedStep) -> Diagnostic {
    Diagnostic(
      .noOutput, at: name.span, "name for nothing",
      "Step `\(step.name)` has no output, so there is nothing that `\(name.text)` could hold.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: "write `\(step.name)(…)` alone, or give the step an output with `-> Type`.")
  }

  static func droppedOutput(_ use: NameSyntax, step: CheckedStep) -> Diagnostic {
    Diagnostic(
      .droppedOutput, at: use.span, "output that nobody keeps",
      "Step `\(step.name)` returns \(step.output.map { DiagnosticText.one($0) } ?? "a value"), and this statement gives it no name.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: "write `some-name = \(step.name)(…)`. If nobody needs the output, declare the step without `->`.")
  }

  static func missingDone(_ span: SourceSpan, plan: SourceSpan) -> Diagnostic {
    let isCondition = span.text == "when"
    return Diagnostic(
      .missingDone, at: span, "plan without an end",
      isCondition
        ? "When this condition does not hold, the plan comes to its end without an answer."
        : "The plan can come to this place without an answer: every way through it ends with `done`.",
      hint: "the last statement of a plan is, for example, `done render-receipt(order)`.")
  }

  static func unreachable(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unreachable, at: span, "statement that never runs",
      "The flow has ended before it comes to this statement: everything above leads to a `done`.",
      hint: "remove it, or move it above the `done`.")
  }

  static func doneInBranch(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .doneInBranch, at: span, "`done` in a parallel group",
      "A branch cannot end the flow, because the branches beside it are still at work.",
      hint: "let the branch write a value, and decide below the group.")
  }

  static func doneWithFragments(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .doneWithFragments, at: span, "`done` with a step that chooses fragments",
      "The step of a `done` answers the request, so there is no plan left that a fragment could change.",
      related: [Related(label: "The step may insert or replace", span: step.span)],
      hint: "use the step above, and end the plan with one that only answers.")
  }

  static func quorumRange(_ count: Spanned<Int>, branches: Int) -> Diagnostic {
    Diagnostic(
      .quorumRange, at: count.span, "quorum that does not fit",
      "This group has \(branches == 1 ? "1 branch" : "\(branches) branches"), and \(count.value) of them can never be the quorum.",
      hint: "a quorum is at least 1 and at most the number of branches.")
  }

  static func tooManyStrands(_ span: SourceSpan, count: Int, max: Int) -> Diagnostic {
    Diagnostic(
      .tooManyStrands, at: span, "too many branches at once",
      "Up to \(count) branches of this group would be at work at the same time, those of groups inside included. A request has \(max).",
      hint: "run some of them one after the other, or let one step ask for several effects at once.")
  }

  static func tooManyBindings(_ name: NameSyntax, flow: NameSyntax, max: Int) -> Diagnostic {
    Diagnostic(
      .tooManyBindings, at: name.span, "too many values",
      """
      Flow `\(flow.text)` keeps more than \(max) values, the input and those of its fragments included (a fragment counts \
      for every use of a step that may choose it), and this is the first one too many.
      """,
      hint: "combine small values into a record, or divide the flow.")
  }

  static func planTooLarge(_ step: NameSyntax, flow: NameSyntax, max: Int) -> Diagnostic {
    Diagnostic(
      .planTooLarge, at: step.span, "plan with too many steps",
      """
      Flow `\(flow.text)` has more than \(max) uses of steps, those in fragments included (a fragment counts for every use \
      of a step that may choose it), and this is the first one too many.
      """,
      hint: "divide the flow, or let fewer steps choose fragments.")
  }

  static func needlessTimeout(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .needlessTimeout, at: span, "timeout of a step that waits for nothing",
      "Step `\(step.text)` needs no effect, so it never waits, and a timeout would never pass.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "remove the timeout, or add what the step needs to its line, for example `needs db`.")
  }

  static func doneInInserted(_ span: SourceSpan, fragment: String) -> Diagnostic {
    Diagnostic(
      .fragmentEnd, at: span, "`done` in a fragment that is inserted",
      "A step may insert fragment `\(fragment)`, and behind an inserted fragment the plan goes on, so it must not end the flow.",
      hint: "leave the answer to the plan, or declare the step with `may replace \(fragment)`.")
  }

  static func replacementWithoutDone(_ span: SourceSpan, fragment: NameSyntax, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentEnd, at: span, "fragment without an end",
      "Step `\(step.text)` may replace the rest of the plan by fragment `\(fragment.text)`, and here it ends without an answer.",
      related: [Related(label: "The fragment is used by this step", span: step.span)],
      hint: "end it with `done`, or declare the step with `may insert \(fragment.text)`.")
  }

  static func fragmentCycle(_ step: NameSyntax, cycle: [String]) -> Diagnostic {
    let way = cycle.map { "`\($0)`" }.joined(separator: " → ")
    return Diagnostic(
      .fragmentCycle, at: step.span, "fragments that choose each other",
      "This step may choose a fragment that it is a part of, and the plan would never end: \(way).",
      hint: "use a step here that chooses no fragment.")
  }

  static func unusedFragment(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedFragment, at: name.span, "fragment that nobody chooses",
      "No step of this plan may insert `\(name.text)` or replace the rest by it, so it never runs, and I have not checked it.",
      hint: "remove it, or add `may insert \(name.text)` to the line of the step that should choose it.")
  }

  static func unusedBinding(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unusedBinding, at: name.span, "value that nobody reads", "Nothing in this flow reads `\(name.text)`.",
      hint: "use it, or remove the step. A step that is there for its effect alone is declared without `->`.")
  }
}
