// Messages about plans.

extension FlowProblem {
  static func foreignHandle(_ place: FlowPlace, from other: FlowPlace, isOutside: Bool) -> FlowProblem {
    FlowProblem(
      "foreign-handle", at: place, "value of another plan",
      isOutside
        ? "This reads what a step gives that stands in no plan, so nothing ever writes it."
        : "This reads a value of another flow's plan. A handle names a place in the memory of its own flow's requests.",
      related: [Related("The value comes from here", other)],
      hint: "call the step inside the closure of this flow, and use the handle that it returns.")
  }

  static func mayBeEmpty(_ place: FlowPlace, from other: FlowPlace) -> FlowProblem {
    FlowProblem(
      "may-be-empty", at: place, "value that may not be there",
      "This reads a value that is written inside a `when` or a branch, and the plan can come here without it.",
      related: [Related("It is written here", other)],
      hint: "use the handle that `when` or `parallel` returns: its type says whether the value may be missing.")
  }

  static func otherBranch(_ place: FlowPlace, from other: FlowPlace) -> FlowProblem {
    FlowProblem(
      "sibling-branch", at: place, "value of another branch",
      "This reads a value that is written in another branch, another arm or a loop. Branches run at the same time, of the arms "
        + "only one runs, and what a round of a loop writes is gone when the next one begins.",
      related: [Related("It is written there", other)],
      hint: "read it behind the group or the loop, from the handle that this returns.")
  }

  static func droppedOutput(_ step: String, type: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "dropped-output", at: place, "output that nobody reads",
      "Step `\(step)` returns \(type), and nothing in this plan reads it.",
      hint: "use it, or remove the step. A step that is there for its effect alone has the output `NoOutput`.")
  }

  static func unreachable(_ place: FlowPlace, after end: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unreachable", at: place, "step that never runs", "The plan has answered before it comes to this step.",
      related: [Related("It is answered here", end)], hint: "remove the step, or move it before the answer.")
  }

  static func doneInBranch(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "done-in-branch", at: place, "answer inside a branch",
      "A branch runs beside others, which would still be at work when this one answers.",
      hint: "let the branch return a value, and answer behind the group.")
  }

  static func doneInLoop(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "done-in-loop", at: place, "answer in a loop", "The request would be answered in the middle of its rounds.",
      hint: "let the loop collect values, and answer behind it. A step may also end it with an error.")
  }

  static func loopBound(_ bound: Int, _ range: ClosedRange<Int>, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "loop-bound", at: place, "bound of a loop that does not fit",
      "`max` is the number of elements that one request may have, \(range.lowerBound) to \(range.upperBound), and this says \(bound).",
      hint: "what goes through more belongs into one step that asks for all of it at once.")
  }

  static func droppedList(type: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "dropped-output", at: place, "list that nobody reads",
      "This loop collects \(type), and nothing in this plan reads it.",
      hint: "use it, or end the rounds with a step that has the output `NoOutput`.")
  }

  static func detachInLoop(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "detach-in-loop", at: place, "`detached` in a loop",
      "The values of a round are gone when the next one begins, and a detached step may still need them.",
      hint: "collect a list in the loop, and hand the list to one detached step behind it.")
  }

  static func repeatedCase(_ name: String, at place: FlowPlace, first: FlowPlace) -> FlowProblem {
    FlowProblem(
      "duplicate-member", at: place, "case that has an arm already", "This `choose` names `.\(name)` twice.",
      related: [Related("The first one is here", first)], hint: "remove one of them.")
  }

  static func casesMissing(_ names: [String], at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "choose-not-exhaustive", at: place, "`choose` that leaves cases out",
      "Nothing says what happens for \(names.map { "`.\($0)`" }.joined(separator: ", ")).",
      hint: "add an arm for each, or an `otherwise { … }` for all of them.")
  }

  static func choiceOfMissing(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "choose-not-exhaustive", at: place, "`choose` by a value that may be missing",
      "The value may be missing when the plan comes here, and then it is of no case.",
      hint: "add an `otherwise { … }`, which runs for a missing value, too.")
  }

  static func needlessOtherwise(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-otherwise", at: place, "`otherwise` that never runs",
      "The arms name every case, so nothing is left for the `otherwise`.",
      hint: "remove it: when the enum gets another case, I say that an arm is missing.")
  }

  static func armBehindOtherwise(_ place: FlowPlace, otherwise: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unreachable", at: place, "arm that never runs", "An `otherwise` takes every case that no arm before it names.",
      related: [Related("It stands here", otherwise)], hint: "let the `otherwise` be the last, and have one of them.")
  }

  static func needlessFallback(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-fallback", at: place, "`orElse` behind a step that cannot fail",
      "Step `\(step)` needs no effect and declares no error, so there is nothing to fall back from.",
      hint: "remove the `orElse`, or declare what the step fails with.")
  }

  static func twoFallbacks(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-conflict", at: place, "two fallbacks",
      "`optional` and `orElse` both say how the plan goes on when step `\(step)` has failed, and it can go on in one way.",
      hint: "remove one of them.")
  }

  static func fallbackOfNothing(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "default-output", at: place, "value in place of no output",
      "Step `\(step)` writes nothing, so there is nothing that a value could stand in for.",
      hint: "write `.optional()`, which lets the plan go on when the step has failed.")
  }

  static func fallbackOfSeveral(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-place", at: place, "fallback that is not one step",
      "What stands in for a step is the output of one other step.",
      hint: "for example `.orElse { step(GuessUser.self, request) }`.")
  }

  static func errorOfOtherStep(_ code: String, _ step: StepDeclaration, at place: FlowPlace) -> FlowProblem {
    let can =
      step.fails.isEmpty
      ? "It declares no error at all." : "It can fail with \(step.fails.map { "`\($0)`" }.joined(separator: ", "))."
    return FlowProblem(
      "error-of-other-step", at: place, "error that this step cannot fail with",
      "Step `\(step.name)` never fails with `\(code)`. \(can)",
      hint: "an `on` behind a step is for the errors of that use alone; the flow's own `.on` is for all.")
  }

  static func missingFragment(_ name: String, step: String, isInserted: Bool, at place: FlowPlace) -> FlowProblem {
    let does = isInserted ? "run `\(name)` before the plan goes on" : "run `\(name)` instead of the rest of the plan"
    return FlowProblem(
      "unknown-fragment", at: place, "fragment that the plan does not have",
      "Step `\(step)` may \(does), and this plan does not say what that is.",
      hint: isInserted
        ? "add `.inserting(.\(camel(name))) { … }` behind the step."
        : "add `.replacing(.\(camel(name))) { … }` behind the step, with an answer at its end.")
  }

  /// The Swift name that RouteGen gives to a fragment.
  private static func camel(_ name: String) -> String {
    let words = name.split(separator: "-").map(String.init)
    return (words.first ?? "") + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  static func undeclaredFragment(_ name: String, step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unused-fragment", at: place, "fragment that nobody chooses",
      "Step `\(step)` does not declare that it may choose `\(name)`, so it never runs.",
      hint: "remove it, or add it to the declaration of the step.")
  }

  static func answerInFragment(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "fragment-done", at: place, "answer in a fragment",
      "A fragment can stand in any plan, and flows answer with different types, so it cannot answer for them.",
      hint: "let the fragment give a value, and answer in the plan.")
  }

  static func valueInParallel(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "statement-in-parallel", at: place, "several steps in one branch",
      "In a parallel group every step is a branch of its own, and I cannot tell to which of them a `let` belongs.",
      hint: "put the steps that follow each other into `branch { … }`.")
  }

  static func quorum(_ count: Int, branches: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "quorum-range", at: place, "quorum that cannot be met",
      "This group waits for \(count) of its \(branches) branches.", hint: "a quorum lies between 1 and the number of branches.")
  }

  static func needlessTimeout(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-timeout", at: place, "timeout of a step that does not wait",
      "Step `\(step)` needs no effect, so it never waits, and its timeout can never pass.",
      hint: "remove the timeout, or declare what the step needs.")
  }

  static func modifierOfValue(_ modifier: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-place", at: place, "`\(modifier)` of something that is no step",
      "`\(modifier)` says how a step runs, and this is a value that is there already.",
      hint: "write it directly behind the step: `step(LoadCart.self, id).\(modifier)(…)`.")
  }

  static func repeatedModifier(_ modifier: String, _ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "duplicate-property", at: place, "second `\(modifier)` of one step",
      "Step `\(step)` has a `\(modifier)` already, and only one of them can count.", hint: "keep the one that is meant.")
  }

  static func modifierOfAnswer(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-conflict", at: place, "modifier of the step that answers",
      "Step `\(step)` answers the request, so nothing can come after it: neither a missing value nor a compensation.",
      hint: "remove `optional`, `orElse`, `undo` or `detached` here.")
  }

  static func retryRange(_ attempts: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "retry-range", at: place, "number of attempts that does not fit",
      "`retry` counts the attempts after the first, 1 to 10, and this says \(attempts).",
      hint: "two or three are usual: what has failed that often is not mended by asking more.")
  }

  static func backoffReversed(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "retry-range", at: place, "backoff from long to short",
      "The wait before an attempt doubles from the first duration up to the second, and the second is shorter.",
      hint: "for example `.retry(2, backoff: .milliseconds(10), max: .milliseconds(80))`.")
  }

  static func needlessRetry(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-retry", at: place, "retry of a step that needs nothing",
      "Step `\(step)` needs no effect: it computes the same from the same values, however often it is asked.",
      hint: "remove the `retry`.")
  }

  static func unsafeRetry(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unsafe-retry", at: place, "retry of a step that is not safe to repeat",
      "When an attempt of step `\(step)` fails, what it was to change may have been changed all the same, and a further attempt would change it again.",
      hint: "declare the step `safe` if it only reads, `idempotent` if a second run leaves what one leaves; else remove the `retry`.")
  }

  static func needlessOptional(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-fallback", at: place, "`optional` behind a step that cannot fail",
      "Step `\(step)` needs no effect and declares no error, so there is nothing to fall back from.",
      hint: "remove the `optional`, or declare what the step fails with.")
  }

  static func needlessUndo(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-undo", at: place, "undo of a step that changes nothing",
      "Step `\(step)` is safe: it leaves nothing behind that could be taken back.", hint: "remove the `undo`.")
  }

  static func undoOfSeveral(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-place", at: place, "compensation that is not one step",
      "What takes a step back is one step, so that it either has run or has not.",
      hint: "for example `.undo { payment in step(RefundCard.self, payment) }`.")
  }

  static func needlessDetach(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "needless-detach", at: place, "detached step that does nothing",
      "Step `\(step)` needs no effect, so nobody would ever notice that it has run.",
      hint: "remove the step, or declare what it needs.")
  }

  static func detachConflict(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "modifier-conflict", at: place, "modifiers that exclude each other",
      "Nobody waits for step `\(step)`, so the plan does not know what has become of it.",
      hint: "remove `detached`, or the other modifier.")
  }

  static func timeoutRange(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "malformed-number", at: place, "timeout of no time", "A timeout is longer than nothing.",
      hint: "for example `.timeout(.milliseconds(100))`.")
  }

  static func tooManyStrands(_ count: Int, max: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "too-many-strands", at: place, "too many branches",
      "This group has \(count) branches at work at the same time, with those of the groups inside it. A request has room for \(max).",
      hint: "put steps behind each other with `branch { … }`, or split the group in two.")
  }

  static func tooManyValues(_ max: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "too-many-bindings", at: place, "too many values", "A plan keeps at most \(max) values, and this is one more.",
      hint: "let one step do what several do now, or split the flow in two.")
  }

  static func planTooLarge(_ max: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "plan-too-large", at: place, "plan that is too large", "A plan uses at most \(max) steps, and this is one more.",
      hint: "split the flow in two.")
  }

  static func answerType(_ found: String, expected: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "output-type", at: place, "answer of another type", "This answers with \(found), and the flow answers with \(expected).",
      hint: "every `done` of a flow has the type of its output.")
  }

  static func streamStep(_ step: String, isDone: Bool, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-step", at: place, "stream where a whole value is needed",
      isDone
        ? "Step `\(step)` gives its output in parts, and this flow answers with one whole value."
        : "Step `\(step)` gives its output in parts, which go to the client one after the other: there is no whole value that the plan could keep.",
      hint: isDone
        ? "give the flow `output: .stream()`, or end the plan with a step that returns the list."
        : "end a flow with `output: .stream()` by it, or use a step that returns the list.")
  }

  static func unreadStream(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, "stream that nobody takes", "The input of this flow comes in parts, and no step of the plan takes them.",
      hint: "give the input to a step whose declaration has `takesParts: true`.")
  }

  static func secondReader(_ place: FlowPlace, first: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, "second reader of a stream",
      "A part of the input is gone when the step that takes them asks for the next one, so there is nothing left to read here.",
      related: [Related("It is taken here", first)], hint: "let the first step give what is needed of it.")
  }

  /// - Parameter declaresThem: the step's declaration says that it takes parts, and it is not given the input.
  static func partsOfStep(_ step: String, declaresThem: Bool, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, declaresThem ? "step that takes parts of nothing" : "parts for a step that takes none",
      declaresThem
        ? "Step `\(step)` takes the input of a flow in parts, and this gives it something else."
        : "The input of this flow comes in parts, and step `\(step)` does not declare that it takes them.",
      hint: declaresThem
        ? "give the flow `input: .stream()`, and the step the whole input."
        : "declare `StepDeclaration(\"\(step)\", takesParts: true)`, and give the step the whole input.")
  }

  static func streamPlace(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, "stream that is taken off the main way",
      "Step `\(step)` takes the input in parts, and it stands where it may not run, run twice, or run beside others.",
      hint: "move it into the main sequence of the plan.")
  }

  static func streamModifier(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, "second attempt at a stream",
      "When step `\(step)` has failed, the parts that it has taken are gone: nothing can begin again, and nobody waits for the rest.",
      hint: "remove `retry`, `optional`, `orElse` or `detached` here.")
  }

  static func streamBothWays(_ step: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "stream-input", at: place, "step that takes and gives parts",
      "Most clients read nothing before they have sent everything, so step `\(step)`, which answers while it takes, could wait for them for ever.",
      hint: "let one step take the input, and another give the answer.")
  }

  static func emptyPlan(_ place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "missing-done", at: place, "plan without an end", "This plan comes to its end without an answer.",
      hint: "the last statement of a plan is a step that gives the flow's output.")
  }
}
