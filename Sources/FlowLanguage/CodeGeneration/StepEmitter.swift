/// A step's signature as a protocol, and the check that the module implements it.
struct StepEmitter {
  let step: ResolvedStep
  let names: TypeNames

  /// A step that asks for effects, yields, or gives or takes parts is entered again, by a function of its own.
  static func canResume(_ step: ResolvedStep) -> Bool { !step.needs.isEmpty || step.isCooperative || step.isStream || step.takesParts }

  func emit(to writer: inout SwiftWriter) {
    let place = step.span.place(of: step.name)
    let name = SwiftNames.stepProtocol(step.name)
    writer.line()
    writer.documentation(step.documentation)
    writer.block("public protocol \(name): \(names.core("Step")) where Reads == \(reads), Output == \(output)") { writer in
      // The compiler's note about a missing requirement points at the step's line.
      writer.line(signature("run", before: []), at: place)
      if Self.canResume(step) {
        writer.line("/// Goes on with what came of the effects, or where the step has stopped.")
        writer.line(signature("resume", before: ["_ resumption: \(names.core("Resumption"))"]), at: place)
      }
    }
  }

  /// What makes the protocol a `Step`, so that plans in Swift can use it: by its position, `step(LoadUser.self, id)`, and
  /// by its labels, `LoadUser.step(userId: id)`.
  func emitStep(to writer: inout SwiftWriter) {
    let declaration = names.core("StepDeclaration")
    writer.line()
    writer.block("extension \(SwiftNames.stepProtocol(step.name))") { writer in
      writer.line("public static var declaration: \(declaration) { \(declaration)(\(facts)) }")
      emitForwarding("run", before: [], to: &writer)
      if Self.canResume(step) {
        emitForwarding("resume", before: [("_ resumption: \(names.core("Resumption"))", "resumption")], to: &writer)
      }
      emitUse(to: &writer)
    }
  }

  private var facts: String {
    var facts = SwiftLiteral.string(step.name)
    if !step.needs.isEmpty { facts += ", needs: [\(step.needs.map { ".\(Self.effect($0))" }.joined(separator: ", "))]" }
    if !step.fails.isEmpty { facts += ", fails: \(list(step.fails))" }
    if step.isCooperative { facts += ", isCooperative: true" }
    if step.isStream { facts += ", isStream: true" }
    if step.takesParts { facts += ", takesParts: true" }
    if !step.mayInsert.isEmpty { facts += ", mayInsert: \(list(step.mayInsert))" }
    if !step.mayReplace.isEmpty { facts += ", mayReplace: \(list(step.mayReplace))" }
    // A step without effects is safe without saying so.
    if !step.needs.isEmpty, step.repetition != .unsafe { facts += ", repetition: .\(step.repetition.rawValue)" }
    return facts
  }

  private func list(_ names: [String]) -> String { "[\(names.map(SwiftLiteral.string).joined(separator: ", "))]" }

  /// The case of `EffectKind`.
  private static func effect(_ word: String) -> String { word == "db" ? "database" : word }

  private func emitForwarding(
    _ function: String, before: [(parameter: String, argument: String)], to writer: inout SwiftWriter
  ) {
    let parameters = (before.map(\.parameter) + ["_ reads: \(reads)"]).joined(separator: ", ")
    let values = step.parameters.enumerated().map { index, parameter in
      "\(SwiftNames.label(parameter.name)): reads" + (step.parameters.count > 1 ? ".\(index)" : "")
    }
    let arguments = (before.map(\.argument) + values).joined(separator: ", ")
    writer.line("@inlinable")
    writer.block("public static func \(function)(\(parameters)) \(result)") { writer in
      writer.line("try \(function)(\(arguments))")
    }
  }

  private func emitUse(to writer: inout SwiftWriter) {
    // `step` takes this many values.
    guard step.parameters.count <= 8 else { return }
    let handle = names.core("Handle")
    let parameters = step.parameters.map { "\(SwiftNames.member($0.name)): \(handle)<\(names.type($0.type))>" }
    // No parameter of a step can be spelled like the two last ones.
    let place = ["fileID: \(names.swift("String")) = #fileID", "line_: \(names.swift("Int")) = #line"]
    let values = ["Self.self"] + step.parameters.map { SwiftNames.member($0.name) }
    writer.line("/// The step in a plan in Swift.")
    writer.line("@discardableResult @inlinable")
    writer.list("public static func step(", parameters + place, ") -> \(handle)<\(output)> {")
    writer.indented { $0.line("ZerverCore.step(\((values + ["file: fileID", "line: line_"]).joined(separator: ", ")))") }
    writer.line("}")
  }

  func emitCheck(to writer: inout SwiftWriter) {
    let place = step.span.place(of: step.name)
    let type = SwiftNames.type(step.name)
    // A parameter of a protocol's type, and no generic one: a missing type is then one error, in one place.
    writer.line("func \(function)(_ step: any \(type)Step.Type) {}")
    writer.line("\(type).self)", after: "\(function)(", at: place)
  }

  private var function: String { "implementation_of_" + SwiftNames.camel(step.name) }

  private func signature(_ function: String, before: [String]) -> String {
    let parameters = before + step.parameters.map { "\(SwiftNames.member($0.name)): \(names.type($0.type))" }
    return "static func \(function)(\(parameters.joined(separator: ", "))) \(result)"
  }

  private var result: String { "throws(\(names.core("FlowFailure"))) -> \(names.core("Decision"))<\(output)>" }

  private var output: String { step.output.map(names.type) ?? names.core("NoOutput") }

  /// Everything that the step reads, as one type.
  private var reads: String {
    let types = step.parameters.map { names.type($0.type) }
    return types.count == 1 ? types[0] : types.isEmpty ? names.swift("Void") : "(\(types.joined(separator: ", ")))"
  }
}
