/// Where a statement stands: one step into a block for each block around it.
struct PlanPath {
  struct Step {
    /// Position in its block.
    let index: Int
    /// The arm of the statement that holds the next step; `nil` at the end of the path.
    let arm: Arm?
  }

  /// One block of a statement that has several.
  struct Arm {
    enum Kind {
      case allRequired
      /// Goes on although this arm may not have come to its end.
      case tolerant
      case condition
      /// The body of a loop: what it writes lives for one round.
      case loop
    }
    let kind: Kind
    let number: Int
    /// Whoever is behind the statement has come through this arm, because all others end the flow.
    let isOnlyWayOn: Bool
  }

  var steps: [Step] = []

  func entering(_ arm: Arm, at index: Int) -> PlanPath { PlanPath(steps: steps + [Step(index: index, arm: arm)]) }
  func statement(_ index: Int) -> PlanPath { PlanPath(steps: steps + [Step(index: index, arm: nil)]) }
}

extension PlanPath {
  /// What a reader at one place knows about a binding that is written at another.
  enum Visibility: Equatable {
    case written
    /// On some ways to the reader it has not been written.
    case maybeEmpty
    /// Written further down.
    case later
    /// Written by the very statement that reads it.
    case itself
    case siblingBranch
    case otherArm
    /// Written in every round of a loop that is over.
    case oneRound
  }

  /// What a reader at `self` sees of a writer at `writer`. Both are paths of the same plan.
  func visibility(of writer: PlanPath) -> Visibility {
    for (position, (own, other)) in zip(steps, writer.steps).enumerated() {
      if own.index < other.index { return .later }
      if own.index > other.index {
        if writer.steps[position...].contains(where: { $0.arm?.kind == .loop }) { return .oneRound }
        return writer.isAlwaysReached(from: position) ? .written : .maybeEmpty
      }
      guard let ownArm = own.arm, let otherArm = other.arm else { return .itself }
      if ownArm.number != otherArm.number { return ownArm.kind == .condition ? .otherArm : .siblingBranch }
    }
    return .itself
  }

  /// Whether everybody who is behind the statement at `position` has passed the end of this path.
  private func isAlwaysReached(from position: Int) -> Bool {
    steps[position...].allSatisfy { step in
      guard let arm = step.arm else { return true }
      switch arm.kind {
      case .allRequired: return true
      case .tolerant, .loop: return false
      case .condition: return arm.isOnlyWayOn
      }
    }
  }
}

/// The bindings of the plan, or those of one expansion of a fragment. A class, because types become known during the walk.
final class PlanScope {
  final class Writer {
    let name: NameSyntax
    let path: PlanPath
    /// `optional`: its step may have failed.
    let isOptional: Bool
    /// `nil` until the walk has passed it, and when it cannot be known.
    var type: ResolvedType?
    /// Its slot. `nil` until the walk has passed it.
    var slot: Int?

    init(_ name: NameSyntax, path: PlanPath, isOptional: Bool) {
      self.name = name
      self.path = path
      self.isOptional = isOptional
    }
  }

  private(set) var writers: [String: Writer] = [:]
  private(set) var inOrder: [Writer] = []

  /// Finds every writer before the first reader is looked at, so that a reader can be told where its value comes from.
  init(_ block: BlockSyntax, reporter: Reporter, besides other: PlanScope? = nil, parameters: [NameSyntax] = []) {
    // In front of every statement.
    for parameter in parameters { add(parameter, PlanPath().statement(-1), reporter, other) }
    collect(block, at: PlanPath(), reporter: reporter, besides: other)
  }

  private func collect(_ block: BlockSyntax, at path: PlanPath, reporter: Reporter, besides other: PlanScope?) {
    for (index, statement) in block.statements.enumerated() {
      switch statement {
      case .use(let use):
        add(use.binding, path.statement(index), isOptional: use.modifiers.optional != nil, reporter, other)
      case .broken(let binding, _): add(binding, path.statement(index), reporter, other)
      case .parallel(let parallel):
        for (number, branch) in parallel.branches.enumerated() {
          collect(branch, at: path.entering(parallel.arm(number), at: index), reporter: reporter, besides: other)
        }
      case .when(let when):
        collect(when.then, at: path.entering(when.arm(0), at: index), reporter: reporter, besides: other)
        if let otherwise = when.otherwise {
          collect(otherwise, at: path.entering(when.arm(1), at: index), reporter: reporter, besides: other)
        }
      case .choose(let choose):
        for (number, body) in choose.bodies.enumerated() {
          collect(body, at: path.entering(choose.arm(number), at: index), reporter: reporter, besides: other)
        }
      case .forEach(let loop):
        add(loop.binding, path.statement(index), reporter, other)
        let inside = path.entering(LoopSyntax.arm, at: index)
        // In front of every statement of the body.
        add(loop.element, inside.statement(-1), reporter, other)
        collect(loop.body, at: inside, reporter: reporter, besides: other)
      }
    }
  }

  private func add(
    _ name: NameSyntax?, _ path: PlanPath, isOptional: Bool = false, _ reporter: Reporter, _ other: PlanScope?
  ) {
    guard let name else { return }
    if ReservedNames.statementWords.contains(name.text) || ReservedNames.members.contains(name.text) {
      reporter.report(.reservedName(name, kind: "binding", why: Self.reason(name.text)))
    }
    let writer = Writer(name, path: path, isOptional: isOptional)
    inOrder.append(writer)
    if let first = writers[name.text] {
      let isSibling = path.visibility(of: first.path) == .siblingBranch
      reporter.report(.duplicateBinding(name, first: first.name.span, inSiblings: isSibling))
    } else if let first = other?.writers[name.text] {
      reporter.report(.duplicateBinding(name, first: first.name.span, inSiblings: false))
    } else {
      writers[name.text] = writer
    }
  }

  private static func reason(_ name: String) -> String {
    switch name {
    case "input": "In a plan, `input` is what the flow reads."
    case "caller": "In a plan, `caller` is who has sent the request."
    case "precondition": "In a plan, `precondition` is on which condition the request may be carried out."
    default: "The word has a meaning of its own in a plan."
    }
  }
}

extension ParallelSyntax {
  func arm(_ number: Int) -> PlanPath.Arm {
    if case .allRequired = join { return PlanPath.Arm(kind: .allRequired, number: number, isOnlyWayOn: true) }
    return PlanPath.Arm(kind: .tolerant, number: number, isOnlyWayOn: false)
  }
}

extension WhenSyntax {
  /// 0 is `then`, 1 is `otherwise`.
  func arm(_ number: Int) -> PlanPath.Arm {
    let other = number == 0 ? otherwise : then
    return PlanPath.Arm(kind: .condition, number: number, isOnlyWayOn: other?.alwaysEnds ?? false)
  }
}

extension ChooseSyntax {
  /// The body of each arm, the one of `otherwise` last.
  var bodies: [BlockSyntax] { arms.map(\.body) + (otherwise.map { [$0] } ?? []) }

  func arm(_ number: Int) -> PlanPath.Arm {
    let others = bodies.indices.filter { $0 != number }
    return PlanPath.Arm(
      kind: .condition, number: number, isOnlyWayOn: others.allSatisfy { bodies[$0].alwaysEnds })
  }
}

extension LoopSyntax {
  static var arm: PlanPath.Arm { PlanPath.Arm(kind: .loop, number: 0, isOnlyWayOn: false) }
}

extension BlockSyntax {
  /// Every way through the block ends the flow.
  var alwaysEnds: Bool { statements.contains(where: \.alwaysEnds) }
}

extension StatementSyntax {
  var isBroken: Bool {
    if case .broken = self { true } else { false }
  }

  var alwaysEnds: Bool {
    switch self {
    case .use(let use): use.done != nil
    case .when(let when): when.then.alwaysEnds && (when.otherwise?.alwaysEnds ?? false)
    case .choose(let choose): !choose.bodies.isEmpty && choose.bodies.allSatisfy(\.alwaysEnds)
    case .parallel, .forEach, .broken: false
    }
  }
}
