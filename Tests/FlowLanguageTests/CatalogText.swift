import FlowLanguage
import ZerverCatalog

/// A resolved module as text, for golden cases.
enum CatalogText {
  static func write(_ module: ResolvedModule) -> String {
    var lines: [String] = []
    for declaration in module.enums { lines.append("enum \(declaration.name) { \(declaration.cases.joined(separator: ", ")) }") }
    for newtype in module.newtypes { lines.append(self.newtype(newtype)) }
    for record in module.records {
      lines.append("record \(record.name)")
      lines += record.fields.map { "  " + field($0) }
    }
    for error in module.errors {
      lines.append("error \(error.name)")
      lines += error.fields.map { "  " + field($0) }
    }
    for fixture in module.fixtures { lines.append("fixture \(fixture.name): \(type(fixture.type)) \(fixture.value.json)") }
    for step in module.steps { lines.append(self.step(step)) }
    for profile in module.profiles { lines.append(self.profile(profile.profile)) }
    for reserved in module.reserved { lines.append("reserved \(reserved.slug): \(reserved.reason)") }
    for tombstone in module.tombstones {
      let successor = tombstone.successor.map { ", successor \($0)" } ?? ""
      lines.append("tombstone \(tombstone.reference)\(successor): \(tombstone.reason)")
    }
    for flow in module.flows { lines += self.flow(flow) }
    return lines.joined(separator: "\n") + "\n"
  }

  static func type(_ type: ResolvedType) -> String {
    switch type {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .record(let name, let module): "\(module).\(name)"
    case .enumeration(let name, let module): "\(module).\(name)"
    case .extern(let name, let module): "extern \(module).\(name)"
    case .list(let element): "[\(Self.type(element))]"
    case .map(let value): "[string: \(Self.type(value))]"
    case .newtype(let name, let module): "newtype \(module).\(name)"
    case .optional(let wrapped): "\(Self.type(wrapped))?"
    case .stream(let element): "stream \(Self.type(element))"
    }
  }

  private static func field(_ field: ResolvedField) -> String {
    var text = "\(field.name): \(type(field.type))" + self.constraints(field.constraints)
    if let value = field.defaultValue { text += " = \(value)" }
    if field.isSensitive { text += " sensitive" }
    if !field.documentation.isEmpty { text += " // \(field.documentation.joined(separator: " | "))" }
    return text
  }

  private static func newtype(_ newtype: ResolvedNewtype) -> String {
    "newtype \(newtype.name): \(type(newtype.wrapped))" + constraints(newtype.constraints) + (newtype.isSensitive ? " sensitive" : "")
  }

  private static func constraints(_ constraints: ResolvedConstraints) -> String {
    var text = ""
    if let length = constraints.length { text += " length \(length)" }
    if let range = constraints.range { text += " range \(range)" }
    if let range = constraints.floatRange { text += " range \(range)" }
    if let items = constraints.items { text += " items \(items)" }
    if let pattern = constraints.pattern { text += " pattern \(pattern)" }
    if constraints.isUnique { text += " unique" }
    return text
  }

  private static func step(_ step: ResolvedStep) -> String {
    let parameters = step.parameters.map { "\($0.name): \(type($0.type))" }.joined(separator: ", ")
    var text = "step \(step.module).\(step.name)(\(parameters))"
    if let output = step.output { text += " -> \(type(output))" }
    if !step.needs.isEmpty { text += " needs \(step.needs)" }
    if !step.fails.isEmpty { text += " fails \(step.fails)" }
    if step.isCooperative { text += " cooperative" }
    if step.repetition != .unsafe, !step.needs.isEmpty { text += " \(step.repetition.rawValue)" }
    if !step.mayInsert.isEmpty { text += " may insert \(step.mayInsert)" }
    if !step.mayReplace.isEmpty { text += " may replace \(step.mayReplace)" }
    return text
  }

  private static func profile(_ profile: FlowProfile) -> String {
    var text = "profile \(profile.name): \(profile.priorityClass)"
    if let deadline = profile.deadlineNanoseconds { text += ", deadline \(deadline) ns" }
    if let inFlight = profile.inFlightMax { text += ", in flight \(inFlight)" }
    return text
  }

  /// What stands in a flow's lines besides the oldest of them.
  private static func properties(_ flow: ResolvedFlow) -> [String] {
    let entry = flow.entry
    var lines: [String] = []
    if entry.isExperimental { lines.append("  experimental") }
    if !entry.tags.isEmpty { lines.append("  tags \(entry.tags)") }
    for binding in entry.bindings { lines.append("  bind \(binding.method.rawValue) \(binding.template)") }
    if !flow.unquotedPathFields.isEmpty { lines.append("  unquoted \(flow.unquotedPathFields)") }
    if entry.tenantScope != .none { lines.append("  tenant \(entry.tenantScope)") }
    for requirement in entry.requirements { lines.append("  requires \(requirement.kind) \(requirement.name)") }
    for header in flow.headers { lines.append("  header \(header.name) " + header.parts.map(part).joined()) }
    return lines
  }

  private static func part(_ part: ResolvedHeader.Part) -> String {
    switch part {
    case .text(let text): text
    case .field(let path, let type): "{\(path.map { $0.name + ($0.isOptional ? "?" : "") }.joined(separator: ".")): \(Self.type(type))}"
    }
  }

  private static func flow(_ flow: ResolvedFlow) -> [String] {
    let entry = flow.entry
    var lines = ["flow \(entry.reference): \(entry.method.rawValue), \(entry.profile.name), owner \(entry.owner)"]
    if !entry.summary.isEmpty { lines.append("  summary \(entry.summary)") }
    if let deadline = entry.deadlineNanoseconds { lines.append("  deadline \(deadline) ns") }
    for alias in entry.aliases { lines.append("  alias \(alias.slug) \(alias.mode)") }
    if let deprecation = entry.deprecation {
      let sunset = deprecation.sunset.map { ", sunset \($0)" } ?? ""
      let successor = deprecation.successor.map { ", successor \($0)" } ?? ""
      let guide = deprecation.guide.map { ", guide \($0)" } ?? ""
      let gone = deprecation.isRetired ? ", retired" : deprecation.isGoneAfterSunset ? ", then 410" : ""
      lines.append("  deprecated \(deprecation.deprecated)\(sunset)\(successor)\(guide)\(gone)")
    }
    lines += properties(flow)
    switch flow.input {
    case .none: lines.append("  input none")
    case .body(let type): lines.append("  input body \(self.type(type))")
    case .query(let type): lines.append("  input query \(self.type(type))")
    case .stream(let type): lines.append("  input stream \(self.type(type))")
    }
    switch flow.output {
    case .none: lines.append("  output none \(flow.outputStatus)")
    case .text: lines.append("  output text \(flow.outputStatus)")
    case .file: lines.append("  output file \(flow.outputStatus)")
    case .stream(let type): lines.append("  output stream \(Self.type(type)) \(flow.outputStatus)")
    case .json(let type): lines.append("  output \(self.type(type)) \(flow.outputStatus)")
    }
    for error in flow.errors { lines.append("  on \(error.name) -> \(error.status)") }
    for (index, binding) in flow.bindings.enumerated() {
      lines.append("  slot \(index) \(binding.name): \(type(binding.type))\(binding.isOptional ? ", may be empty" : "")")
    }
    return lines + nodes(flow.plan, flow, "  ") + flow.examples.flatMap(example)
  }

  private static func example(_ example: ResolvedExample) -> [String] {
    var lines = ["  example \(example.name)"]
    if let input = example.input { lines.append("    input \(input.json)") }
    for given in example.givens {
      switch given.given {
      case .output(let value): lines.append("    given \(given.step) = \(value.json)")
      case .failure(let error, let fields): lines.append("    given \(given.step) fails \(error) \(fields.json)")
      }
    }
    let expectation = example.expectation
    let parts = [String(expectation.status), expectation.error, expectation.body?.json].compactMap { $0 }
    return lines + ["    expect \(parts.joined(separator: " "))"]
  }

  private static func nodes(_ nodes: [ResolvedNode], _ flow: ResolvedFlow, _ indent: String) -> [String] {
    nodes.flatMap { node($0, flow, indent) }
  }

  private static func node(_ node: ResolvedNode, _ flow: ResolvedFlow, _ indent: String) -> [String] {
    switch node {
    case .use(let use):
      let arguments = use.arguments.map { argument($0, flow) }.joined(separator: ", ")
      var line = "\(indent)line \(use.span.line): "
      if use.isDone { line += "done " }
      if let binding = use.binding { line += "\(flow.bindings[binding].name) = " }
      line += "\(use.step.name)(\(arguments))"
      if let timeout = use.timeoutNanoseconds { line += " timeout \(timeout) ns" }
      line += modifiers(use, flow)
      var lines = [line]
      for handler in use.errorHandlers {
        switch handler.target {
        case .status(let status): lines.append("\(indent)  on \(handler.error) -> \(status)")
        case .fragment(let name, let body):
          lines += ["\(indent)  on \(handler.error) -> \(name)"] + nodes(body, flow, indent + "    ")
        }
      }
      for insert in use.inserts { lines += ["\(indent)  may insert \(insert.name)"] + nodes(insert.body, flow, indent + "    ") }
      for replace in use.replaces {
        lines += ["\(indent)  may replace \(replace.name)"] + nodes(replace.body, flow, indent + "    ")
      }
      return lines
    case .parallel(let join, let branches):
      return ["\(indent)parallel \(join)"]
        + branches.enumerated().flatMap { ["\(indent)  branch \($0)"] + nodes($1, flow, indent + "    ") }
    case .choose(let value, let arms, let otherwise):
      let lines = ["\(indent)choose \(argument(value, flow))"]
        + arms.flatMap { ["\(indent)  \($0.cases.joined(separator: ", "))"] + nodes($0.body, flow, indent + "    ") }
      return otherwise.map { lines + ["\(indent)  otherwise"] + nodes($0, flow, indent + "    ") } ?? lines
    case .forEach(let loop):
      var line = indent
      if let binding = loop.binding { line += "\(flow.bindings[binding].name) = " }
      line += "for each \(flow.bindings[loop.element].name) in \(argument(loop.list, flow)) max \(loop.itemsMax)"
      if let collected = loop.collected { line += ", collects \(flow.bindings[collected].name)" }
      return [line + ", slots \(loop.roundSlots)"] + nodes(loop.body, flow, indent + "  ")
    case .when(let condition, let then, let otherwise):
      let lines = ["\(indent)when \(self.condition(condition, flow))"] + nodes(then, flow, indent + "  ")
      return otherwise.isEmpty ? lines : lines + ["\(indent)otherwise"] + nodes(otherwise, flow, indent + "  ")
    }
  }

  private static func modifiers(_ use: ResolvedUse, _ flow: ResolvedFlow) -> String {
    var text = ""
    if let retry = use.retry {
      text += " retry \(retry.attempts) backoff \(retry.backoffNanoseconds)..\(retry.backoffMaxNanoseconds) ns"
    }
    switch use.fallback {
    case .none: break
    case .empty: text += " optional"
    case .defaultValue: text += " else default"
    case .step(let call): text += " else \(self.call(call, flow))"
    }
    if use.isDetached { text += " detach" }
    if let undo = use.undo { text += " undo \(call(undo, flow))" }
    return text
  }

  private static func call(_ call: ResolvedCall, _ flow: ResolvedFlow) -> String {
    "\(call.step.name)(\(call.arguments.map { argument($0, flow) }.joined(separator: ", ")))"
  }

  private static func condition(_ condition: ResolvedCondition, _ flow: ResolvedFlow) -> String {
    switch condition {
    case .flag(let path, let negated): "\(negated ? "not " : "")\(argument(path, flow))"
    case .isCase(let path, let name, let negated): "\(negated ? "not " : "")\(argument(path, flow)) is \(name)"
    case .exists(let path, let negated): "\(negated ? "not " : "")exists \(argument(path, flow))"
    }
  }

  private static func argument(_ argument: ResolvedArgument, _ flow: ResolvedFlow) -> String {
    let root = "\(flow.bindings[argument.binding].name)#\(argument.binding)\(argument.readsOptional ? "?" : "")"
    return ([root] + argument.path.map { $0.name + ($0.isOptional ? "?" : "") }).joined(separator: ".")
  }
}
