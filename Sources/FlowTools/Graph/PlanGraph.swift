import FlowLanguage
import ZerverCatalog

/// The plan of a flow as nodes and edges.
struct PlanGraph {
  /// A loose end that the next node is connected to.
  private struct End {
    let id: String
    var label = ""
    var isDashed = false
  }

  private var graph: DirectedGraph

  static func graph(of flow: ResolvedFlow) -> DirectedGraph {
    var plan = PlanGraph(graph: DirectedGraph(title: "\(flow.entry.reference)"))
    let caption = FlowCaption(flow)
    let start = plan.graph.add(caption.start, .pill)
    let ends = plan.add(PlanShape(flow), after: [End(id: start)], cluster: nil)
    let finish = plan.graph.add([caption.end], .pill)
    plan.connect(ends + plan.answers.map { End(id: $0) }, to: finish)
    return plan.graph
  }

  /// Steps that answer the request.
  private var answers: [String] = []

  private init(graph: DirectedGraph) { self.graph = graph }

  private mutating func connect(_ ends: [End], to id: String) {
    for end in ends { graph.edges.append(.init(from: end.id, to: id, label: end.label, isDashed: end.isDashed)) }
  }

  private mutating func add(_ shape: PlanShape, after ends: [End], cluster: Int?) -> [End] {
    switch shape {
    case .sequence(let shapes): return shapes.reduce(ends) { ends, shape in add(shape, after: ends, cluster: cluster) }
    case .step(let step): return add(step, after: ends, cluster: cluster)
    case .parallel(let join, let branches):
      let fork = graph.add(["parallel \(join)"], .round, cluster: cluster)
      connect(ends, to: fork)
      let branchEnds = branches.flatMap { add($0, after: [End(id: fork)], cluster: cluster) }
      guard !branchEnds.isEmpty else { return [] }
      let point = graph.add([], .point, cluster: cluster)
      connect(branchEnds, to: point)
      return [End(id: point)]
    case .choice(let question, let arms):
      let node = graph.add([question], .diamond, cluster: cluster)
      connect(ends, to: node)
      return arms.flatMap { add($0.body, after: [End(id: node, label: $0.label)], cluster: cluster) }
    case .loop(let title, let body):
      let inner = graph.cluster(title, parent: cluster)
      return add(body, after: ends, cluster: inner)
    }
  }

  private mutating func add(_ step: PlanShape.Step, after ends: [End], cluster: Int?) -> [End] {
    let shapes: [PlanShape.Kind: DirectedGraph.Shape] = [.step: .box, .effect: .box, .done: .boldBox, .detached: .dashedBox]
    let id = graph.add(step.lines, shapes[step.kind] ?? .box, cluster: cluster)
    connect(ends, to: id)
    var next = [End(id: id)]
    for fragment in step.fragments {
      let inner = graph.cluster(fragment.title, parent: cluster)
      let fragmentEnds = add(fragment.body, after: [End(id: id, isDashed: true)], cluster: inner)
      let open = fragmentEnds.filter { $0.id != id }.map { End(id: $0.id, label: $0.label, isDashed: true) }
      if fragment.endsPlan { answers += open.map(\.id) } else { next += open }
    }
    if step.kind == .done {
      answers.append(id)
      return []
    }
    return next
  }
}

/// What goes into a flow and what comes out, for the ends of a drawing.
struct FlowCaption {
  let start: [String]
  let end: String

  init(_ flow: ResolvedFlow) {
    let method = "\(flow.entry.method.rawValue) \(flow.entry.path)"
    switch flow.input {
    case .none: start = [method]
    case .body(let type): start = [method, "input \(type.text)"]
    case .stream(let type): start = [method, "input stream \(type.text)"]
    case .query(let type): start = [method, "input \(type.text) from query"]
    }
    switch flow.output {
    case .none: end = "\(flow.outputStatus)"
    case .text: end = "\(flow.outputStatus) text"
    case .file: end = "\(flow.outputStatus) file"
    case .json(let type): end = "\(flow.outputStatus) \(type.text)"
    case .stream(let type): end = "\(flow.outputStatus) stream \(type.text)"
    }
  }
}
