import ZerverCatalog

/// The plan of a flow in Swift, as its closure has written it down, for who reads it. Tools that run no Swift cannot show it.
public struct SwiftPlan: Sendable {
  /// `v1/inspect-cart`
  public let reference: String
  /// Where the flow stands: its own place, or that of its `.flow` file.
  public let place: FlowPlace?
  let plan: RecordedPlan
}

extension FlowCatalog {
  /// The plans of this catalog that are written in Swift, in the order of its entries.
  ///
  /// ```swift
  /// for plan in Routes.catalog.swiftPlans { print(plan.text) }
  /// ```
  public var swiftPlans: [SwiftPlan] {
    zip(catalog.entries, flows).compactMap { entry, flow in
      flow.recorded.map { SwiftPlan(reference: "\(entry.reference)", place: flow.place, plan: $0) }
    }
  }
}

extension SwiftPlan {
  /// The plan as indented lines, in the words of the language.
  public var text: String {
    var lines = [reference + (place.map { ", declared in \($0)" } ?? "")]
    add(plan.nodes, "  ", to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private func add(_ nodes: [PlanNode], _ indent: String, to lines: inout [String]) {
    for node in nodes {
      switch node {
      case .use(let number):
        let use = plan.uses[number]
        lines.append(indent + words(use))
        for fragment in fragments(of: use) {
          lines.append("\(indent)  \(fragment.title)")
          add(fragment.nodes, indent + "    ", to: &lines)
        }
      case .fork(let join, let branches):
        lines.append("\(indent)parallel \(join.word)")
        for branch in branches { add(branch, indent + (branch.count > 1 ? "  | " : "  "), to: &lines) }
      case .test(let condition, let then, let otherwise):
        lines.append("\(indent)when \(plan.conditionTexts[condition])")
        add(then, indent + "  ", to: &lines)
        if otherwise.isEmpty { continue }
        lines.append("\(indent)otherwise")
        add(otherwise, indent + "  ", to: &lines)
      case .loop(_, let condition, _, _, let body, _):
        lines.append(indent + plan.conditionTexts[condition])
        add(body, indent + "  ", to: &lines)
      }
    }
  }

  // MARK: Words

  private func words(_ use: PlanRecorder.Use) -> String {
    ([(use.isDone && use.declaration.name != "done" ? "done " : "") + use.declaration.name] + modifiers(of: use))
      .joined(separator: "  ")
  }

  private func modifiers(of use: PlanRecorder.Use) -> [String] {
    var words: [String] = []
    if let timeout = use.timeout { words.append("timeout \(Self.text(timeout))") }
    if let retry = use.retry {
      words.append("retry \(retry.attempts) backoff \(Self.text(retry.backoff))..\(Self.text(retry.backoffMax))")
    }
    if use.isOptional { words.append("optional") }
    if let fallback = use.fallback {
      words.append(plan.uses[fallback].isBuiltIn ? "else default" : "else \(plan.uses[fallback].declaration.name)")
    }
    if let undo = use.undo { words.append("undo \(plan.uses[undo].declaration.name)") }
    if use.isDetached { words.append("detach") }
    for handler in use.handlers {
      if case .status(let status) = handler.target { words.append("on \(handler.code) -> \(status)") }
    }
    return words
  }

  private func fragments(of use: PlanRecorder.Use) -> [(title: String, nodes: [PlanNode], isInserted: Bool)] {
    use.declaration.mayInsert.map { ("may insert \($0)", use.inserts[$0] ?? [], true) }
      + use.declaration.mayReplace.map { ("may replace the rest by \($0)", use.replaces[$0] ?? [], false) }
      + zip(use.handlers.filter(\.isFragment), use.errorFragments).map { ("on \($0.code)", $1, false) }
  }

  private static func text(_ duration: Duration) -> String {
    let nanoseconds = duration.nanosecondsWhole
    for (unit, factor) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000)] as [(String, Int64)] {
      if nanoseconds >= factor, nanoseconds % factor == 0 { return "\(nanoseconds / factor)\(unit)" }
    }
    return "\(nanoseconds)ns"
  }
}

extension PlanRecorder.ErrorHandler {
  fileprivate var isFragment: Bool { if case .fragment = target { true } else { false } }
}

// MARK: As a drawing

extension SwiftPlan {
  /// The plan as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).
  public var mermaid: String {
    var chart = Flowchart()
    let start = chart.add("([\(Flowchart.quoted([reference]))])", after: [])
    let ends = draw(plan.nodes, after: [Flowchart.End(id: start)], in: &chart)
    _ = chart.add("([\"answer\"])", after: ends + chart.answers)
    return chart.text
  }

  private func draw(_ nodes: [PlanNode], after ends: [Flowchart.End], in chart: inout Flowchart) -> [Flowchart.End] {
    nodes.reduce(ends) { ends, node in draw(node, after: ends, in: &chart) }
  }

  private func draw(_ node: PlanNode, after ends: [Flowchart.End], in chart: inout Flowchart) -> [Flowchart.End] {
    switch node {
    case .use(let number): return draw(plan.uses[number], after: ends, in: &chart)
    case .fork(let join, let branches):
      let fork = chart.add("(\(Flowchart.quoted(["parallel \(join.word)"])))", after: ends)
      return branches.flatMap { draw($0, after: [Flowchart.End(id: fork)], in: &chart) }
    case .test(let condition, let then, let otherwise):
      let test = chart.add("{\(Flowchart.quoted([plan.conditionTexts[condition]]))}", after: ends)
      return draw(then, after: [Flowchart.End(id: test, label: "yes")], in: &chart)
        + draw(otherwise, after: [Flowchart.End(id: test, label: "no")], in: &chart)
    case .loop(_, let condition, _, _, let body, _):
      let loop = chart.add("{\(Flowchart.quoted([plan.conditionTexts[condition]]))}", after: ends)
      chart.connect(draw(body, after: [Flowchart.End(id: loop, label: "round")], in: &chart), to: loop)
      return [Flowchart.End(id: loop, label: "end")]
    }
  }

  private func draw(_ use: PlanRecorder.Use, after ends: [Flowchart.End], in chart: inout Flowchart) -> [Flowchart.End] {
    let name = (use.isDone && use.declaration.name != "done" ? "done " : "") + use.declaration.name
    let id = chart.add("[\(Flowchart.quoted([name] + modifiers(of: use)))]", after: ends)
    var next = [Flowchart.End(id: id)]
    for fragment in fragments(of: use) {
      let ends = draw(fragment.nodes, after: [Flowchart.End(id: id, label: fragment.title)], in: &chart)
      if fragment.isInserted { next += ends }
    }
    guard use.isDone else { return next }
    chart.answers += next
    return []
  }
}

/// Mermaid text in the making.
private struct Flowchart {
  /// A loose end that the next node is connected to.
  struct End {
    let id: Int
    var label = ""
  }

  private var lines = ["flowchart TD"]
  private var count = 0
  /// Nodes that answer the request.
  var answers: [End] = []

  var text: String { lines.joined(separator: "\n") + "\n" }

  mutating func add(_ shape: String, after ends: [End]) -> Int {
    count += 1
    lines.append("  n\(count)\(shape)")
    connect(ends, to: count)
    return count
  }

  mutating func connect(_ ends: [End], to id: Int) {
    for end in ends { lines.append("  n\(end.id) -->\(end.label.isEmpty ? "" : "|\(Self.quoted([end.label]))|") n\(id)") }
  }

  /// Mermaid writes characters by their number between `#` and `;`.
  static func quoted(_ lines: [String]) -> String {
    let escaped = lines.map { line in
      line.unicodeScalars.map { "\"#<>&`".unicodeScalars.contains($0) ? "#\($0.value);" : String($0) }.joined()
    }
    return "\"\(escaped.joined(separator: "<br/>"))\""
  }
}
