import FlowLanguage

/// Who writes each value of a flow, and who reads it.
struct DataFlow {
  private struct Value {
    var writer: String?
    var readers: [String] = []
  }

  private let flow: ResolvedFlow
  private var values: [Value]
  /// The steps that may fail with an error, in the order of the plan.
  private(set) var stepsByError: [String: [String]] = [:]

  init(_ flow: ResolvedFlow) {
    self.flow = flow
    values = Array(repeating: Value(), count: flow.bindings.count)
    visit(flow.plan)
  }

  /// `cart: Cart  written by load-cart (line 19), read by check-cart, price-cart`
  var lines: [String] {
    let heads = flow.bindings.map { "\($0.name): \($0.type.text)\($0.isOptional ? ", may be empty" : "")" }
    let width = heads.map(\.count).max() ?? 0
    return zip(heads, values).enumerated().map { index, pair in
      let (head, value) = pair
      let writer = value.writer.map { "written by \($0)" } ?? (isOfRequest(index) ? "of the request" : "written by nobody")
      let readers = value.readers.isEmpty ? "read by nobody" : "read by \(value.readers.joined(separator: ", "))"
      return "\(head)\(String(repeating: " ", count: width - head.count + 2))\(writer), \(readers)"
    }
  }

  private func isOfRequest(_ binding: Int) -> Bool {
    binding == 0 || binding == flow.callerBinding || binding == flow.preconditionBinding
  }

  // MARK: Visiting

  private mutating func visit(_ nodes: [ResolvedNode]) {
    for node in nodes { visit(node) }
  }

  private mutating func visit(_ node: ResolvedNode) {
    switch node {
    case .use(let use): visit(use)
    case .parallel(_, let branches): for branch in branches { visit(branch) }
    case .when(let condition, let then, let otherwise):
      read(condition.argument, by: "a condition")
      visit(then)
      visit(otherwise)
    case .choose(let argument, let cases, let otherwise):
      read(argument, by: "a choice")
      for arm in cases { visit(arm.body) }
      visit(otherwise ?? [])
    case .forEach(let loop):
      read(loop.list, by: "a loop")
      write(loop.element, by: "the loop (line \(loop.span.line))")
      visit(loop.body)
      if let binding = loop.binding { write(binding, by: "the loop (line \(loop.span.line))") }
      if let collected = loop.collected { add("the loop", to: &values[collected].readers) }
    }
  }

  private mutating func visit(_ use: ResolvedUse) {
    for argument in use.arguments { read(argument, by: use.step.name) }
    if let binding = use.binding { write(binding, by: "\(use.step.name) (line \(use.span.line))") }
    fail(use.step)
    if let undo = use.undo { visit(undo) }
    if case .step(let call) = use.fallback { visit(call) }
    for body in use.inserts.map(\.body) + use.replaces.map(\.body) { visit(body) }
    for handler in use.errorHandlers { if case .fragment(_, let body) = handler.target { visit(body) } }
  }

  private mutating func visit(_ call: ResolvedCall) {
    for argument in call.arguments { read(argument, by: call.step.name) }
    fail(call.step)
  }

  private mutating func fail(_ step: ResolvedStep) {
    for error in step.fails { add(step.name, to: &stepsByError[error, default: []]) }
  }

  private mutating func read(_ argument: ResolvedArgument, by reader: String) {
    add(reader, to: &values[argument.binding].readers)
  }

  private mutating func write(_ binding: Int, by writer: String) {
    values[binding].writer = values[binding].writer ?? writer
  }

  private func add(_ name: String, to names: inout [String]) {
    if !names.contains(name) { names.append(name) }
  }
}

extension ResolvedCondition {
  var argument: ResolvedArgument {
    switch self {
    case .flag(let argument, _), .isCase(let argument, _, _), .exists(let argument, _): argument
    }
  }
}
