/// A record as a Swift struct with a codec of its own.
struct RecordEmitter {
  let record: ResolvedRecord
  let names: TypeNames

  func emit(to writer: inout SwiftWriter) {
    writer.line()
    writer.documentation(record.documentation)
    writer.block("public struct \(record.name): Equatable, Sendable") { writer in
      for field in record.fields {
        writer.documentation(field.documentation)
        writer.line("public var \(name(field)): \(names.type(field.type))")
      }
      if !patterns.isEmpty { writer.line() }
      for field in patterns {
        writer.line(
          "private static let \(patternName(field)) = "
            + "\(names.core("PatternMatcher"))(\(SwiftLiteral.string(field.constraints.pattern ?? "")))")
      }
      if !record.fields.isEmpty { writer.line() }
      emitInitializer(to: &writer)
    }
    emitEncoding(to: &writer)
    emitDecoding(to: &writer)
    if isQueryDecodable { emitQueryDecoding(to: &writer) }
    if record.fields.contains(where: \.isSensitive) { emitRedaction(to: &writer) }
  }

  func name(_ field: ResolvedField) -> String { SwiftNames.member(field.name) }

  /// A name for a local of the generated code's own, told apart from the record's fields.
  func local(_ name: String) -> String {
    record.fields.contains { SwiftNames.camel($0.name) == name } ? name + "_" : name
  }

  func patternName(_ field: ResolvedField) -> String { SwiftNames.camel(field.name) + "Pattern_" }

  private var patterns: [ResolvedField] { record.fields.filter { $0.constraints.pattern != nil } }

  private func emitInitializer(to writer: inout SwiftWriter) {
    guard !record.fields.isEmpty else { return writer.line("public init() {}") }
    let parameters = record.fields.map { field in
      let value = field.defaultValue.map { " = " + literal($0, of: field.type) } ?? (field.type.isOptional ? " = nil" : "")
      return "\(name(field)): \(names.type(field.type))\(value)"
    }
    writer.list("public init(", parameters, ") {")
    writer.indented { writer in
      for field in record.fields { writer.line("\(selfName(field)) = \(name(field))") }
    }
    writer.line("}")
  }

  func literal(_ literal: ResolvedLiteral, of type: ResolvedType) -> String {
    guard let newtype = names.newtype(type) else { return self.literal(literal) }
    // The checker has held the literal against the constraints.
    return "\(newtype.isConstrained ? "try! " : "")\(names.type(type))(\(self.literal(literal)))"
  }

  private func literal(_ literal: ResolvedLiteral) -> String {
    switch literal {
    case .emptyList: "[]"
    case .emptyMap: "[:]"
    case .string(let text): SwiftLiteral.string(text)
    case .int(let number): String(number)
    case .float(let number): String(number)
    case .bool(let flag): String(flag)
    case .enumCase(let name): ".\(SwiftNames.label(name))"
    }
  }

  /// A type that prints itself would print what must stay secret: into a log, a crash report, a test's message.
  private func emitRedaction(to writer: inout SwiftWriter) {
    let parts = record.fields.map { field in
      let value = field.type.isOptional ? "\(names.swift("String"))(describing: \(selfName(field)))" : selfName(field)
      return "\(SwiftNames.camel(field.name)): " + (field.isSensitive ? "<redacted>" : "\\(\(value))")
    }
    let children = record.fields.map { field in
      "\"\(SwiftNames.camel(field.name))\": " + (field.isSensitive ? "\"<redacted>\"" : selfName(field) + (field.type.isOptional ? " as Any" : ""))
    }
    writer.line()
    writer.block("extension \(record.name): CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable") { writer in
      writer.line("/// Leaves the sensitive fields out.")
      writer.block("public var description: \(names.swift("String"))") { writer in
        writer.line("\"\(record.name)(\(parts.joined(separator: ", ")))\"")
      }
      writer.line("public var debugDescription: \(names.swift("String")) { description }")
      writer.block("public var customMirror: Mirror") { $0.list("Mirror(self, children: [", children, "])") }
    }
  }

  /// Always with `self`, because a field may be called `description`.
  func selfName(_ field: ResolvedField) -> String { "self.\(SwiftNames.label(field.name))" }
}
