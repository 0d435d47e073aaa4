// Fragments that stand outside a flow: their own statements, and their use in a plan.

extension PlanChecker {
  /// Checks the statements of a fragment by themselves. `nil` when they cannot be used.
  static func fragment(
    _ step: CheckedStep, _ statements: BlockSyntax, checker: Checker, scope: FileScope, around: [String]
  ) -> FragmentBody? {
    let flow = FlowSyntax(name: step.syntax.name, documentation: step.syntax.documentation)
    flow.plan = statements
    flow.isBroken = step.isBroken
    var plan = PlanChecker(
      checker: checker, scope: scope, flow: flow, input: FlowChecker.Input(), output: nil, fragment: step, around: around)
    return plan.checkFragment(statements)
  }

  private mutating func checkFragment(_ statements: BlockSyntax) -> FragmentBody? {
    guard let fragment, !fragment.isBroken else { return nil }
    let parameters = fragment.parameters
    guard parameters.allSatisfy({ $0.type != nil }) else { return nil }
    let names = PlanScope(statements, reporter: reporter, parameters: parameters.map(\.name))
    for (index, parameter) in parameters.enumerated() {
      guard let type = parameter.type, let writer = names.writers[parameter.name.text] else { continue }
      writer.type = type
      writer.slot = index
      bindings.append(ResolvedBinding(name: parameter.name.text, type: type, isOptional: false))
    }
    guard bindings.count == parameters.count else { return nil }
    checkSlotNames(names.inOrder)
    let nodes = walk(statements, Place(names: names))
    let output = checkOutput(of: fragment, statements, names)
    checkReaders()
    for parameter in parameters where !readWriters.contains(parameter.name.span.start) {
      reporter.report(.unusedParameter(parameter.name, fragment: fragment.syntax.name))
    }
    if fragment.hasOutput, output == nil { return nil }
    return FragmentBody(
      bindings: bindings, nodes: nodes, output: output, uses: uses, detachedCount: detachedCount, loopsCount: loopsCount,
      usesSwiftFragment: usesSwiftFragment)
  }

  /// The last statement gives the fragment's value, so that it is there whatever the plan before it has done.
  private mutating func checkOutput(of fragment: CheckedStep, _ statements: BlockSyntax, _ names: PlanScope) -> Int? {
    guard fragment.hasOutput, let expected = fragment.output else { return nil }
    guard case .use(let use)? = statements.statements.last, let name = use.binding else {
      let last = statements.statements.last?.span ?? statements.close
      reporter.report(.fragmentWithoutOutput(last, fragment: fragment))
      return nil
    }
    readWriters.insert(name.span.start)
    guard let writer = names.writers[name.text], let type = writer.type else { return nil }
    guard type == expected else {
      reporter.report(.fragmentOutputType(name, type: type, fragment: fragment, expected: expected))
      return nil
    }
    return writer.slot
  }

  // MARK: In a plan

  /// Puts the fragment's statements in the place of its use.
  mutating func walk(_ use: UseSyntax, _ step: CheckedStep, _ arguments: [ResolvedArgument], _ place: Place) -> [ResolvedNode] {
    checkWords(of: use, step)
    if step.fragment?.syntax.swiftPlan != nil { return walk(swift: use, step, arguments, place) }
    guard let body = checker.body(of: step, usedAt: use.step, around: around), arguments.count == step.parameters.count else {
      _ = write(use, step, place)
      return []
    }
    checker.expandedModules.insert(body)
    let expansion = FragmentExpansion(arguments: arguments, firstSlot: bindings.count)
    for _ in body.uses { count(use.step) }
    uses += body.uses.map { Use(name: use.step, step: $0.step, errors: $0.errors) }
    detachedCount += body.detachedCount
    loopsCount += body.loopsCount
    if body.usesSwiftFragment { usesSwift(use, step, place) }
    let isCertain = place.isCertain
    for (index, binding) in body.bindings.enumerated().dropFirst(arguments.count) {
      let isOutput = index == body.output && use.binding != nil
      bindings.append(
        ResolvedBinding(
          name: isOutput ? use.binding?.text ?? binding.name : binding.name, type: binding.type,
          isOptional: binding.isOptional || !isCertain))
      if bindings.count + loopsCount == Self.bindingsMax + 1 {
        reporter.report(.tooManyBindings(use.step, flow: flow.name, max: Self.bindingsMax))
      }
    }
    give(body.output.map(expansion.slot), to: use, step, place)
    return expansion.expand(body.nodes)
  }

  /// What the fragment gives is known under the caller's name.
  private mutating func give(_ slot: Int?, to use: UseSyntax, _ step: CheckedStep, _ place: Place) {
    guard let name = use.binding else {
      if step.hasOutput { reporter.report(.droppedOutput(use.step, step: step)) }
      return
    }
    guard let slot else { return reporter.report(.noOutput(name, step: step)) }
    guard let writer = place.names.writers[name.text], writer.name == name else { return }
    writer.type = step.output
    writer.slot = slot
    writtenNames.append(name)
  }

  /// A fragment in Swift is put into the plan when the server starts.
  private mutating func walk(
    swift use: UseSyntax, _ step: CheckedStep, _ arguments: [ResolvedArgument], _ place: Place
  ) -> [ResolvedNode] {
    let slot = write(use, step, place)
    count(use.step)
    usesSwift(use, step, place)
    guard let type = step.fragment?.syntax.swiftPlan, !step.isBroken else { return [] }
    return [
      .use(
        ResolvedUse(
          step: step.resolved, binding: slot, arguments: arguments, isDone: false, swiftFragment: type.text, inserts: [],
          replaces: [], span: use.step.span))
    ]
  }

  /// The values of a fragment in Swift have places that are found when the server starts, and no round of a loop clears
  /// them.
  private mutating func usesSwift(_ use: UseSyntax, _ step: CheckedStep, _ place: Place) {
    usesSwiftFragment = true
    if place.isInRound { reporter.report(.swiftFragmentInLoop(use.step, fragment: step.syntax.name)) }
  }

  private func checkWords(of use: UseSyntax, _ step: CheckedStep) {
    if let done = use.done { reporter.report(.doneWithFragment(done, fragment: step.syntax.name)) }
    let modifiers = use.modifiers
    let spans = [
      modifiers.timeout?.span, modifiers.retry?.span, modifiers.optional, modifiers.fallback?.span, modifiers.detach,
      modifiers.undo?.span, modifiers.handlers.first?.error.span,
    ]
    for case let span? in spans { reporter.report(.fragmentModifier(span, fragment: step.syntax.name)) }
  }
}

extension PlanChecker.Place {
  /// Every run of the plan that comes to its end passes here.
  var isCertain: Bool { outer == nil && PlanPath.isCertain(path) }
}
