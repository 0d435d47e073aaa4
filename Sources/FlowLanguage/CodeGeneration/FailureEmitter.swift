/// The module's declared errors as factories of `FlowFailure`, and its fragments as constants.
struct FailureEmitter {
  let module: ResolvedModule
  let names: TypeNames

  func emit(to writer: inout SwiftWriter) {
    emitErrors(to: &writer)
    emitFragments(to: &writer)
  }

  private func emitErrors(to writer: inout SwiftWriter) {
    guard !module.errors.isEmpty else { return }
    let failure = names.core("FlowFailure")
    writer.line()
    writer.block("extension \(failure)") { writer in
      for (index, error) in module.errors.enumerated() {
        if index > 0 { writer.line() }
        writer.documentation(error.documentation)
        emit(error, failure: failure, to: &writer)
      }
    }
    emitNames(to: &writer)
  }

  /// For the error mapping of a flow in Swift: `.on(.outOfStock, 409)`.
  private func emitNames(to writer: inout SwiftWriter) {
    let name = names.core("FlowErrorName")
    writer.line()
    writer.block("extension \(name)") { writer in
      for error in module.errors {
        writer.line(
          "public static var \(SwiftNames.member(error.name)): \(name) { \(SwiftLiteral.string(error.name)) }")
      }
    }
  }

  private func emit(_ error: ResolvedError, failure: String, to writer: inout SwiftWriter) {
    let name = SwiftNames.member(error.name)
    let detail = ResolvedError.detail(error.documentation)
    var arguments = "code: \(SwiftLiteral.string(error.name))"
    if !detail.isEmpty { arguments += ", detail: \(SwiftLiteral.string(detail))" }
    guard !error.fields.isEmpty else {
      return writer.block("public static var \(name): \(failure)") { $0.line("\(failure)(\(arguments))") }
    }
    let parameters = error.fields.map {
      "\(SwiftNames.member($0.name)): \(names.type($0.type))" + ($0.type.isOptional ? " = nil" : "")
    }
    writer.block("public static func \(name)(\(parameters.joined(separator: ", "))) -> \(failure)") { writer in
      // What is sensitive never leaves the process.
      let fields = error.fields.filter { !$0.isSensitive }
      guard fields.contains(where: \.type.isOptional) else {
        return writer.line("\(failure)(\(arguments), members: [\(fields.map(member).joined(separator: ", "))])")
      }
      writer.line("var members_: [\(failure).Member] = []")
      for field in fields {
        let name = SwiftNames.member(field.name)
        let append = "members_.append(\(member(field)))"
        writer.line(field.type.isOptional ? "if let \(name) { \(append) }" : append)
      }
      writer.line("return \(failure)(\(arguments), members: members_)")
    }
  }

  private func member(_ field: ResolvedField) -> String {
    let newtype = names.newtype(field.type.wrapped)
    let value = SwiftNames.member(field.name) + (newtype == nil ? "" : ".value")
    let wrapped =
      switch newtype?.wrapped ?? field.type.wrapped {
      case .int: ".int(\(value))"
      case .float: ".double(\(value))"
      case .bool: ".bool(\(value))"
      // The checker lets no other type pass.
      case .string, .record, .enumeration, .extern, .newtype, .list, .map, .optional, .stream: ".string(\(value))"
      }
    return ".init(\(SwiftLiteral.string(field.name)), \(wrapped))"
  }

  private func emitFragments(to writer: inout SwiftWriter) {
    let fragments = Set(module.steps.flatMap { $0.mayInsert + $0.mayReplace }).sorted()
    guard !fragments.isEmpty else { return }
    let fragment = names.core("Fragment")
    writer.line()
    writer.block("extension \(fragment)") { writer in
      for name in fragments {
        writer.line("/// The fragment `\(name)` of a flow that uses the step.")
        writer.line(
          "public static var \(SwiftNames.member(name)): \(fragment) { \(fragment)(\(SwiftLiteral.string(name))) }")
      }
    }
  }
}
