import FlowLanguage

/// A plan as nested lists: what the graph shows, for people who listen to a page or print it.
struct PlanOutline {
  let flow: ResolvedFlow

  func html() -> String { list(flow.plan, class: " class=\"plan\"") }

  private func list(_ nodes: [ResolvedNode], class attribute: String = "") -> String {
    "<ol\(attribute)>\(nodes.map { "<li>\(item($0))</li>" }.joined(separator: "\n"))</ol>"
  }

  private func item(_ node: ResolvedNode) -> String {
    switch node {
    case .use(let use): return self.use(use)
    case .parallel(let join, let branches):
      let items = branches.map { branch in "<li>\(branch.count == 1 ? item(branch[0]) : list(branch))</li>" }
      return "in parallel, \(self.join(join))<ul>\(items.joined(separator: "\n"))</ul>"
    case .when(let condition, let then, let otherwise):
      let rest = otherwise.isEmpty ? "" : "otherwise\(list(otherwise))"
      return "when \(HTML.code(self.condition(condition)))\(list(then))\(rest)"
    case .choose(let value, let chosen, let otherwise):
      var arms = chosen.map { arm in
        "<li>\(arm.cases.map { HTML.code($0) }.joined(separator: ", "))\(list(arm.body))</li>"
      }
      if let otherwise { arms.append("<li>otherwise\(list(otherwise))</li>") }
      return "choose by \(HTML.code(argument(value)))<ul>\(arms.joined(separator: "\n"))</ul>"
    case .forEach(let loop):
      let name = flow.bindings[loop.element].name
      return "for each \(HTML.code(name)) in \(HTML.code(argument(loop.list))), at most \(loop.itemsMax)\(list(loop.body))"
    }
  }

  private func use(_ use: ResolvedUse) -> String {
    let arguments = use.arguments.map(argument).joined(separator: ", ")
    var text = use.binding.map { flow.bindings[$0].name + " = " } ?? ""
    if use.isDone { text = "done " }
    text += "\(use.step.name)(\(arguments))"
    var html = HTML.code(text)
    let notes = notes(use)
    if !notes.isEmpty { html += " <span class=\"soft\">\(HTML.escape(notes.joined(separator: ", ")))</span>" }
    if !use.step.documentation.isEmpty { html += "<span class=\"note\">\(HTML.sentence(use.step.documentation))</span>" }
    let bodies =
      use.inserts.map { ("may insert", $0.name, $0.body) } + use.replaces.map { ("may go on with", $0.name, $0.body) }
      + use.errorHandlers.compactMap { handler in
        guard case .fragment(let name, let body) = handler.target else { return nil }
        return ("on \(handler.error) goes on with", name, body)
      }
    guard !bodies.isEmpty else { return html }
    return html + "<ul>" + bodies.map { "<li>\(HTML.escape($0.0)) \(HTML.code($0.1))\(list($0.2))</li>" }.joined(separator: "\n") + "</ul>"
  }

  private func notes(_ use: ResolvedUse) -> [String] {
    var notes: [String] = []
    if !use.step.needs.isEmpty { notes.append("needs " + use.step.needs.joined(separator: " and ")) }
    if let timeout = use.timeoutNanoseconds { notes.append("within \(DurationText.text(timeout))") }
    if let retry = use.retry { notes.append(retry.attempts == 1 ? "tried once more" : "tried \(retry.attempts) times more") }
    switch use.fallback {
    case .none: break
    case .empty: notes.append("may be missing")
    case .defaultValue: notes.append("else its default")
    case .step(let call): notes.append("else \(call.step.name)")
    }
    if use.isDetached { notes.append("after the answer") }
    if let undo = use.undo { notes.append("undone by \(undo.step.name)") }
    for case .status(let status) in use.errorHandlers.map(\.target) { notes.append("its error answers \(status)") }
    return notes
  }

  private func argument(_ argument: ResolvedArgument) -> String {
    ([flow.bindings[argument.binding].name] + argument.path.map(\.name)).joined(separator: ".")
  }

  private func condition(_ condition: ResolvedCondition) -> String {
    switch condition {
    case .flag(let value, let negated): (negated ? "not " : "") + argument(value)
    case .isCase(let value, let name, let negated): (negated ? "not " : "") + "\(argument(value)) is \(name)"
    case .exists(let value, let negated): (negated ? "not " : "") + "exists \(argument(value))"
    }
  }

  private func join(_ join: ResolvedJoin) -> String {
    switch join {
    case .all: "all of them, whatever becomes of each"
    case .allRequired: "all of which must succeed"
    case .any: "until one has finished"
    case .firstSuccess: "until one has succeeded"
    case .quorum(let count): "until \(count) have succeeded"
    }
  }
}
