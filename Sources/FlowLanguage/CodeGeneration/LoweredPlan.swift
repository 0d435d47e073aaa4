/// A plan as the flat program that the request machine walks: the text that `Plan` in ZerverCore describes, and what its
/// numbers mean to the generated code.
struct LoweredPlan {
  /// In the order of their numbers. A fragment is lowered once for every use that may choose it.
  private(set) var uses: [ResolvedUse] = []
  /// In the order of their numbers.
  private(set) var conditions: [ResolvedCondition] = []
  /// Uses of fragments in Swift, in the order of their numbers.
  private(set) var swiftFragments: [ResolvedUse] = []
  private var instructions: [Instruction] = []
  /// Where each label stands: the index of an instruction.
  private var labels: [Int?] = []
  /// Bodies of fragments, which stand behind the plan itself.
  private var pending: [(label: Label, body: [ResolvedNode], returnsTo: Label?)] = []

  /// A place in the program that is not known yet.
  private typealias Label = Int

  private enum Instruction {
    case run(use: Int, inserts: [Label], replaces: [Label])
    case fork(ResolvedJoin, branches: [Label], then: Label)
    case arrive
    case test(condition: Int, otherwise: Label)
    case jump(Label)
    /// A fragment in Swift stands here. It is put there when the server starts.
    case swift(Int)
  }

  init(_ plan: [ResolvedNode]) {
    lower(plan)
    while !pending.isEmpty {
      let fragment = pending.removeFirst()
      place(fragment.label)
      lower(fragment.body)
      if let target = fragment.returnsTo { instructions.append(.jump(target)) }
    }
  }

  /// One line for each use, then one for each instruction.
  var assembly: [String] { uses.map(Self.line) + instructions.map(line) }

  // MARK: Lowering

  private mutating func lower(_ nodes: [ResolvedNode]) {
    for node in nodes {
      switch node {
      case .use(let use): lower(use)
      case .parallel(let join, let branches): lower(join, branches)
      case .when(let condition, let then, let otherwise): lower(condition, then, otherwise)
      case .choose, .forEach: preconditionFailure("the checker makes neither")
      }
    }
  }

  private mutating func lower(_ use: ResolvedUse) {
    if use.swiftFragment != nil {
      instructions.append(.swift(swiftFragments.count))
      return swiftFragments.append(use)
    }
    let inserts = use.inserts.map { _ in label() }
    let replaces = use.replaces.map { _ in label() }
    instructions.append(.run(use: uses.count, inserts: inserts, replaces: replaces))
    uses.append(use)
    if !use.inserts.isEmpty {
      let next = label()
      place(next)
      for (target, fragment) in zip(inserts, use.inserts) { pending.append((target, fragment.body, next)) }
    }
    for (target, fragment) in zip(replaces, use.replaces) { pending.append((target, fragment.body, nil)) }
  }

  private mutating func lower(_ join: ResolvedJoin, _ branches: [[ResolvedNode]]) {
    let starts = branches.map { _ in label() }
    let next = label()
    instructions.append(.fork(join, branches: starts, then: next))
    for (start, branch) in zip(starts, branches) {
      place(start)
      lower(branch)
      if !Self.ends(branch) { instructions.append(.arrive) }
    }
    place(next)
  }

  private mutating func lower(_ condition: ResolvedCondition, _ then: [ResolvedNode], _ otherwise: [ResolvedNode]) {
    let other = label()
    instructions.append(.test(condition: conditions.count, otherwise: other))
    conditions.append(condition)
    lower(then)
    guard !otherwise.isEmpty else { return place(other) }
    let next = label()
    // Nothing falls out of a body that ends the request, and nothing may stand behind it to jump to.
    if !Self.ends(then) { instructions.append(.jump(next)) }
    place(other)
    lower(otherwise)
    place(next)
  }

  /// Whether every way through the nodes ends the request.
  private static func ends(_ nodes: [ResolvedNode]) -> Bool {
    switch nodes.last {
    case .use(let use): use.isDone
    case .when(_, let then, let otherwise): ends(then) && ends(otherwise)
    case .choose(_, let cases, let otherwise): cases.allSatisfy { ends($0.body) } && otherwise.map(ends) ?? true
    case .parallel, .forEach, nil: false
    }
  }

  private mutating func label() -> Label {
    labels.append(nil)
    return labels.count - 1
  }

  private mutating func place(_ label: Label) { labels[label] = instructions.count }

  // MARK: Text

  private static func line(_ use: ResolvedUse) -> String {
    var line = "use \(use.step.name) line=\(use.place.line)"
    if !use.step.needs.isEmpty { line += " needs=\(use.step.needs.joined(separator: ","))" }
    if let timeout = use.timeoutNanoseconds { line += " timeout=\(timeout)" }
    if use.step.isCooperative { line += " cooperative" }
    return line
  }

  private func line(_ instruction: Instruction) -> String {
    func target(_ label: Label) -> String { String(labels[label] ?? instructions.count) }
    func list(_ name: String, _ labels: [Label]) -> String {
      labels.isEmpty ? "" : " \(name)=\(labels.map(target).joined(separator: ","))"
    }
    switch instruction {
    case .run(let use, let inserts, let replaces):
      return "run \(use)" + list("inserts", inserts) + list("replaces", replaces)
    case .fork(let join, let branches, let then):
      return "fork \(join.word) \(branches.map(target).joined(separator: " ")) then=\(target(then))"
    case .arrive: return "arrive"
    case .test(let condition, let otherwise): return "test \(condition) else=\(target(otherwise))"
    case .jump(let label): return "jump \(target(label))"
    case .swift(let fragment): return "swift \(fragment)"
    }
  }
}

extension ResolvedUse {
  /// Where the step's name stands in the plan.
  var place: SourcePlace { span.place(of: step.name) }
}

extension ResolvedJoin {
  /// The join in the plan's text.
  fileprivate var word: String {
    switch self {
    case .all: "all"
    case .allRequired: "all-required"
    case .any: "any"
    case .firstSuccess: "first-success"
    case .quorum(let count): "quorum-\(count)"
    }
  }
}
