/// A plan as the flat program that the request machine walks: the text that `Plan` in ZerverCore describes, and what its
/// numbers mean to the generated code.
struct LoweredPlan {
  /// In the order of their numbers. A fragment is lowered once for every use that may choose it.
  private(set) var uses: [LoweredUse] = []
  /// In the order of their numbers.
  private(set) var conditions: [LoweredCondition] = []
  /// In the order of their numbers.
  private(set) var loops: [LoweredLoop] = []
  /// Uses of fragments in Swift, in the order of their numbers.
  private(set) var swiftFragments: [ResolvedUse] = []
  private var instructions: [Instruction] = []
  /// Where each label stands: the index of an instruction.
  private var labels: [Int?] = []
  /// What stands behind the plan itself: bodies of fragments, fallbacks and detached uses.
  private var pending: [Section] = []
  /// The loops around what is being lowered, the outermost first.
  private var around: [Int] = []

  /// A place in the program that is not known yet.
  private typealias Label = Int

  private struct Section {
    indirect enum Content {
      case nodes([ResolvedNode])
      case use(LoweredUse)
      case undo(ResolvedCall, readsKept: Bool)
    }
    var label: Label
    var content: Content
    /// `nil` when the content ends by itself.
    var end: Instruction?
    var around: [Int]
  }

  private enum Instruction {
    /// The step that comes next is given the first part of the input.
    case part
    case run(use: Int, inserts: [Label], replaces: [Label], otherwise: Label?, undo: Label?)
    case detach(Label)
    case fork(ResolvedJoin, branches: [Label], then: Label)
    case arrive
    case test(condition: Int, otherwise: Label)
    case jump(Label)
    /// A fragment in Swift stands here. It is put there when the server starts.
    case swift(Int)
  }

  init(_ plan: [ResolvedNode]) {
    lower(plan)
    while !pending.isEmpty { lower(pending.removeFirst()) }
  }

  /// One line for each use, then one for each instruction.
  var assembly: [String] { uses.map(\.line) + instructions.map(line) }

  // MARK: Lowering

  private mutating func lower(_ nodes: [ResolvedNode]) {
    for node in nodes {
      switch node {
      case .use(let use): lower(use)
      case .parallel(let join, let branches): lower(join, branches)
      case .when(let condition, let then, let otherwise): lower(.when(condition), then, otherwise)
      case .choose(let value, let arms, let otherwise): lower(value, arms[...], otherwise)
      case .forEach(let loop): lower(loop)
      }
    }
  }

  private mutating func lower(_ section: Section) {
    around = section.around
    place(section.label)
    switch section.content {
    case .nodes(let nodes): lower(nodes)
    case .use(let use): run(use)
    case .undo(let call, let readsKept): lower(undo: call, readsKept: readsKept)
    }
    if let end = section.end { instructions.append(end) }
  }

  private mutating func number(_ use: LoweredUse) -> Int {
    uses.append(use)
    return uses.count - 1
  }

  private mutating func run(_ use: LoweredUse) {
    instructions.append(.run(use: number(use), inserts: [], replaces: [], otherwise: nil, undo: nil))
  }

  private mutating func later(_ content: Section.Content, at label: Label, end: Instruction? = nil) {
    pending.append(Section(label: label, content: content, end: end, around: around))
  }

  private mutating func lower(_ use: ResolvedUse) {
    if use.swiftFragment != nil {
      instructions.append(.swift(swiftFragments.count))
      return swiftFragments.append(use)
    }
    if use.isDetached {
      let label = label()
      instructions.append(.detach(label))
      return later(.use(.step(use, keepsForUndo: false)), at: label, end: .arrive)
    }
    let inserts = use.inserts.map { _ in label() }
    let replacing = use.replaces.map(\.body) + use.fragmentsOfErrors.map(\.body)
    let replaces = replacing.map { _ in label() }
    let next = label()
    let otherwise = use.fallback.leavesEmpty ? next : use.lowersFallback ? label() : nil
    // Values of a loop's round are gone when the request fails later, so what the compensation reads of them is kept.
    let keeps = !around.isEmpty && !(use.undo?.arguments.isEmpty ?? true)
    let undo = use.undo.map { _ in label() }
    if use.step.takesParts { instructions.append(.part) }
    instructions.append(
      .run(
        use: number(.step(use, keepsForUndo: keeps)), inserts: inserts, replaces: replaces, otherwise: otherwise, undo: undo))
    place(next)
    if let undo, let call = use.undo { later(.undo(call, readsKept: keeps), at: undo, end: .arrive) }
    for (target, fragment) in zip(inserts, use.inserts) {
      later(.nodes(fragment.body), at: target, end: .jump(next))
    }
    for (target, body) in zip(replaces, replacing) { later(.nodes(body), at: target) }
    if let otherwise, let fallback = LoweredUse(fallbackOf: use) {
      later(.use(fallback), at: otherwise, end: use.isDone ? nil : .jump(next))
    }
  }

  private mutating func lower(undo call: ResolvedCall, readsKept: Bool) {
    guard readsKept else { return run(.undo(call, readsKept: false)) }
    // What was put aside goes whether the compensation has succeeded or not.
    let next = label()
    let use = number(.undo(call, readsKept: true))
    instructions.append(.run(use: use, inserts: [], replaces: [], otherwise: next, undo: nil))
    place(next)
    run(.drop(call))
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

  private mutating func lower(_ condition: LoweredCondition, _ then: [ResolvedNode], _ otherwise: [ResolvedNode]) {
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

  /// One test for each arm, but for the last when it is the only one left.
  private mutating func lower(
    _ value: ResolvedArgument, _ arms: ArraySlice<(cases: [String], body: [ResolvedNode])>, _ otherwise: [ResolvedNode]?
  ) {
    let next = label()
    for (index, arm) in arms.enumerated() {
      let isLast = index == arms.count - 1
      if isLast, otherwise == nil {
        lower(arm.body)
        break
      }
      let other = label()
      instructions.append(.test(condition: conditions.count, otherwise: other))
      conditions.append(.isOneOf(value, arm.cases))
      lower(arm.body)
      let hasMore = !isLast || !(otherwise ?? []).isEmpty
      if hasMore, !Self.ends(arm.body) { instructions.append(.jump(next)) }
      place(other)
    }
    lower(otherwise ?? [])
    place(next)
  }

  private mutating func lower(_ loop: ResolvedLoop) {
    let number = loops.count
    loops.append(LoweredLoop(loop: loop, number: number))
    for outer in around { loops[outer].inner.append(number) }
    around.append(number)
    run(.beginLoop(loops[number]))
    let test = label()
    let end = label()
    place(test)
    instructions.append(.test(condition: conditions.count, otherwise: end))
    conditions.append(.hasNext(loops[number]))
    run(.nextRound(loops[number]))
    lower(loop.body)
    instructions.append(.jump(test))
    place(end)
    run(.endLoop(loops[number]))
    around.removeLast()
  }

  /// Whether every way through the nodes ends the request.
  private static func ends(_ nodes: [ResolvedNode]) -> Bool {
    switch nodes.last {
    case .use(let use): use.isDone
    case .when(_, let then, let otherwise): ends(then) && ends(otherwise)
    case .choose(_, let arms, let otherwise): arms.allSatisfy { ends($0.body) } && otherwise.map(ends) ?? true
    case .parallel, .forEach, nil: false
    }
  }

  private mutating func label() -> Label {
    labels.append(nil)
    return labels.count - 1
  }

  private mutating func place(_ label: Label) { labels[label] = instructions.count }

  // MARK: Text

  private func line(_ instruction: Instruction) -> String {
    func target(_ label: Label) -> String { String(labels[label] ?? instructions.count) }
    func list(_ name: String, _ labels: [Label]) -> String {
      labels.isEmpty ? "" : " \(name)=\(labels.map(target).joined(separator: ","))"
    }
    switch instruction {
    case .run(let use, let inserts, let replaces, let otherwise, let undo):
      func one(_ name: String, _ label: Label?) -> String { list(name, label.map { [$0] } ?? []) }
      return "run \(use)" + list("inserts", inserts) + list("replaces", replaces) + one("else", otherwise) + one("undo", undo)
    case .part: return "part"
    case .detach(let label): return "detach \(target(label))"
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

  /// The fragments of `on error -> fragment`, in the order of their lines.
  var fragmentsOfErrors: [(error: String, body: [ResolvedNode])] {
    errorHandlers.compactMap { handler in
      if case .fragment(_, let body) = handler.target { (handler.error, body) } else { nil }
    }
  }

  fileprivate var lowersFallback: Bool { LoweredUse(fallbackOf: self) != nil }
}

extension ResolvedFallback {
  fileprivate var leavesEmpty: Bool { if case .empty = self { true } else { false } }
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
