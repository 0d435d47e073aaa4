// What stands behind the arguments of a use.

extension Diagnostic {
  static func duplicateModifier(_ word: NameSyntax) -> Diagnostic {
    Diagnostic(
      .duplicateProperty, at: word.span, "second `\(word.text)`",
      "A use has one `\(word.text)`, and this one already has it further left.",
      hint: "keep the one that is right and remove the other.")
  }

  static func safeAndIdempotent(_ span: SourceSpan, safe: SourceSpan) -> Diagnostic {
    Diagnostic(
      .repetitionConflict, at: span, "`idempotent` and `safe` on one step",
      "A safe step changes nothing, so running it twice changes nothing either: `safe` says that already.",
      related: [Related(label: "It is called safe here", span: safe)],
      hint: "keep `safe` if the step only reads, and `idempotent` if it writes.")
  }

  // MARK: Retries

  static func retryRange(_ attempts: Spanned<Int>, _ range: ClosedRange<Int>) -> Diagnostic {
    Diagnostic(
      .retryRange, at: attempts.span, "number of attempts that does not fit",
      "`retry` counts the attempts after the first, \(range.lowerBound) to \(range.upperBound), and this says \(attempts.value).",
      hint: "two or three are usual: what has failed that often is not mended by asking more.")
  }

  static func backoffReversed(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .retryRange, at: span, "backoff from long to short",
      "The wait before an attempt doubles from the first duration up to the second, and the second is shorter.",
      hint: "write the shorter one first, for example `backoff 10ms..80ms`.")
  }

  static func needlessRetry(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .needlessRetry, at: span, "retry of a step that needs nothing",
      "Step `\(step.text)` needs no effect: it computes the same from the same values, however often it is asked.",
      related: [Related(label: "The step is declared here", span: step.span)], hint: "remove the `retry`.")
  }

  static func unsafeRetry(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .unsafeRetry, at: span, "retry of a step that is not safe to repeat",
      """
      When an attempt of step `\(step.text)` fails, what it was to change may have been changed all the same, and a further \
      attempt would change it again.
      """,
      related: [Related(label: "The step says neither `safe` nor `idempotent`", span: step.span)],
      hint: "add `safe` to the step's line if it only reads, `idempotent` if a second run leaves what one leaves; else remove the `retry`.")
  }

  // MARK: Fallbacks

  static func needlessFallback(_ span: SourceSpan, word: String, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .needlessFallback, at: span, "`\(word)` behind a step that cannot fail",
      "Step `\(step.text)` needs no effect and declares no error, so there is nothing to fall back from.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "remove the `\(word)`, or declare what the step fails with.")
  }

  static func defaultOfNothing(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .defaultOutput, at: span, "default of a step without output",
      "Step `\(step.text)` writes nothing, so there is no value that could stand in for its output.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "write `optional`, which lets the plan go on when the step has failed.")
  }

  static func defaultOfOptionalOutput(_ span: SourceSpan, step: NameSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .defaultOutput, at: span, "default of something optional",
      "Step `\(step.text)` returns a `\(type.text)`, which is empty when nobody says otherwise.",
      related: [Related(label: "The step is declared here", span: step.span)], hint: "write `optional` instead.")
  }

  static func defaultOfScalar(_ span: SourceSpan, step: NameSyntax, type: ResolvedType) -> Diagnostic {
    Diagnostic(
      .defaultOutput, at: span, "output without a default",
      "Step `\(step.text)` returns \(DiagnosticText.one(type)), and only records, lists and maps have a default.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "let another step write the value: `else other-step(…)`.")
  }

  static func defaultIncomplete(_ span: SourceSpan, record: CheckedRecord, fields: [CheckedField]) -> Diagnostic {
    let names = DiagnosticText.words(fields.map(\.syntax.name.text))
    return Diagnostic(
      .defaultOutput, at: span, "record without a default",
      "A default `\(record.name.text)` needs a value for every field, and \(names) \(fields.count == 1 ? "has" : "have") none.",
      related: fields.prefix(3).map { Related(label: "This field has no default", span: $0.syntax.name.span) },
      hint: "give each a default such as `= 0`, make it optional, or write `else other-step(…)`.")
  }

  static func elseType(_ name: NameSyntax, _ other: CheckedStep, step: CheckedStep) -> Diagnostic {
    func output(_ step: CheckedStep) -> String { step.output.map { DiagnosticText.one($0) } ?? "nothing" }
    return Diagnostic(
      .elseType, at: name.span, "fallback of another type",
      "Step `\(step.name)` writes \(output(step)), and `\(other.name)` is to stand in for it but writes \(output(other)).",
      related: [
        Related(label: "The step is declared here", span: step.syntax.name.span),
        Related(label: "The fallback is declared here", span: other.syntax.name.span),
      ],
      hint: "a fallback writes what the step would have written: the same type, or nothing as well.")
  }

  static func callWithFragments(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .callWithFragments, at: span, "step that chooses fragments behind `else` or `undo`",
      "A step behind `else` or `undo` does one thing and the plan goes on; it cannot change the plan.",
      related: [Related(label: "The step may insert or replace", span: step.span)],
      hint: "use a step here that chooses no fragment.")
  }

  // MARK: Undo and detach

  static func needlessUndo(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .needlessUndo, at: span, "undo of a step that changes nothing",
      "Step `\(step.text)` is safe: it leaves nothing behind that could be taken back.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "remove the `undo`, or the word `safe` from the step's line if it does change something.")
  }

  static func needlessDetach(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .needlessDetach, at: span, "detached step that does nothing",
      "Step `\(step.text)` needs no effect, so nobody would ever notice that it has run.",
      related: [Related(label: "The step is declared here", span: step.span)],
      hint: "remove the use, or add what the step needs to its line, for example `needs db`.")
  }

  static func detachedOutput(_ name: NameSyntax, detach: SourceSpan) -> Diagnostic {
    Diagnostic(
      .detachedOutput, at: name.span, "name for what nobody waits for",
      "The plan goes on without waiting for a detached use, so `\(name.text)` may never be written while it runs.",
      related: [Related(label: "The use is detached here", span: detach)],
      hint: "remove the `detach` if the value is needed; else detach a step that is declared without `->`.")
  }

  static func detachInLoop(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .detachInLoop, at: span, "`detach` in a loop",
      "The values of a round are gone when the next one begins, and a detached use may still need them.",
      hint: "collect a list in the loop, and hand the list to one detached step behind it.")
  }

  static func detachedFragments(_ span: SourceSpan, step: NameSyntax) -> Diagnostic {
    Diagnostic(
      .modifierConflict, at: span, "`detach` of a step that chooses fragments",
      "The plan has gone on when a detached step comes to its decision, so there is nothing that a fragment could change.",
      related: [Related(label: "The step may insert or replace", span: step.span)], hint: "remove the `detach`.")
  }

  static func tooManyDetached(_ plan: SourceSpan, count: Int, max: Int) -> Diagnostic {
    Diagnostic(
      .tooManyStrands, at: plan, "too many detached steps",
      "With its detached steps, up to \(count) strands of this plan would be at work at the same time. A request has \(max).",
      hint: "let one detached step do the work of several.")
  }

  static func modifierConflict(
    _ span: SourceSpan, _ word: String, with other: String, at otherSpan: SourceSpan, _ why: String
  ) -> Diagnostic {
    Diagnostic(
      .modifierConflict, at: span, "`\(word)` together with `\(other)`", why,
      related: [Related(label: "`\(other)` stands here", span: otherSpan)], hint: "remove one of the two.")
  }

  static func undoOutput(_ name: NameSyntax, step: CheckedStep) -> Diagnostic {
    Diagnostic(
      .droppedOutput, at: name.span, "undo that writes a value",
      "Step `\(step.name)` returns \(step.output.map { DiagnosticText.one($0) } ?? "a value"), and behind an `undo` nobody reads it.",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: "name the step that takes the change back; it is declared without `->`.")
  }

  // MARK: Errors of one use

  static func unknownHandlerFragment(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownFragment, at: name.span, "fragment that the flow does not have",
      DiagnosticText.withNearNames("I cannot find a fragment called `\(name.text)` in this flow.", matches),
      hint: "add it to the flow: `fragment \(name.text) { … }`. A status stands here as a number.",
      fix: DiagnosticText.fix(name, matches))
  }

  static func errorOfOtherStep(_ name: NameSyntax, step: CheckedStep) -> Diagnostic {
    let errors = step.fails.map(\.text)
    let can = errors.isEmpty ? "It declares no error at all." : "It can fail with \(DiagnosticText.words(errors))."
    return Diagnostic(
      .errorOfOtherStep, at: name.span, "error that this step cannot fail with",
      "Step `\(step.name)` never fails with `\(name.text)`. \(can)",
      related: [Related(label: "The step is declared here", span: step.syntax.name.span)],
      hint: "an `on` behind a use is for the errors of that use alone; the flow's own `on` lines are for all.")
  }

  static func handlerWithoutDone(_ span: SourceSpan, fragment: NameSyntax, error: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fragmentEnd, at: span, "fragment without an end",
      "Fragment `\(fragment.text)` runs instead of the rest of the plan, and here it ends without an answer.",
      related: [Related(label: "It is chosen for this error", span: error.span)], hint: "end it with `done`.")
  }
}
