extension ResolvedNode {
  /// The errors that `on` behind a use answers with a status of its own, here and inside.
  var handledErrors: [(name: String, status: Int)] {
    switch self {
    case .use(let use):
      let own = use.errorHandlers.compactMap { handler -> (name: String, status: Int)? in
        if case .status(let status) = handler.target { (handler.error, status) } else { nil }
      }
      let fragments = use.errorHandlers.flatMap { handler -> [ResolvedNode] in
        if case .fragment(_, let body) = handler.target { body } else { [] }
      }
      return own + ((use.inserts + use.replaces).flatMap(\.body) + fragments).flatMap(\.handledErrors)
    case .parallel(_, let branches): return branches.flatMap { $0 }.flatMap(\.handledErrors)
    case .when(_, let then, let otherwise): return (then + otherwise).flatMap(\.handledErrors)
    case .choose(_, let cases, let otherwise): return (cases.flatMap(\.body) + (otherwise ?? [])).flatMap(\.handledErrors)
    case .forEach(let loop): return loop.body.flatMap(\.handledErrors)
    }
  }
}
