// Examples: what they are given, and what they expect.

extension Diagnostic {
  static func secondLine(_ word: NameSyntax, of example: Spanned<String>) -> Diagnostic {
    Diagnostic(
      .duplicateProperty, at: word.span, "second `\(word.text)`",
      "An example has one `\(word.text)`, and \"\(example.value)\" already has it above.",
      hint: "keep the one that is right. What happens to another request is another example.")
  }

  // MARK: Input

  static func exampleInputOfNone(_ span: SourceSpan, flow: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleInput, at: span, "input of a flow that reads none",
      "Flow `\(flow.text)` declares no `input`, so nothing would read this.",
      hint: "remove the line, or declare the input of the flow.")
  }

  static func exampleWithoutInput(_ example: ExampleSyntax, record: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleInput, at: example.name.span, "example without an input",
      "The flow reads a `\(record.text)`, and not all of its fields can be left out, so this example needs an `input` line.",
      related: [Related(label: "The record is declared here", span: record.span)],
      hint: "for example `input { … }`, with the fields that have no default value.")
  }

  // MARK: Givens

  static func givenNotUsed(_ name: NameSyntax, declared: NameSyntax, used: [String]) -> Diagnostic {
    let list = used.isEmpty || used.count > 12 ? "" : " It uses \(DiagnosticText.words(used))."
    return Diagnostic(
      .exampleGiven, at: name.span, "given step that the plan does not use",
      "A `given` line takes the place of a step while the example runs, and the plan never uses `\(name.text)`.\(list)",
      related: [Related(label: "The step is declared here", span: declared.span)],
      hint: "remove the line, or name the step that the plan does use.")
  }

  static func givenInSwiftPlan(_ name: NameSyntax, plan: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleGiven, at: name.span, "given step of a plan in Swift",
      "The plan of this flow is the Swift type `\(plan.text)`, which I do not read, so I cannot put a value in the place of one of its steps.",
      related: [Related(label: "The plan is named here", span: plan.span)],
      hint: "an example without `given` runs the plan as it is; one that needs a value belongs into a test of the app, or the plan into this file.")
  }

  static func givenValueOfNone(_ value: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleGiven, at: value, "value of a step that writes nothing",
      "Step `\(step.text)` is declared without `->`, so there is no value that could take its place.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "`given \(step.text) passes` says that it does not fail.")
  }

  static func givenPassesWithOutput(_ span: SourceSpan, step: CheckedStep) -> Diagnostic {
    Diagnostic(
      .exampleGiven, at: span, "step that has to write a value",
      "Step `\(step.name)` writes a value that the rest of the plan reads, so it is not enough that it passes.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: "`given \(step.name) = …` says what it writes.")
  }

  static func givenFailure(_ name: NameSyntax, step: CheckedStep) -> Diagnostic {
    let names =
      step.fails.map(\.text) + (step.syntax.needs.isEmpty ? [] : FrameworkProblem.ofEffects.keys.sorted())
      + (step.readsPrecondition ? FrameworkProblem.ofPreconditions.keys.sorted() : [])
    let known =
      names.isEmpty
      ? "it never fails: its line has no `fails`." : "what it fails with is one of \(DiagnosticText.words(names, last: "or"))."
    let matches = NearMatches.find(name.text, among: names.map { Candidate($0) })
    return Diagnostic(
      .exampleGiven, at: name.span, "failure that the step does not declare",
      DiagnosticText.withNearNames("Step `\(step.name)` does not fail with `\(name.text)`.", matches),
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)], hint: known,
      fix: DiagnosticText.fix(name, matches))
  }

  static func fieldsOfFrameworkProblem(_ fields: SourceSpan, error: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleGiven, at: fields, "fields of a problem that has none",
      FrameworkProblem.ofEffects[error.text] == nil
        ? "`\(error.text)` is a problem of the framework, and it has no fields."
        : "`\(error.text)` is what the framework makes of an effect that fails, and it has no fields.",
      hint: "remove the fields.")
  }

  static func problemIsNoObject(_ value: SourceSpan, error: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: value, "fields of an error that are no object",
      "An error has fields, each with a name, and this is a single value.",
      related: [Related(label: "The error is declared here", span: error.span)], hint: "for example `{ sku: \"A-1\" }`.")
  }

  static func unknownErrorField(_ name: NameSyntax, of error: CheckedError, matches: [Candidate]) -> Diagnostic {
    let names = error.fields.map(\.syntax.name.text)
    let known = matches.isEmpty && !names.isEmpty ? " Its fields are \(DiagnosticText.words(names))." : ""
    return Diagnostic(
      .unknownField, at: name.span, "unknown field",
      DiagnosticText.withNearNames("Error `\(error.syntax.name.text)` has no field called `\(name.text)`.\(known)", matches),
      related: [Related(label: "The error is declared here", span: error.syntax.name.span)],
      fix: DiagnosticText.fix(name, matches))
  }

  // MARK: Expectation

  static func exampleWithoutExpectation(_ example: ExampleSyntax, status: Int) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: example.name.span, "example that expects nothing",
      "An example says what the answer is, and I see no `expect` line in this one.",
      hint: "for example `expect \(status)`, or `expect 404 cart-not-found`.")
  }

  static func exampleStatus(_ status: Spanned<Int>, expected: Int, of what: String) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: status.span, "status that cannot come",
      "The status of \(what) is \(expected), so the answer will never be \(status.value).",
      hint: "expect \(expected), or change the line of the flow that says so.",
      fix: Fix(title: "expect \(expected)", span: status.span, replacement: String(expected)))
  }

  static func exampleStatusUnknown(_ status: Spanned<Int>, errors: [(name: String, status: Int)]) -> Diagnostic {
    let known = Set(errors.map(\.status)).sorted().map(String.init)
    return Diagnostic(
      .exampleExpectation, at: status.span, "status that cannot come",
      "No `on` line of this flow has the status \(status.value), and the framework has no problem of that status that an example could meet.",
      hint: known.isEmpty ? "the steps of this flow fail with no error." : "the `on` lines have \(DiagnosticText.words(known)).")
  }

  static func exampleErrorNotMapped(_ name: NameSyntax, declared: NameSyntax, errors: [String]) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: name.span, "error that the flow does not have",
      "No step of this flow fails with `\(name.text)`, so the example could not end so.",
      related: [Related(label: "The error is declared here", span: declared.span)],
      hint: errors.isEmpty ? "the steps of this flow fail with no error." : "its errors are \(DiagnosticText.words(errors)).")
  }

  static func exampleUnreachable(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: name.span, "error that no step can fail with here",
      "Every step that fails with `\(name.text)` has a `given` line that says otherwise, so the example cannot end so.",
      hint: "`given … fails \(name.text)`, or leave one of those steps to run.")
  }

  static func exampleBodyOfNone(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: span, "body of an answer that has none",
      "The flow answers with `output none`, so there will be nothing to compare this with.", hint: "remove it.")
  }

  static func sensitiveExpectation(_ name: NameSyntax, field: NameSyntax) -> Diagnostic {
    Diagnostic(
      .exampleExpectation, at: name.span, "sensitive field in an answer",
      "`\(name.text)` is sensitive, so it is never part of a problem document, and the answer will not have it.",
      related: [Related(label: "It is declared as sensitive here", span: field.span)], hint: "remove it.")
  }
}
