/// A step's signature as a protocol, and the check that the module implements it.
struct StepEmitter {
  let step: ResolvedStep
  let names: TypeNames

  /// A step that asks for effects or yields is entered again, by a function of its own.
  static func canResume(_ step: ResolvedStep) -> Bool { !step.needs.isEmpty || step.isCooperative }

  func emit(to writer: inout SwiftWriter) {
    let place = step.span.place(of: step.name)
    let name = SwiftNames.stepProtocol(step.name)
    writer.line()
    writer.documentation(step.documentation)
    writer.block("public protocol \(name)") { writer in
      // The compiler's note about a missing requirement points at the step's line.
      writer.line(signature("run", before: []), at: place)
      if Self.canResume(step) {
        writer.line("/// Goes on with what came of the effects, or where the step has yielded.")
        writer.line(signature("resume", before: ["_ resumption: \(names.core("Resumption"))"]), at: place)
      }
    }
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
    let output = step.output.map(names.type) ?? names.core("NoOutput")
    return "static func \(function)(\(parameters.joined(separator: ", "))) throws(\(names.core("FlowFailure"))) "
      + "-> \(names.core("Decision"))<\(output)>"
  }
}
