import FlowLanguage

/// What a drawing of a plan is made of: the plan without its types.
indirect enum PlanShape {
  struct Step {
    /// The call, then what is said about it, a line each.
    let lines: [String]
    let kind: Kind
    /// Fragments that may run behind the step or in place of what follows.
    let fragments: [Fragment]
  }

  enum Kind {
    case step
    /// Has effects.
    case effect
    /// Answers the request.
    case done
    /// Nobody waits for it.
    case detached
  }

  struct Fragment {
    /// `may insert credit-check`
    let title: String
    let body: PlanShape
    /// Nothing of the plan runs behind it.
    let endsPlan: Bool
  }

  struct Arm {
    let label: String
    let body: PlanShape
  }

  case step(Step)
  case sequence([PlanShape])
  case parallel(join: String, branches: [PlanShape])
  case choice(question: String, arms: [Arm])
  case loop(title: String, body: PlanShape)
}

extension PlanShape {
  init(_ flow: ResolvedFlow) {
    if case .swift(let name) = flow.planSource {
      // Nothing here runs Swift.
      self = .step(Step(lines: ["plan in Swift", name], kind: .step, fragments: []))
    } else {
      self = Self.shape(flow.plan, PlanText(flow: flow))
    }
  }

  private static func shape(_ nodes: [ResolvedNode], _ text: PlanText) -> PlanShape {
    .sequence(nodes.map { shape($0, text) })
  }

  private static func shape(_ node: ResolvedNode, _ text: PlanText) -> PlanShape {
    switch node {
    case .use(let use): .step(step(use, text))
    case .parallel(let join, let branches): .parallel(join: text.join(join), branches: branches.map { shape($0, text) })
    case .when(let condition, let then, let otherwise):
      .choice(
        question: text.condition(condition),
        arms: [Arm(label: "yes", body: shape(then, text)), Arm(label: "no", body: shape(otherwise, text))])
    case .choose(let argument, let chosen, let otherwise):
      .choice(
        question: text.argument(argument),
        arms: arms(chosen, text) + (otherwise.map { [Arm(label: "otherwise", body: shape($0, text))] } ?? []))
    case .forEach(let loop): .loop(title: text.loop(loop), body: shape(loop.body, text))
    }
  }

  /// Cases that share their statements have one arm.
  private static func arms(_ arms: [(cases: [String], body: [ResolvedNode])], _ text: PlanText) -> [Arm] {
    arms.map { Arm(label: $0.cases.joined(separator: ", "), body: shape($0.body, text)) }
  }

  private static func step(_ use: ResolvedUse, _ text: PlanText) -> Step {
    let needs = use.step.needs.isEmpty ? [] : ["needs \(use.step.needs.joined(separator: ", "))"]
    let kind: Kind = use.isDone ? .done : use.isDetached ? .detached : use.step.needs.isEmpty ? .step : .effect
    var fragments = use.inserts.map { Fragment(title: "may insert \($0.name)", body: shape($0.body, text), endsPlan: false) }
    fragments += use.replaces.map { Fragment(title: "may replace \($0.name)", body: shape($0.body, text), endsPlan: true) }
    for handler in use.errorHandlers {
      if case .fragment(let name, let body) = handler.target {
        fragments.append(Fragment(title: "on \(handler.error) -> \(name)", body: shape(body, text), endsPlan: true))
      }
    }
    return Step(lines: [text.call(use)] + needs + text.modifiers(use), kind: kind, fragments: fragments)
  }

  /// Nothing runs behind it.
  var endsPlan: Bool {
    switch self {
    case .step(let step): step.kind == .done
    case .sequence(let shapes): shapes.contains(where: \.endsPlan)
    case .parallel(_, let branches): branches.contains(where: \.endsPlan)
    case .choice(_, let arms): arms.allSatisfy(\.body.endsPlan)
    case .loop: false
    }
  }

  var isEmpty: Bool { if case .sequence(let shapes) = self { shapes.isEmpty } else { false } }
}
