/// A fragment that stands outside a flow, for plans in Swift: a function over handles, or the protocol of the Swift type
/// that the file names.
struct FragmentEmitter {
  let fragment: ResolvedFragment
  let names: TypeNames

  func emit(to writer: inout SwiftWriter) {
    switch fragment.source {
    case .swift(let type): emitProtocol(of: type, to: &writer)
    case .flow: emitFunction(to: &writer)
    }
  }

  func emitCheck(to writer: inout SwiftWriter) {
    guard case .swift(let type) = fragment.source, let place = fragment.sourceSpan?.place(of: type) else { return }
    let function = "implementation_of_" + SwiftNames.camel(fragment.name)
    writer.line("func \(function)(_ fragment: any \(SwiftNames.fragmentProtocol(fragment.name)).Type) {}")
    writer.line("\(type).self)", after: "\(function)(", at: place)
  }

  // MARK: In Swift

  private func emitProtocol(of type: String, to writer: inout SwiftWriter) {
    writer.line()
    writer.documentation(fragment.documentation)
    writer.line("///")
    writer.line("/// What `fragment \(fragment.name)` is in Swift: the type `\(type)` of this module.")
    writer.block("public protocol \(SwiftNames.fragmentProtocol(fragment.name))") { writer in
      let place = fragment.span.place(of: fragment.name)
      writer.line("@\(names.core("PlanBlock")) static func plan(\(parameters)) -> \(handle)<\(output)>", at: place)
    }
  }

  // MARK: In the language

  private func emitFunction(to writer: inout SwiftWriter) {
    writer.line()
    writer.documentation(fragment.documentation)
    writer.block("public enum \(SwiftNames.type(fragment.name))") { writer in
      writer.line("/// The fragment in a plan in Swift.")
      if let word = fragment.body.lazy.compactMap(\.wordWithoutSwift).first {
        return emitUnavailable(because: word, to: &writer)
      }
      writer.line("@discardableResult")
      writer.block("public static func plan(\(parameters)) -> \(handle)<\(output)>") { writer in
        for index in fragment.bindings.indices.dropFirst(fragment.parameters.count) {
          writer.line("var \(slot(index)): \(handle)<\(names.type(fragment.bindings[index].type))>!")
        }
        for node in fragment.body { emit(node, to: &writer) }
        writer.line("return \(fragment.outputBinding.map(slot) ?? "\(names.core("PlanPart")).nothing")")
      }
    }
  }

  /// The compiler says why, where the fragment is used.
  private func emitUnavailable(because word: String, to writer: inout SwiftWriter) {
    let message = "The fragment uses `\(word), which plans in Swift do not have."
    writer.line("@available(*, unavailable, message: \(SwiftLiteral.string(message)))")
    writer.block("public static func plan(\(parameters)) -> \(handle)<\(output)>") { writer in
      writer.line("preconditionFailure(\(SwiftLiteral.string(message)))")
    }
  }

  private func emit(_ nodes: [ResolvedNode], to writer: inout SwiftWriter) {
    writer.indented { writer in for node in nodes { emit(node, to: &writer) } }
  }

  private func emit(_ node: ResolvedNode, to writer: inout SwiftWriter) {
    let part = names.core("PlanPart")
    switch node {
    case .use(let use): emit(use, to: &writer)
    case .parallel(let join, let branches):
      writer.line("\(part).parallel(\(swift(join)), \(place(branches.first?.first))) {")
      writer.indented { writer in
        for branch in branches {
          writer.line("\(part).branch {")
          emit(branch, to: &writer)
          writer.line("}")
        }
      }
      writer.line("}")
    case .when(let condition, let then, let otherwise):
      writer.line("\(part).when(\(swift(condition)), \(place(then.first))) {")
      emit(then, to: &writer)
      writer.line("} otherwise: {")
      emit(otherwise, to: &writer)
      writer.line("}")
    case .choose(let value, let arms, let otherwise): emit(value, arms[...], otherwise, to: &writer)
    case .forEach(let loop): emit(loop, to: &writer)
    }
  }

  /// A test for each arm but the last, when it is the only one left.
  private func emit(
    _ value: ResolvedArgument, _ arms: ArraySlice<(cases: [String], body: [ResolvedNode])>, _ otherwise: [ResolvedNode]?,
    to writer: inout SwiftWriter
  ) {
    guard let arm = arms.first else { return }
    if arms.count == 1, otherwise == nil {
      for node in arm.body { emit(node, to: &writer) }
      return
    }
    let part = names.core("PlanPart")
    let cases = arm.cases.map { ".\(SwiftNames.label($0))" }.joined(separator: ", ")
    writer.line("\(part).when(\(part).isOneOf(\(read(value)), [\(cases)]), \(place(arm.body.first))) {")
    emit(arm.body, to: &writer)
    writer.line("} otherwise: {")
    writer.indented { writer in
      if arms.count > 1 { emit(value, arms.dropFirst(), otherwise, to: &writer) }
      else { for node in otherwise ?? [] { emit(node, to: &writer) } }
    }
    writer.line("}")
  }

  private func emit(_ loop: ResolvedLoop, to writer: inout SwiftWriter) {
    let place = place(line: loop.span.line)
    let call = "ZerverCore.forEach(\(read(loop.list)), max: \(loop.itemsMax), \(place)) { element_ in"
    writer.line(loop.binding.map { "\(slot($0)) = \(call)" } ?? "_ = \(call)")
    writer.indented { writer in
      writer.line("\(slot(loop.element)) = element_")
      for node in loop.body { emit(node, to: &writer) }
      let collected = loop.binding == nil ? nil : loop.collected
      writer.line("return \(collected.map { "\(slot($0))!" } ?? "\(names.core("PlanPart")).nothing")")
    }
    writer.line("}")
  }

  private func emit(_ use: ResolvedUse, to writer: inout SwiftWriter) {
    let call: String
    if let type = use.swiftFragment {
      let values = zip(use.step.parameters, use.arguments).map { "\(SwiftNames.label($0.name)): \(pass($1, as: $0.type))" }
      call = "\(names.fragment(type, use.step)).plan(\(values.joined(separator: ", ")))"
    } else {
      call = step(use.step, use.arguments, place(use)) + modifiers(of: use)
    }
    writer.line(use.binding.map { "\(slot($0)) = \(call)" } ?? "_ = \(call)")
    // The slot may be empty from here on, and what reads it says so.
    if case .empty = use.fallback, let binding = use.binding { writer.line("\(slot(binding)).optional()") }
  }

  /// - Parameter output: the binding that stands for the output of the step that is taken back, and its name there.
  private func step(
    _ step: ResolvedStep, _ arguments: [ResolvedArgument], _ place: String, output: (binding: Int, name: String)? = nil
  ) -> String {
    let values = zip(step.parameters, arguments).map { pass($1, as: $0.type, output: output) }
    return "ZerverCore.step(\((["\(names.step(step)).self"] + values + [place]).joined(separator: ", ")))"
  }

  private func modifiers(of use: ResolvedUse) -> String {
    var text = use.timeoutNanoseconds.map { ".timeout(.nanoseconds(\($0)))" } ?? ""
    text += retry(use.retry)
    for handler in use.errorHandlers {
      guard case .status(let status) = handler.target else { continue }
      text += ".on(\(names.core("FlowErrorName"))(\(SwiftLiteral.string(handler.error))), \(status), \(place(use)))"
    }
    if let undo = use.undo {
      let output = use.binding.map { (binding: $0, name: "output_") }
      let name = output == nil ? "_" : "output_"
      text += ".undo(\(place(use))) { \(name) in \(step(undo.step, undo.arguments, place(line: undo.span.line), output: output)) }"
    }
    switch use.fallback {
    case .none: break
    case .empty: text += use.binding == nil ? ".optional(\(place(use)))" : ""
    case .defaultValue:
      guard let output = use.step.output else { preconditionFailure("a default stands in for an output") }
      text += ".orElse(\(names.defaultValue(output)), \(place(use)))"
    case .step(let call):
      text += ".orElse(\(place(use))) { \(step(call.step, call.arguments, place(line: call.span.line))) }"
    }
    if use.isDetached { text += ".detached(\(place(use)))" }
    return text
  }

  private func retry(_ retry: ResolvedRetry?) -> String {
    guard let retry else { return "" }
    return ".retry(\(retry.attempts), backoff: .nanoseconds(\(retry.backoffNanoseconds)), max: .nanoseconds(\(retry.backoffMaxNanoseconds)))"
  }

  // MARK: Parts

  private var handle: String { names.core("Handle") }

  private var output: String { fragment.output.map(names.type) ?? names.core("NoOutput") }

  private var parameters: String {
    fragment.parameters.map { "\(SwiftNames.member($0.name)): \(handle)<\(names.type($0.type))>" }.joined(separator: ", ")
  }

  /// A fragment that is used twice inside this one brings its bindings twice.
  private func slot(_ binding: Int) -> String {
    let name = fragment.bindings[binding].name
    if binding < fragment.parameters.count { return SwiftNames.member(name) }
    return "\(SwiftNames.camel(name))_\(binding)"
  }

  private func read(_ argument: ResolvedArgument, output: (binding: Int, name: String)? = nil) -> String {
    let value = argument.binding == output?.binding ? output?.name ?? "" : slot(argument.binding)
    let root = argument.readsOptional ? "\(names.core("PlanPart")).orMissing(\(value))" : value
    return ([root] + argument.path.map { SwiftNames.label($0.name) }).joined(separator: ".")
  }

  /// A handle converts to one of an optional only when it is told to.
  private func pass(
    _ argument: ResolvedArgument, as type: ResolvedType, output: (binding: Int, name: String)? = nil
  ) -> String {
    let isOptional =
      argument.readsOptional || fragment.bindings[argument.binding].type.isOptional
      || argument.path.contains(where: \.isOptional)
    let value = read(argument, output: output)
    return type.isOptional && !isOptional ? "ZerverCore.optional(\(value))" : value
  }

  private func swift(_ condition: ResolvedCondition) -> String {
    let part = names.core("PlanPart")
    switch condition {
    case .flag(let argument, let negated): return "\(negated ? "!" : "")\(part).holds(\(read(argument)))"
    case .isCase(let argument, let name, let negated):
      return "\(negated ? "!" : "")\(part).isCase(\(read(argument)), .\(SwiftNames.label(name)))"
    case .exists(let argument, let negated): return "\(negated ? "!" : "")\(part).exists(\(read(argument)))"
    }
  }

  private func swift(_ join: ResolvedJoin) -> String {
    switch join {
    case .all: ".all"
    case .allRequired: ".allRequired"
    case .any: ".any"
    case .firstSuccess: ".firstSuccess"
    case .quorum(let count): ".quorum(\(count))"
    }
  }

  private func place(_ node: ResolvedNode?) -> String {
    if case .use(let use)? = node { place(use) } else { place(line: fragment.span.line) }
  }

  private func place(_ use: ResolvedUse) -> String { place(line: use.span.line) }

  /// The form of `#fileID`: module and file.
  private func place(line: Int) -> String {
    let file = fragment.span.path.split(separator: "/").last.map(String.init) ?? ""
    return "file: \(SwiftLiteral.string("\(fragment.module)/\(file)")), line: \(line)"
  }
}

extension ResolvedNode {
  /// What plans in Swift cannot say of a fragment; `nil` when there is nothing.
  fileprivate var wordWithoutSwift: String? {
    uses.lazy.compactMap { use in
      if use.step.parameters.count > 8 { return "\(use.step.name)` with more than eight parameters" }
      return use.fragmentsOfErrors.isEmpty ? nil : "on` with a fragment"
    }.first
  }
}
