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
  /// What stands behind the plan itself: bodies of fragments, compensations and detached uses.
  private var pending: [(label: Label, body: Body, end: Instruction?)] = []

  private enum Body {
    case nodes([PlanNode])
    case use(Int)
  }

  /// A place in the program that is not known yet.
  private typealias Label = Int

  private enum Instruction {
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
    let replaces = use.declaration.mayReplace.map { _ in label() }
    let undo = use.undo.map { _ in label() }
    let next = label()
    instructions.append(
      .run(number, inserts: inserts, replaces: replaces, otherwise: use.isOptional ? next : nil, undo: undo))
    place(next)
    if let undo, let compensation = use.undo { pending.append((undo, .use(compensation), .arrive)) }
    for (target, name) in zip(inserts, use.declaration.mayInsert) {
      pending.append((target, .nodes(use.inserts[name] ?? []), .jump(next)))
    }
    for (target, name) in zip(replaces, use.declaration.mayReplace) {
      pending.append((target, .nodes(use.replaces[name] ?? []), nil))
    }
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
    case .fork, nil: false
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
