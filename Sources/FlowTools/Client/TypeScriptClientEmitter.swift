import FlowLanguage
import ZerverCatalog

/// Writes one TypeScript module that calls every flow of a catalog with `fetch`: strict types, no dependencies, errors as
/// a union that `code` tells apart. Values keep the names that they have in JSON, so nothing is converted at run time.
package struct TypeScriptClientEmitter {
  private let catalog: CatalogModel
  private let name: String

  /// - Parameter name: of the client's class; `nil` takes the catalog's name with `Client` behind it.
  package static func emit(_ catalog: CatalogModel, name: String? = nil) -> String {
    TypeScriptClientEmitter(catalog: catalog, name: name ?? catalog.name + "Client").text
  }

  private var flows: [ResolvedFlow] { catalog.flows.filter { $0.entry.deprecation?.isRetired != true } }

  private var text: String {
    var writer = CodeWriter()
    writer.line("// Written by `route-gen client --language typescript` from the flows of \(catalog.name). Write it again instead of editing it.")
    for type in catalog.types {
      writer.line()
      emit(type, to: &writer)
    }
    for error in catalog.errors {
      writer.line()
      emit(error, to: &writer)
    }
    for flow in flows {
      writer.line()
      let errors = flow.errors.map { problem($0.name) } + ["CallFailure"]
      writer.line("/** Why `\(flow.entry.reference)` has not given its answer. */")
      writer.line("export type \(failureName(flow.entry)) = \(errors.joined(separator: " | "));")
    }
    writer.line()
    emitClient(to: &writer)
    writer.lines(TypeScriptClientSupport.text)
    return writer.text
  }

  // MARK: Flows

  private func emitClient(to writer: inout CodeWriter) {
    document(["Calls the flows of \(catalog.name): one method for each, typed from its input to its errors."], to: &writer)
    writer.block("export class \(name)") { writer in
      writer.lines(TypeScriptClientSupport.members)
      for flow in flows {
        writer.line()
        emit(flow, to: &writer)
      }
    }
  }

  private func emit(_ flow: ResolvedFlow, to writer: inout CodeWriter) {
    let entry = flow.entry
    var lines = flow.documentation + (flow.documentation.isEmpty ? [] : [""]) + ["`\(entry.path)`"]
    if let deprecation = entry.deprecation {
      lines += ["", "@deprecated " + ClientText.deprecation(deprecation, in: catalog) { OperationNames.name($0) }]
    }
    document(lines, to: &writer)
    var parameters: [String] = []
    switch flow.input {
    case .none: break
    case .body(let type), .query(let type): parameters.append("input: \(self.type(type))")
    case .stream(let type): parameters.append("input: AsyncIterable<\(self.type(type))> | Iterable<\(self.type(type))>")
    }
    switch entry.idempotency?.mode {
    case .required: parameters.append("options: CallOptions & { idempotencyKey: string }")
    case .optional: parameters.append("options: CallOptions & { idempotencyKey?: string } = {}")
    case nil: parameters.append("options: CallOptions = {}")
    }
    let result = "Promise<Result<\(output(flow)), \(failureName(entry))>>"
    writer.list("\(OperationNames.name(entry))(", parameters, "): \(result) {")
    writer.indented { writer in
      let target = TypeScriptClientEmitter.literal(entry.path)
      let errors = "[\(flow.errors.map { Self.literal($0.name) }.joined(separator: ", "))]"
      let call = "this.call(\(Self.literal(entry.method.rawValue)), \(target)"
      switch flow.input {
      case .none: writer.line("return \(call), undefined, options, \(errors), \(reader(flow)));")
      case .body: writer.line("return \(call), JSON.stringify(input), options, \(errors), \(reader(flow)));")
      case .stream: writer.line("return \(call), sentLines(input), options, \(errors), \(reader(flow)));")
      case .query:
        writer.line("return this.call(\(Self.literal(entry.method.rawValue)), \(target) + query({ ...input }), undefined, options, \(errors), \(reader(flow)));")
      }
    }
    writer.line("}")
  }

  private func output(_ flow: ResolvedFlow) -> String {
    switch flow.output {
    case .none: "void"
    case .text: "string"
    case .file: "Blob"
    case .json(let type): self.type(type)
    case .stream(let type): "AsyncIterable<\(self.type(type))>"
    }
  }

  /// The function that makes the flow's value of its answer.
  private func reader(_ flow: ResolvedFlow) -> String {
    switch flow.output {
    case .none: "whole(() => undefined)"
    case .text: "whole((text) => text)"
    case .file: "(response) => response.blob()"
    case .json(let type): "whole((text) => JSON.parse(text) as \(self.type(type)))"
    case .stream(let type): "lines<\(self.type(type))>"
    }
  }

  private func failureName(_ entry: CatalogEntry) -> String { SwiftNames.type(OperationNames.name(entry)) + "Failure" }

  // MARK: Types

  private func emit(_ type: CatalogType, to writer: inout CodeWriter) {
    let name = name(type)
    switch type.declaration {
    case .record(let record):
      document(record.documentation, to: &writer)
      writer.block("export interface \(name)") { writer in
        for field in record.fields { emit(field, isInput: type.isInput, to: &writer) }
      }
    case .enumeration(let enumeration):
      document(enumeration.documentation, to: &writer)
      writer.line("export type \(name) = \(enumeration.cases.map(Self.literal).joined(separator: " | "));")
    case .newtype(let newtype):
      document(newtype.documentation + constraints(newtype.constraints), to: &writer)
      writer.line("export type \(name) = \(self.type(newtype.wrapped));")
    case .extern:
      document(["JSON whose form only the server's code knows."], to: &writer)
      writer.line("export type \(name) = unknown;")
    }
  }

  private func emit(_ field: ResolvedField, isInput: Bool, to writer: inout CodeWriter) {
    var lines = field.documentation + constraints(field.constraints)
    if isInput, let value = field.defaultValue { lines.append("Default: `\(JSONValue(value).compactText)`") }
    document(lines, to: &writer)
    let isOptional = field.type.isOptional || (isInput && field.defaultValue != nil)
    // A missing value may also be said as `null` in a request.
    let null = isInput && field.type.isOptional ? " | null" : ""
    writer.line("\(Self.property(field.name))\(isOptional ? "?" : ""): \(type(field.type.unwrapped))\(null);")
  }

  private func emit(_ error: ResolvedError, to writer: inout CodeWriter) {
    document(error.documentation, to: &writer)
    writer.block("export interface \(problem(error.name)) extends ProblemMembers") { writer in
      writer.line("code: \(Self.literal(error.name));")
      let fields = error.fields.filter { !$0.isSensitive && !TypeScriptClientSupport.problemMembers.contains($0.name) }
      for field in fields { emit(field, isInput: false, to: &writer) }
    }
  }

  private func constraints(_ constraints: ResolvedConstraints) -> [String] {
    let text = ConstraintText.words(constraints)
    return text.isEmpty ? [] : [text.map { $0.isCode ? "`\($0.text)`" : $0.text }.joined(separator: ", ")]
  }

  private func type(_ type: ResolvedType) -> String {
    switch type {
    case .string: "string"
    case .int, .float: "number"
    case .bool: "boolean"
    case .record(let name, _), .enumeration(let name, _), .extern(let name, _), .newtype(let name, _):
      catalog.declaration(of: type).map(self.name) ?? name
    case .list(let element), .stream(let element): list(self.type(element))
    case .map(let value): "Record<string, \(self.type(value))>"
    case .optional(let wrapped): "\(self.type(wrapped)) | null"
    }
  }

  private func list(_ element: String) -> String { element.contains("|") ? "(\(element))[]" : "\(element)[]" }

  /// What the module itself and the language call so gets `Value` behind it.
  private func name(_ type: CatalogType) -> String {
    let isTaken = TypeScriptClientSupport.reservedNames.contains(type.name) || type.name == name
    return isTaken ? type.name + "Value" : type.name
  }

  private func problem(_ error: String) -> String {
    let name = ProblemSchemas.name(error)
    return catalog.types.contains { $0.name == name } ? name + "Details" : name
  }

  // MARK: Text

  private static func literal(_ text: String) -> String { JSONText.quoted(text) }

  private static func property(_ name: String) -> String { name.contains("-") ? literal(name) : name }

  /// A comment. Text of the catalog cannot end it.
  private func document(_ lines: [String], to writer: inout CodeWriter) {
    let lines = lines.map { Self.commentText($0) }
    guard lines.count > 1 else {
      if let line = lines.first { writer.line("/** \(line) */") }
      return
    }
    writer.line("/**")
    for line in lines { writer.line(line.isEmpty ? " *" : " * " + line) }
    writer.line(" */")
  }

  private static func commentText(_ text: String) -> String {
    var result = ""
    for character in text {
      if character == "/", result.last == "*" { result += "\u{200B}" }
      result.append(character)
    }
    return result
  }
}
