/// Lowers a recorded plan to the text that ``Plan`` reads: the same that RouteGen writes for the same plan.
struct PlanAssembly {
  private let uses: [PlanRecorder.Use]
  /// Numbers of what comes first, when the plan stands behind another one.
  private let firstUse: Int
  private let firstCondition: Int
  private let firstInstruction: Int
  private var instructions: [Instruction] = []
  /// Where each label stands: the index of an instruction.
  private var labels: [Int?] = []
  /// What stands behind the plan itself: bodies of fragments, fallbacks, compensations and detached uses.
  private var pending: [(label: Label, body: Body, end: Instruction?)] = []

  private enum Body {
    case nodes([PlanNode])
    case use(Int)
    case undo(Int, forgetting: Int)
  }

  /// A place in the program that is not known yet.
  private typealias Label = Int

  private enum Instruction {
    case part
    case run(Int, inserts: [Label] = [], replaces: [Label] = [], otherwise: Label? = nil, undo: Label? = nil)
    case detach(Label)
    case fork(Join, branches: [Label], then: Label)
    case arrive
    case test(condition: Int, otherwise: Label)
    case jump(Label)
    /// Goes back to the plan around.
    case leave(Int)
  }

  init(
    _ nodes: [PlanNode], uses: [PlanRecorder.Use], firstUse: Int = 0, firstCondition: Int = 0, firstInstruction: Int = 0,
    leavingTo end: Int? = nil
  ) {
    self.uses = uses
    self.firstUse = firstUse
    self.firstCondition = firstCondition
    self.firstInstruction = firstInstruction
    lower(nodes)
    // What stands behind the plan must not be run into.
    if let end { instructions.append(.leave(end)) }
    while !pending.isEmpty {
      let section = pending.removeFirst()
      place(section.label)
      switch section.body {
      case .nodes(let nodes): lower(nodes)
      case .use(let use): instructions.append(.run(use))
      case .undo(let use, let forgetting):
        // What was put aside goes whether the compensation has succeeded or not.
        let next = label()
        instructions.append(.run(use, otherwise: next))
        place(next)
        instructions.append(.run(forgetting))
      }
      if let end = section.end { instructions.append(end) }
    }
  }

  var text: String { (useLines + instructionLines).joined(separator: "\n") }

  var useLines: [String] { uses.map(Self.line) }

  var instructionLines: [String] { instructions.map(line) }

  // MARK: Lowering

  private mutating func lower(_ nodes: [PlanNode]) {
    for node in nodes {
      switch node {
      case .use(let use): lower(use)
      case .fork(let join, let branches): lower(join, branches)
      case .test(let condition, let then, let otherwise): lower(condition, then, otherwise)
      case .loop(let begin, let condition, let next, _, let body, let end):
        instructions.append(.run(begin))
        let (test, behind) = (label(), label())
        place(test)
        instructions.append(.test(condition: condition, otherwise: behind))
        instructions.append(.run(next))
        lower(body)
        instructions.append(.jump(test))
        place(behind)
        instructions.append(.run(end))
      }
    }
  }

  private mutating func lower(_ number: Int) {
    let use = uses[number]
    if use.isDetached {
      let label = label()
      instructions.append(.detach(label))
      return pending.append((label, .use(number), .arrive))
    }
    let inserts = use.declaration.mayInsert.map { _ in label() }
    let replacing = use.declaration.mayReplace.map { use.replaces[$0] ?? [] } + use.errorFragments
    let replaces = replacing.map { _ in label() }
    let undo = use.undo.map { _ in label() }
    let next = label()
    let otherwise = use.isOptional ? next : use.fallback.map { _ in label() }
    if use.declaration.takesParts { instructions.append(.part) }
    instructions.append(.run(number, inserts: inserts, replaces: replaces, otherwise: otherwise, undo: undo))
    place(next)
    if let undo, let compensation = use.undo {
      pending.append((undo, use.forgetting.map { .undo(compensation, forgetting: $0) } ?? .use(compensation), .arrive))
    }
    for (target, name) in zip(inserts, use.declaration.mayInsert) {
      pending.append((target, .nodes(use.inserts[name] ?? []), .jump(next)))
    }
    for (target, nodes) in zip(replaces, replacing) { pending.append((target, .nodes(nodes), nil)) }
    if let fallback = use.fallback, let otherwise, !use.isOptional { pending.append((otherwise, .use(fallback), .jump(next))) }
  }

  private mutating func lower(_ join: Join, _ branches: [[PlanNode]]) {
    let starts = branches.map { _ in label() }
    let next = label()
    instructions.append(.fork(join, branches: starts, then: next))
    for (start, branch) in zip(starts, branches) {
      place(start)
      lower(branch)
      instructions.append(.arrive)
    }
    place(next)
  }

  private mutating func lower(_ condition: Int, _ then: [PlanNode], _ otherwise: [PlanNode]) {
    let other = label()
    instructions.append(.test(condition: condition, otherwise: other))
    lower(then)
    guard !otherwise.isEmpty else { return place(other) }
    let next = label()
    // Nothing falls out of an arm that answers, and nothing may stand behind it to jump to.
    if !ends(then) { instructions.append(.jump(next)) }
    place(other)
    lower(otherwise)
    place(next)
  }

  private func ends(_ nodes: [PlanNode]) -> Bool {
    switch nodes.last {
    case .use(let use): uses[use].isDone
    case .test(_, let then, let otherwise): ends(then) && ends(otherwise)
    case .fork, .loop, nil: false
    }
  }

  private mutating func label() -> Label {
    labels.append(nil)
    return labels.count - 1
  }

  private mutating func place(_ label: Label) { labels[label] = instructions.count }

  // MARK: Text

  private static func line(_ use: PlanRecorder.Use) -> String {
    var line = "use \(use.declaration.name) line=\(use.place.line) file=\(Self.word(use.place.file))"
    let needs = use.declaration.needs
    if !needs.isEmpty { line += " needs=\(needs.map(\.name).joined(separator: ","))" }
    if let timeout = use.timeout { line += " timeout=\(timeout.nanosecondsWhole)" }
    if let retry = use.retry {
      line += " retry=\(retry.attempts) backoff=\(retry.backoff.nanosecondsWhole)..\(retry.backoffMax.nanosecondsWhole)"
    }
    if use.declaration.isCooperative { line += " cooperative" }
    if use.declaration.takesParts { line += " parts" }
    if use.isBuiltIn { line += " built-in" }
    return line
  }

  /// A file may be called with spaces, and the words of the text are told apart by them.
  private static func word(_ file: String) -> String { file.split(separator: " ").joined(separator: "%20") }

  private func line(_ instruction: Instruction) -> String {
    func target(_ label: Label) -> String { String(firstInstruction + (labels[label] ?? instructions.count)) }
    func list(_ name: String, _ labels: [Label]) -> String {
      labels.isEmpty ? "" : " \(name)=\(labels.map(target).joined(separator: ","))"
    }
    switch instruction {
    case .run(let use, let inserts, let replaces, let otherwise, let undo):
      func one(_ name: String, _ label: Label?) -> String { list(name, label.map { [$0] } ?? []) }
      return "run \(firstUse + use)" + list("inserts", inserts) + list("replaces", replaces) + one("else", otherwise)
        + one("undo", undo)
    case .part: return "part"
    case .detach(let label): return "detach \(target(label))"
    case .fork(let join, let branches, let then):
      return "fork \(join.word) \(branches.map(target).joined(separator: " ")) then=\(target(then))"
    case .arrive: return "arrive"
    case .test(let condition, let otherwise): return "test \(firstCondition + condition) else=\(target(otherwise))"
    case .jump(let label): return "jump \(target(label))"
    case .leave(let counter): return "jump \(counter)"
    }
  }
}
