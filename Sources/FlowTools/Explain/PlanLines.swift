import FlowLanguage

/// A plan as indented lines, with what the fragments of a step do below the step.
struct PlanLines {
  private let text: PlanText
  private(set) var lines: [String] = []

  init(_ flow: ResolvedFlow) {
    text = PlanText(flow: flow)
    if case .swift(let name) = flow.planSource {
      lines.append("written in Swift, by the type \(name) beside \(flow.span.path)")
      lines.append("The app can print it: `for plan in Routes.catalog.swiftPlans { print(plan.text) }`.")
    }
    add(flow.plan, "")
  }

  private mutating func add(_ nodes: [ResolvedNode], _ indent: String) {
    for node in nodes { add(node, indent) }
  }

  private mutating func add(_ node: ResolvedNode, _ indent: String) {
    switch node {
    case .use(let use): add(use, indent)
    case .parallel(let join, let branches):
      lines.append("\(indent)parallel \(text.join(join))")
      for branch in branches { add(branch, indent + (branch.count > 1 ? "  | " : "  ")) }
    case .when(let condition, let then, let otherwise):
      lines.append("\(indent)when \(text.condition(condition))")
      add(then, indent + "  ")
      guard !otherwise.isEmpty else { return }
      lines.append("\(indent)otherwise")
      add(otherwise, indent + "  ")
    case .choose(let argument, let cases, let otherwise):
      lines.append("\(indent)choose \(text.argument(argument))")
      for arm in cases { addArm(arm.cases.joined(separator: ", "), arm.body, indent) }
      if let otherwise { addArm("otherwise", otherwise, indent) }
    case .forEach(let loop):
      lines.append(indent + text.loop(loop))
      add(loop.body, indent + "  ")
    }
  }

  private mutating func addArm(_ name: String, _ body: [ResolvedNode], _ indent: String) {
    lines.append("\(indent)  \(name)")
    add(body, indent + "    ")
  }

  private mutating func add(_ use: ResolvedUse, _ indent: String) {
    let needs = use.step.needs.isEmpty ? [] : ["needs \(use.step.needs.joined(separator: ", "))"]
    lines.append(([indent + text.call(use)] + needs + text.modifiers(use)).joined(separator: "  "))
    for insert in use.inserts { addFragment("may insert \(insert.name)", insert.body, indent) }
    for replace in use.replaces { addFragment("may replace the rest with \(replace.name)", replace.body, indent) }
    for handler in use.errorHandlers {
      if case .fragment(let name, let body) = handler.target {
        addFragment("on \(handler.error) replaces the rest with \(name)", body, indent)
      }
    }
  }

  private mutating func addFragment(_ title: String, _ body: [ResolvedNode], _ indent: String) {
    lines.append("\(indent)    \(title)")
    add(body, indent + "      ")
  }
}
