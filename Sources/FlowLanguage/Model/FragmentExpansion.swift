/// Puts the statements of a fragment in the place of its use: arguments in the place of parameters, and slots of the
/// caller in the place of the fragment's own.
struct FragmentExpansion {
  /// What the caller passes, by parameter.
  let arguments: [ResolvedArgument]
  /// The caller's slot of the fragment's first binding behind the parameters.
  let firstSlot: Int

  func expand(_ nodes: [ResolvedNode]) -> [ResolvedNode] { nodes.map(expand) }

  /// The caller's slot of a binding of the fragment.
  func slot(_ binding: Int) -> Int { firstSlot + binding - arguments.count }

  private func expand(_ node: ResolvedNode) -> ResolvedNode {
    switch node {
    case .use(let use): .use(expand(use))
    case .parallel(let join, let branches): .parallel(join: join, branches: branches.map(expand))
    case .when(let condition, let then, let otherwise):
      .when(expand(condition), then: expand(then), otherwise: expand(otherwise))
    case .choose(let value, let arms, let otherwise):
      .choose(
        expand(value), arms: arms.map { (cases: $0.cases, body: expand($0.body)) }, otherwise: otherwise.map(expand))
    case .forEach(let loop): .forEach(expand(loop))
    }
  }

  private func expand(_ loop: ResolvedLoop) -> ResolvedLoop {
    var loop = loop
    loop.list = expand(loop.list)
    loop.element = slot(loop.element)
    loop.roundSlots = slot(loop.roundSlots.lowerBound)..<slot(loop.roundSlots.upperBound)
    loop.body = expand(loop.body)
    loop.binding = loop.binding.map(slot)
    loop.collected = loop.collected.map(slot)
    return loop
  }

  private func expand(_ use: ResolvedUse) -> ResolvedUse {
    var use = use
    use.binding = use.binding.map(slot)
    use.arguments = use.arguments.map(expand)
    use.undo = use.undo.map(expand)
    if case .step(let call) = use.fallback { use.fallback = .step(expand(call)) }
    use.errorHandlers = use.errorHandlers.map { handler in
      guard case .fragment(let name, let body) = handler.target else { return handler }
      return ResolvedErrorHandler(error: handler.error, target: .fragment(name: name, body: expand(body)))
    }
    use.inserts = use.inserts.map { (name: $0.name, body: expand($0.body)) }
    use.replaces = use.replaces.map { (name: $0.name, body: expand($0.body)) }
    return use
  }

  private func expand(_ call: ResolvedCall) -> ResolvedCall {
    var call = call
    call.arguments = call.arguments.map(expand)
    return call
  }

  private func expand(_ condition: ResolvedCondition) -> ResolvedCondition {
    switch condition {
    case .flag(let argument, let negated): .flag(expand(argument), negated: negated)
    case .isCase(let argument, let name, let negated): .isCase(expand(argument), caseName: name, negated: negated)
    case .exists(let argument, let negated): .exists(expand(argument), negated: negated)
    }
  }

  private func expand(_ argument: ResolvedArgument) -> ResolvedArgument {
    guard arguments.indices.contains(argument.binding) else {
      var argument = argument
      argument.binding = slot(argument.binding)
      return argument
    }
    var passed = arguments[argument.binding]
    passed.path += argument.path
    return passed
  }
}
