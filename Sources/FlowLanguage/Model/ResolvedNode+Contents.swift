extension ResolvedNode {
  /// The uses of steps, here and inside, fragments included.
  var uses: [ResolvedUse] {
    switch self {
    case .use(let use):
      let handlers = use.errorHandlers.flatMap { handler -> [ResolvedNode] in
        if case .fragment(_, let body) = handler.target { body } else { [] }
      }
      return [use] + ((use.inserts + use.replaces).flatMap(\.body) + handlers).flatMap(\.uses)
    case .parallel(_, let branches): return branches.flatMap { $0 }.flatMap(\.uses)
    case .when(_, let then, let otherwise): return (then + otherwise).flatMap(\.uses)
    case .choose(_, let cases, let otherwise): return (cases.flatMap(\.body) + (otherwise ?? [])).flatMap(\.uses)
    case .forEach(let loop): return loop.body.flatMap(\.uses)
    }
  }

  /// The names of the steps, those that take others back or stand in for them as well.
  var steps: [String] {
    uses.flatMap { use in
      let fallback: String? = if case .step(let call) = use.fallback { call.step.name } else { nil }
      return [use.step.name, use.undo?.step.name, fallback].compactMap { $0 }
    }
  }

  /// The errors that `on` behind a use answers with a status of its own.
  var handledErrors: [(name: String, status: Int)] {
    uses.flatMap(\.errorHandlers).compactMap { handler in
      if case .status(let status) = handler.target { (handler.error, status) } else { nil }
    }
  }
}
