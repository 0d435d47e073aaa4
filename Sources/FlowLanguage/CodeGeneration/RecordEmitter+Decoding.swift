extension RecordEmitter {
  func emitDecoding(to writer: inout SwiftWriter) {
    writer.line()
    writer.block("extension \(record.name): \(names.core("JSONDecodable"))") { writer in
      emitInitializer(reader: "JSONReader", to: &writer)
    }
  }

  func emitQueryDecoding(to writer: inout SwiftWriter) {
    writer.line()
    writer.block("extension \(record.name): \(names.core("QueryDecodable"))") { writer in
      emitInitializer(reader: "QueryReader", to: &writer)
    }
  }

  /// A query holds scalars, enums and optionals of them.
  var isQueryDecodable: Bool {
    record.fields.allSatisfy { field in
      switch field.type.wrapped {
      case .string, .int, .float, .bool, .enumeration, .newtype: true
      case .record, .extern, .list, .map, .optional, .stream: false
      }
    }
  }

  private func emitInitializer(reader type: String, to writer: inout SwiftWriter) {
    let reader = local("reader")
    let isJSON = type == "JSONReader"
    writer.block("public init(from \(reader): inout \(names.core(type))) throws(\(names.core("InputError")))") { writer in
      if !record.fields.isEmpty { writer.line("var \(local("fields")) = \(names.core("FieldSet"))()") }
      for field in record.fields { writer.line(declaration(of: field)) }
      if isJSON { writer.line("try \(reader).beginObject()") }
      emitLoop(reader: reader, isJSON: isJSON, to: &writer)
      for field in record.fields where isRequired(field) {
        writer.line(
          "guard let \(name(field)) else { throw \(reader).missingField(\(SwiftLiteral.string(field.name))) }")
      }
      writer.list("self.init(", record.fields.map { "\(SwiftNames.label($0.name)): \(name($0))" }, ")")
    }
  }

  private func isRequired(_ field: ResolvedField) -> Bool { !field.type.isOptional && field.defaultValue == nil }

  private func declaration(of field: ResolvedField) -> String {
    let type = names.type(field.type)
    if let value = field.defaultValue { return "var \(name(field)): \(type) = \(literal(value, of: field.type))" }
    return "var \(name(field)): \(type)" + (field.type.isOptional ? "" : "?")
  }

  private func emitLoop(reader: String, isJSON: Bool, to writer: inout SwiftWriter) {
    let key = local("key")
    guard !record.fields.isEmpty else {
      return writer.line("guard try \(reader).nextKey() == nil else { throw \(reader).unknownField() }")
    }
    writer.block("while let \(key) = try \(reader).nextKey()") { writer in
      for (index, field) in record.fields.enumerated() {
        let head = "\(key).matches(\(SwiftLiteral.string(field.name)))"
        writer.line(index == 0 ? "if \(head) {" : "} else if \(head) {")
        writer.indented { writer in
          writer.line("guard \(local("fields")).insert(\(index)) else { throw \(reader).duplicateField() }")
          emitRead(field, reader: reader, isJSON: isJSON, to: &writer)
        }
      }
      writer.line("} else {")
      writer.indented { $0.line("throw \(reader).unknownField()") }
      writer.line("}")
    }
  }

  private func emitRead(_ field: ResolvedField, reader: String, isJSON: Bool, to writer: inout SwiftWriter) {
    let value = ValueReader(field: field, names: names, reader: reader, pattern: "Self.\(patternName(field))")
    guard isJSON else { return writer.line("\(name(field)) = try \(value.read(field.type.wrapped))") }
    // What stands inside a sensitive value must not be named in an error.
    let hides = field.isSensitive && !field.type.wrapped.isScalar
    let mark = local("mark")
    if hides { writer.line("let \(mark) = \(reader).enterSensitive()") }
    writer.line("\(name(field)) = try \(value.read(field.type))")
    if hides { writer.line("\(reader).leaveSensitive(\(mark))") }
  }
}

/// Swift expressions that read one field's value with its constraints.
private struct ValueReader {
  let field: ResolvedField
  let names: TypeNames
  let reader: String
  let pattern: String

  func read(_ type: ResolvedType) -> String {
    let constraints = field.constraints
    switch type {
    case .string:
      let arguments = [
        constraints.length.map { "length: \(SwiftLiteral.range($0))" },
        constraints.pattern.map { _ in "pattern: \(pattern)" },
      ]
      return "\(reader).readString(\(arguments.compactMap { $0 }.joined(separator: ", ")))"
    case .int: return "\(reader).readInt(\(constraints.range.map { "range: \(SwiftLiteral.range($0))" } ?? ""))"
    case .float: return "\(reader).readDouble(\(constraints.floatRange.map { "range: \(SwiftLiteral.range($0))" } ?? ""))"
    case .bool: return "\(reader).readBool()"
    case .record, .enumeration, .extern, .newtype: return "\(names.type(type))(from: &\(reader))"
    case .list(let element), .stream(let element): return "\(reader).\(constraints.isUnique ? "readUniqueList" : "readList")(of: \(names.type(element)).self\(items))"
    case .map(let value): return "\(reader).readMap(of: \(names.type(value)).self\(items))"
    case .optional(let wrapped): return "\(reader).readNull() ? nil : \(read(wrapped))"
    }
  }

  private var items: String { field.constraints.items.map { ", items: \(SwiftLiteral.range($0))" } ?? "" }
}
