import ZerverCatalog

/// One flow as Swift: its slots, its plan, and the functions that run its steps over a request's context.
struct FlowEmitter {
  let flow: ResolvedFlow
  let module: String
  let names: TypeNames
  let plan: LoweredPlan
  /// Swift names of the slots. A fragment that is expanded twice brings its bindings twice. The counters of loops come
  /// behind them.
  let slots: [String]

  init(_ flow: ResolvedFlow, module: String, names: TypeNames) {
    self.flow = flow
    self.module = module
    self.names = names
    plan = LoweredPlan(flow.plan)
    slots = Self.slotNames(flow.bindings) + plan.loops.map { Self.counterName($0.number) }
  }

  static func typeName(_ entry: CatalogEntry) -> String { "\(SwiftNames.type(entry.slug.text))V\(entry.version.number)" }

  func emit(to writer: inout SwiftWriter) {
    if case .swift(let type) = flow.planSource {
      SwiftPlanEmitter(flow: flow, type: type, place: place, names: names, properties: self)
        .emit(to: &writer)
      if !flow.examples.isEmpty { writer.block("extension \(Self.typeName(flow.entry))") { emitExamples(to: &$0) } }
      return
    }
    writer.line()
    writer.documentation(flow.documentation)
    writer.block("enum \(Self.typeName(flow.entry))") { writer in
      emitSlots(to: &writer)
      emitPlan(to: &writer)
      emitDecode(to: &writer)
      emitRun(to: &writer)
      emitRounds(to: &writer)
      emitTest(to: &writer)
      emitHeaders(to: &writer)
      emitRelease(to: &writer)
      emitDefinition(to: &writer)
      if !flow.examples.isEmpty { emitExamples(to: &writer) }
    }
  }

  // MARK: The frame

  private func emitSlots(to writer: inout SwiftWriter) {
    guard !slots.isEmpty else { return }
    writer.block("enum Slots") { writer in
      let types = flow.bindings.map { names.type($0.type) } + plan.loops.map { _ in int }
      for (index, type) in types.enumerated() {
        let slot = "\(names.core("Slot"))<\(type)>"
        let after = index == 0 ? "" : "after: \(slots[index - 1])"
        writer.line("static var \(slots[index]): \(slot) { \(names.core("Slot"))(\(after)) }")
      }
    }
    writer.line()
  }

  private static func slotNames(_ bindings: [ResolvedBinding]) -> [String] {
    var taken: Set<String> = []
    return bindings.map { binding in
      let base = SwiftNames.camel(binding.name)
      var name = base
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(base)_\(number)"
        number += 1
      }
      return name == base ? SwiftNames.member(binding.name) : name
    }
  }

  // MARK: The plan

  private func emitPlan(to writer: inout SwiftWriter) {
    writer.line("static var plan: StaticString {")
    writer.indented { writer in
      writer.line("\"\"\"")
      for line in plan.assembly { writer.line(line) }
      writer.line("\"\"\"")
    }
    writer.line("}")
  }

  // MARK: Input

  private func emitDecode(to writer: inout SwiftWriter) {
    let body =
      switch flow.input {
      case .none: ".continued"
      case .body: "context.decodeJSON(into: Slots.\(slots[0]))"
      case .query: "context.decodeQuery(into: Slots.\(slots[0]))"
      case .stream: ".continued"
      }
    writer.line()
    writer.block("static func decode(_ context: inout \(context)) -> \(outcome)") { writer in
      if let caller = flow.callerBinding {
        writer.line(
          "guard context.writeCaller(into: Slots.\(slots[caller])) else { return context.fail(.callerMissing) }")
      }
      if let precondition = flow.preconditionBinding {
        writer.line("context.writePrecondition(into: Slots.\(slots[precondition]))")
      }
      writer.line((requestSlots.isEmpty ? "" : "return ") + body)
    }
    guard case .stream = flow.input else { return }
    writer.line()
    writer.block("static func decodePart(_ context: inout \(context)) -> \(outcome)") { writer in
      writer.line("context.decodePart(into: Slots.\(slots[0]))")
    }
  }

  // MARK: Steps

  private func emitRun(to writer: inout SwiftWriter) {
    writer.line()
    writer.block("static func run(_ use: \(int), _ context: inout \(context)) -> \(outcome)") { writer in
      writer.line("do throws(\(names.core("FlowFailure"))) {")
      writer.indented { writer in
        writer.line("switch use {")
        for (number, use) in plan.uses.enumerated() {
          writer.line("case \(number):")
          writer.indented { emit(use, to: &$0) }
        }
        writer.line("default: preconditionFailure(\"the plan has no such use\")")
        writer.line("}")
      }
      writer.line("} catch {")
      writer.indented { $0.line("return context.fail(error)") }
      writer.line("}")
    }
  }

  /// The value of a binding or of a field in it.
  func read(_ argument: ResolvedArgument) -> String {
    let slot = "Slots.\(slots[argument.binding])"
    let isOptionalType = flow.bindings[argument.binding].type.isOptional
    var text =
      switch (argument.readsOptional, isOptionalType) {
      case (false, _): "context.frame[\(slot)]"
      case (true, false): "context.optional(\(slot))"
      // An empty slot and an output that is `nil` are one to the reader.
      case (true, true): "(context.optional(\(slot)) ?? nil)"
      }
    var isOptional = argument.readsOptional || isOptionalType
    for field in argument.path {
      text += "\(isOptional ? "?" : "").\(SwiftNames.label(field.name))"
      isOptional = field.isOptional
    }
    return text
  }

  /// Whether ``read(_:)`` gives an optional.
  func isOptional(_ argument: ResolvedArgument) -> Bool {
    argument.readsOptional || flow.bindings[argument.binding].type.isOptional || argument.path.contains(where: \.isOptional)
  }

  // MARK: Conditions

  private func emitTest(to writer: inout SwiftWriter) {
    writer.line()
    writer.block("static func test(_ condition: \(int), _ context: borrowing \(context)) -> Bool") { writer in
      guard !plan.conditions.isEmpty else { return writer.line("preconditionFailure(\"the plan has no conditions\")") }
      writer.line("switch condition {")
      for (number, condition) in plan.conditions.enumerated() { writer.line("case \(number): \(expression(condition))") }
      writer.line("default: preconditionFailure(\"the plan has no such condition\")")
      writer.line("}")
    }
  }

  private func expression(_ condition: LoweredCondition) -> String {
    switch condition {
    case .when(let condition): return expression(condition)
    case .isOneOf(let argument, let cases):
      let value = read(argument)
      let pattern = { (name: String) in
        let value = ".\(SwiftNames.label(name))"
        return isOptional(argument) ? ".some(\(value))" : value
      }
      if cases.count == 1 { return "\(value) == \(pattern(cases[0]))" }
      return "switch \(value) { case \(cases.map(pattern).joined(separator: ", ")): true; default: false }"
    case .hasNext(let loop): return "context.frame[\(counter(loop))] < \(elements(of: loop)).count"
    }
  }

  /// A value that is not there is neither true nor of any case.
  private func expression(_ condition: ResolvedCondition) -> String {
    switch condition {
    case .flag(let argument, let negated):
      return "\(read(argument)) \(negated ? "!=" : "==") true"
    case .isCase(let argument, let name, let negated):
      // A case may be called `none`, which an optional has, too.
      let value = ".\(SwiftNames.label(name))"
      return "\(read(argument)) \(negated ? "!=" : "==") \(isOptional(argument) ? ".some(\(value))" : value)"
    case .exists(let argument, let negated):
      if argument.path.isEmpty, !flow.bindings[argument.binding].type.isOptional {
        return "\(negated ? "!" : "")context.frame.isWritten(Slots.\(slots[argument.binding]))"
      }
      return "\(read(argument)) \(negated ? "==" : "!=") nil"
    }
  }

  // MARK: The end

  private func emitRelease(to writer: inout SwiftWriter) {
    writer.line()
    writer.block("static func release(_ context: inout \(context))") { writer in
      for slot in slots { writer.line("context.frame.destroy(Slots.\(slot))") }
    }
  }

  private func emitDefinition(to writer: inout SwiftWriter) {
    let errors = flow.errors.map { "(code: \(SwiftLiteral.string($0.name)), status: \($0.status))" }
    let definition = names.core("FlowDefinition")
    writer.line()
    writer.block("static var definition: \(definition)") { writer in
      writer.line("\(definition)(")
      writer.indented { writer in
        writer.line("plan: plan, frameBytes: \(slots.last.map { "Slots.\($0).end" } ?? "0"),")
        writer.list("errors: [", errors, "],")
        writer.line("decode: decode, run: run, test: test, release: release\(pathInput)\(form)\(decodePart),")
        let precondition = flow.preconditionBinding == nil ? "" : "readsPrecondition: true, "
        guard !plan.swiftFragments.isEmpty else { return writer.line("\(precondition)place: \(place))") }
        writer.line("\(precondition)place: \(place), slotCount: \(slots.count),")
        writer.line("fragments: [")
        writer.indented { writer in for use in plan.swiftFragments { emit(fragment: use, to: &writer) } }
        writer.line("])")
      }
    }
  }

  /// A fragment in Swift: handles of what it reads, and the slot for what it gives.
  private func emit(fragment use: ResolvedUse, to writer: inout SwiftWriter) {
    guard let type = use.swiftFragment else { return }
    let name = SwiftLiteral.string(use.step.name)
    let head = "\(names.core("FlowFragment"))(\(name), line: \(use.span.line)"
    let arguments = zip(use.step.parameters, use.arguments).map { parameter, argument in
      let isPlain = parameter.type.isOptional && !isOptional(argument)
      return "\(SwiftNames.label(parameter.name)): " + (isPlain ? "ZerverCore.optional(\(handle(argument)))" : handle(argument))
    }
    let output = use.binding.map { ", into: Slots.\(slots[$0])" } ?? ""
    writer.line("\(head)\(output)) { \(arguments.isEmpty ? "_" : "part_") in \(names.fragment(type, use.step)).plan(\(arguments.joined(separator: ", "))) },")
  }

  private func handle(_ argument: ResolvedArgument) -> String {
    let slot = "Slots.\(slots[argument.binding])"
    let root = argument.readsOptional ? "part_.optional(\(slot))" : "part_.value(\(slot))"
    return ([root] + argument.path.map { SwiftNames.label($0.name) }).joined(separator: ".")
  }

  /// Where the flow is declared, in the form of `#fileID`: the version is the folder, and the file is named after the slug.
  private var place: String {
    let file = "\(module)/\(flow.entry.version)/\(flow.entry.slug).flow"
    return "\(names.core("FlowPlace"))(\(SwiftLiteral.string(file)), \(flow.span.line))"
  }

  /// Slots that hold what the framework knows of the request, wherever they are read.
  var requestSlots: [Int] { [flow.callerBinding, flow.preconditionBinding].compactMap { $0 } }

  private var form: String {
    switch flow.output {
    case .stream: ", isStream: true"
    case .file: ", isFile: true"
    case .none, .text, .json: ""
    }
  }

  private var decodePart: String { if case .stream = flow.input { ", decodePart: decodePart" } else { "" } }

  var context: String { names.core("RequestContext") }
  var outcome: String { names.core("StepOutcome") }
  var int: String { names.swift("Int") }
}
