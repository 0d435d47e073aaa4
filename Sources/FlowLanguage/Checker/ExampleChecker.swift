/// Checks the `example` blocks of a flow: what can be known of their end without running them.
struct ExampleChecker {
  let checker: Checker
  let scope: FileScope
  let flow: FlowSyntax
  let input: FlowChecker.Input
  let output: ResolvedOutput?
  /// Of the successful answer.
  let status: Int
  /// Those of the `on` lines.
  let errors: [(name: String, status: Int)]
  /// Those of `on` behind a single use, which has a status of its own for the error.
  let handled: [(name: String, status: Int)]
  /// The steps of the plan and of its fragments that may fail the flow.
  let uses: [PlanChecker.Use]
  /// The names of all its steps, those that take others back as well.
  let steps: Set<String>
  /// The plan names steps that nobody declares: what a given stands for cannot be known.
  let hasUnknownSteps: Bool

  private var reporter: Reporter { checker.reporter }

  func check() -> [ResolvedExample] {
    var names: [String: SourceSpan] = [:]
    return flow.examples.compactMap { example in
      if let first = names.updateValue(example.name.span, forKey: example.name.value) {
        let name = NameSyntax(text: example.name.value, span: example.name.span)
        reporter.report(.duplicateMember(name, kind: "example", first: first))
      }
      return resolve(example)
    }
  }

  private func resolve(_ example: ExampleSyntax) -> ResolvedExample? {
    let input = input(of: example)
    let givens = example.givens.map { ($0.step.text, given($0)) }
    checkGivensAreDifferent(example)
    guard let expectation = example.expectation else {
      if !example.isBroken { reporter.report(.exampleWithoutExpectation(example, status: status)) }
      return nil
    }
    let expected = check(expectation, of: example)
    return ResolvedExample(
      name: example.name.value, input: input, givens: givens.compactMap { step, given in given.map { (step, $0) } },
      expectation: expected, failureDetails: failureDetails(of: example), span: example.name.span)
  }

  // MARK: Input

  private func input(of example: ExampleSyntax) -> ResolvedValue? {
    guard input.isDeclared else {
      if let value = example.input { reporter.report(.exampleInputOfNone(value.span, flow: flow.name)) }
      return nil
    }
    guard let type = input.type else { return nil }
    let values = ValueChecker(checker: checker, scope: scope)
    guard let value = example.input else {
      // A stream without an element is one, too.
      if input.isStream { return .list([]) }
      if case .record(let record)? = checker.declaration(of: type), !example.isBroken, !record.isBroken,
        record.fields.contains(where: { $0.defaultValue == nil && !($0.type?.isOptional ?? true) })
      {
        reporter.report(.exampleWithoutInput(example, record: record.name))
      }
      return .object([])
    }
    // The example is about what happens to an input that does not fit.
    if let error = example.expectation?.error, FrameworkProblem.ofInput[error.text] != nil { return values.unchecked(value) }
    return values.resolve(value, as: input.isStream ? .stream(type) : type)
  }

  // MARK: Givens

  private func checkGivensAreDifferent(_ example: ExampleSyntax) {
    var seen: [String: SourceSpan] = [:]
    for given in example.givens {
      if let first = seen.updateValue(given.step.span, forKey: given.step.text) {
        reporter.report(.duplicateMember(given.step, kind: "given step", first: first))
      }
    }
  }

  private func failureDetails(of example: ExampleSyntax) -> [String: String] {
    var details: [String: String] = [:]
    for case .fails(let name, _) in example.givens.map(\.kind) {
      guard let error = scope.all({ $0.errors[name.text] }).first, !error.syntax.documentation.isEmpty else { continue }
      details[name.text] = ResolvedError.detail(error.syntax.documentation)
    }
    return details
  }

  private func given(_ given: ExampleSyntax.Given) -> ResolvedExample.Given? {
    if let plan = flow.swiftPlan {
      reporter.report(.givenInSwiftPlan(given.step, plan: plan))
      return nil
    }
    guard let step = checker.step(given.step, in: scope), !step.isBroken else { return nil }
    guard steps.contains(step.name) || uses.contains(where: { $0.step === step }) else {
      if !flow.isBroken, !hasUnknownSteps { reporter.report(.givenNotUsed(given.step, declared: step.syntax.name, used: steps.sorted())) }
      return nil
    }
    switch given.kind {
    case .value(let value):
      guard step.hasOutput else {
        reporter.report(.givenValueOfNone(value.span, step: step.syntax.name))
        return nil
      }
      guard let type = step.output else { return nil }
      return ValueChecker(checker: checker, scope: scope).resolve(value, as: type).map { .output($0) }
    case .passes(let span):
      if step.hasOutput { reporter.report(.givenPassesWithOutput(span, step: step)) }
      return .output(.null)
    case .fails(let error, let fields): return failure(error, fields, of: step)
    }
  }

  private func failure(_ name: NameSyntax, _ fields: ValueSyntax?, of step: CheckedStep) -> ResolvedExample.Given? {
    let isOfEffect = FrameworkProblem.ofEffects[name.text] != nil && !step.syntax.needs.isEmpty
    if isOfEffect || FrameworkProblem.ofPreconditions[name.text] != nil && step.readsPrecondition {
      if let fields { reporter.report(.fieldsOfFrameworkProblem(fields.span, error: name)) }
      return .failure(error: name.text, fields: .object([]))
    }
    guard step.fails.contains(where: { $0.text == name.text }) else {
      reporter.report(.givenFailure(name, step: step))
      return nil
    }
    guard let error = checker.error(name, in: scope) else { return nil }
    guard let fields else { return .failure(error: name.text, fields: .object([])) }
    return members(fields, of: error, besides: []).map { .failure(error: name.text, fields: $0) }
  }

  /// Fields of an error, any part of them.
  private func members(_ value: ValueSyntax, of error: CheckedError, besides others: Set<String>) -> ResolvedValue? {
    guard case .object(let object) = value else {
      reporter.report(.problemIsNoObject(value.span, error: error.syntax.name))
      return nil
    }
    let values = ValueChecker(checker: checker, scope: scope, mode: .part)
    return .object(
      object.members.compactMap { member in
        let name = member.name
        if others.contains(name.text) {
          return values.unchecked(member.value).map { ResolvedValue.Member(name: name.text, value: $0) }
        }
        guard let field = error.fields.first(where: { $0.syntax.name.text == name.text }) else {
          if !error.syntax.isBroken {
            let candidates = error.fields.map { Candidate($0.syntax.name.text, $0.syntax.name.span) }
            reporter.report(.unknownErrorField(name, of: error, matches: NearMatches.find(name.text, among: candidates)))
          }
          return nil
        }
        if !others.isEmpty, field.isSensitive { reporter.report(.sensitiveExpectation(name, field: field.syntax.name)) }
        // Of a given failure, it stays out of the problem as it does when a step fails.
        if others.isEmpty, field.isSensitive { return nil }
        guard let type = field.type else { return nil }
        return values.resolve(member.value, as: type).map { ResolvedValue.Member(name: name.text, value: $0) }
      })
  }

  // MARK: Expectation

  private func check(
    _ expectation: ExampleSyntax.Expectation, of example: ExampleSyntax
  ) -> ResolvedExample.Expectation {
    var body: ResolvedValue?
    if let error = expectation.error {
      body = check(error, expectation, of: example)
    } else if expectation.status.value < 400 {
      if expectation.status.value != status, output != nil {
        reporter.report(.exampleStatus(expectation.status, expected: status, of: "a successful answer of this flow"))
      }
      body = expectation.body.flatMap(answer)
    } else {
      checkStatusOfProblem(expectation.status)
      body = expectation.body.flatMap { ValueChecker(checker: checker, scope: scope, mode: .part).unchecked($0) }
    }
    return ResolvedExample.Expectation(status: expectation.status.value, error: expectation.error?.text, body: body)
  }

  /// A status alone names no error, so any that the flow has will do.
  private func checkStatusOfProblem(_ status: Spanned<Int>) {
    let known = (errors + handled).map(\.status) + FrameworkProblem.statuses
    if !known.contains(status.value), !flow.isBroken { reporter.report(.exampleStatusUnknown(status, errors: errors)) }
  }

  private func check(
    _ name: NameSyntax, _ expectation: ExampleSyntax.Expectation, of example: ExampleSyntax
  ) -> ResolvedValue? {
    let framework = FrameworkProblem.status(of: name.text)
    let statuses = (errors + handled).filter { $0.name == name.text }.map(\.status)
    let declared = statuses.first
    guard let expected = declared ?? framework else {
      if !flow.isBroken, let error = checker.error(name, in: scope) {
        reporter.report(.exampleErrorNotMapped(name, declared: error.syntax.name, errors: errors.map(\.name)))
      }
      return nil
    }
    if expectation.status.value != expected, !statuses.contains(expectation.status.value) {
      reporter.report(.exampleStatus(expectation.status, expected: expected, of: "`\(name.text)`"))
    }
    if declared != nil, !isReachable(name.text, in: example) { reporter.report(.exampleUnreachable(name)) }
    guard let body = expectation.body else { return nil }
    guard declared != nil, let error = checker.error(name, in: scope) else {
      return ValueChecker(checker: checker, scope: scope, mode: .part).unchecked(body)
    }
    return members(body, of: error, besides: ReservedNames.problemMembers)
  }

  /// Whether a step can still fail with the error: one that runs, or one that is given to fail so.
  private func isReachable(_ error: String, in example: ExampleSyntax) -> Bool {
    // What a plan in Swift does is not known here.
    if flow.swiftPlan != nil { return true }
    let failing = uses.filter { use in use.step.isBroken || use.step.fails.contains { $0.text == error } }
    return failing.contains { use in
      guard let given = example.givens.first(where: { $0.step.text == use.step.name }) else { return true }
      guard case .fails(let name, _) = given.kind else { return false }
      return name.text == error
    }
  }

  private func answer(_ body: ValueSyntax) -> ResolvedValue? {
    let values = ValueChecker(checker: checker, scope: scope, mode: .part)
    switch output {
    case .json(let type): return values.resolve(body, as: type)
    case .stream(let element): return values.resolve(body, as: .list(element))
    case .text, .file: return values.resolve(body, as: .string)
    case .some(.none):
      reporter.report(.exampleBodyOfNone(body.span))
      return nil
    case nil: return nil
    }
  }
}
