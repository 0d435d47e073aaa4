package import FlowLanguage
import ZerverCatalog

/// The `responses` of one operation.
struct ResponseBuilder {
  let catalog: CatalogModel
  let schemas: SchemaBuilder
  let flow: ResolvedFlow
  private let problems: ResponseProblems

  init(_ flow: ResolvedFlow, catalog: CatalogModel, schemas: SchemaBuilder) {
    self.flow = flow
    self.catalog = catalog
    self.schemas = schemas
    problems = ResponseProblems(flow)
  }

  func responses() -> JSONValue {
    var responses: [(status: Int, response: JSONValue)] = problems.statuses.map { ($0, problem($0)) }
    if flow.entry.deprecation?.isRetired != true { responses.append((flow.outputStatus, success)) }
    var result: JSONValue = [:]
    for (status, response) in responses.sorted(by: { $0.status < $1.status }) { result.add(String(status), response) }
    result.add("default", ["$ref": "#/components/responses/Problem"])
    return result
  }

  // MARK: Success

  private var success: JSONValue {
    var response: JSONValue = ["description": .string(successDescription)]
    response.add("headers", headers(isSuccess: true))
    switch flow.output {
    case .none: break
    case .text: response.add("content", ["text/plain": ["schema": ["type": "string"]]])
    // A schema says nothing of bytes (OpenAPI 3.1, "Considerations for file uploads" holds for answers, too).
    case .file: response.add("content", ["*/*": [:]])
    case .json(let type): response.add("content", ["application/json": media(type)])
    case .stream(let type): response.add("content", [
      "application/x-ndjson": ["schema": schemas.schema(of: type)], "text/event-stream": ["schema": schemas.schema(of: type)],
    ])
    }
    return response
  }

  private var successDescription: String {
    switch flow.output {
    case .none: return "Done. The response has no body."
    case .text: return "Plain text."
    case .file: return "The bytes of a file, in the media type of its name."
    case .stream(let type): return "One line of JSON for each \(catalog.displayName(type)), as they are produced; or one server-sent event for each."
    case .json(let type):
      let documentation = catalog.declaration(of: type)?.documentation ?? []
      return Prose.summary(documentation) ?? catalog.displayName(type)
    }
  }

  private func media(_ type: ResolvedType) -> JSONValue {
    var media: JSONValue = ["schema": schemas.schema(of: type)]
    let bodies = flow.examples.compactMap { example -> JSONValue.Member? in
      guard example.expectation.error == nil, example.expectation.status == flow.outputStatus,
        let body = example.expectation.body, catalog.isComplete(body, type)
      else { return nil }
      return .init(ExampleNames.key(example.name), ["summary": .string(example.name), "value": JSONValue(body)])
    }
    if !bodies.isEmpty { media.add("examples", .object(bodies)) }
    return media
  }

  // MARK: Headers

  private func headers(isSuccess: Bool) -> JSONValue? {
    var headers: JSONValue = [:]
    if isSuccess { for header in flow.headers { headers.add(Self.name(header.name), declared(header)) } }
    if let deprecation = flow.entry.deprecation { headers.add(contentsOf: lifeCycle(deprecation)) }
    return headers == [:] ? nil : headers
  }

  private func declared(_ header: ResolvedHeader) -> JSONValue {
    let template = header.parts.map { part in
      switch part {
      case .text(let text): text
      case .field(let path, _): "{\(path.map(\.name).joined(separator: "."))}"
      }
    }.joined()
    let isConstant = header.parts.allSatisfy { if case .text = $0 { true } else { false } }
    if isConstant { return ["schema": ["type": "string", "const": .string(template)]] }
    return ["description": .string("`\(template)`, with fields of the response."), "schema": ["type": "string"]]
  }

  private func lifeCycle(_ deprecation: Deprecation) -> JSONValue {
    .object(LifeCycleHeaders.fields(deprecation).map { field in
      .init(field.name, ["$ref": .string("#/components/headers/\(LifeCycleHeaders.key(flow, field.name))")])
    })
  }

  /// `retry-after` → `Retry-After`, as documents write field names.
  static func name(_ kebab: String) -> String {
    kebab.split(separator: "-").map { SwiftNames.type(String($0)) }.joined(separator: "-")
  }

  // MARK: Problems

  private func problem(_ status: Int) -> JSONValue {
    let kinds = problems.kinds(status)
    var media: JSONValue = ["schema": schema(kinds)]
    let examples = examples(status, kinds)
    if !examples.isEmpty { media.add("examples", .object(examples)) }
    var response: JSONValue = ["description": .string(kinds.map(sentence).joined(separator: "\n\n"))]
    response.add("headers", headers(isSuccess: false))
    response.add("content", ["application/problem+json": media])
    return response
  }

  private func schema(_ kinds: [ResponseProblems.Kind]) -> JSONValue {
    let names = kinds.map { kind in
      switch kind {
      case .declared(let error): ProblemSchemas.name(error)
      case .input: ProblemSchemas.input
      case .framework: ProblemSchemas.general
      }
    }
    let references = names.map(SchemaBuilder.reference)
    return references.count == 1 ? references[0] : ["anyOf": .array(references)]
  }

  private func sentence(_ kind: ResponseProblems.Kind) -> String {
    switch kind {
    case .declared(let name):
      let text = Prose.summary(catalog.error(name)?.documentation ?? [])
      return "`\(name)`" + (text.map { ": \($0)" } ?? "")
    case .input(let codes): return codes.map { "`\($0)`" }.joined(separator: ", ") + ": the input was refused."
    case .framework(let code, let sentence): return "`\(code)`: \(sentence)"
    }
  }

  /// What examples expect, with the members that the server adds.
  private func examples(_ status: Int, _ kinds: [ResponseProblems.Kind]) -> [JSONValue.Member] {
    flow.examples.compactMap { example in
      guard example.expectation.status == status, let code = example.expectation.error, kinds.contains(.declared(code)),
        let error = catalog.error(code)
      else { return nil }
      let fields = example.failureFields(of: code)
      let isComplete = error.fields.allSatisfy { field in
        field.type.isOptional || field.isSensitive || fields?[field.name] != nil
      }
      guard isComplete else { return nil }
      var value: JSONValue = [
        "type": .string(ProblemSchemas.type(code)), "title": .string(Prose.title(code)), "status": .int(status),
      ]
      let detail = example.failureDetails[code] ?? Prose.paragraphs(error.documentation).joined(separator: " ")
      if !detail.isEmpty { value.add("detail", .string(detail)) }
      value.add("instance", .string(flow.entry.path))
      for field in error.fields where !field.isSensitive { value.add(field.name, fields?[field.name]) }
      return .init(ExampleNames.key(example.name), ["summary": .string(example.name), "value": value])
    }
  }
}

extension ResolvedExample {
  /// The fields of an expected problem: from the expectation, and from the step that is made to fail with it.
  func failureFields(of code: String) -> JSONValue? {
    var fields: JSONValue = [:]
    if let body = expectation.body { fields.add(contentsOf: JSONValue(body)) }
    for (_, given) in givens {
      guard case .failure(code, let given) = given, case .object(let members) = JSONValue(given) else { continue }
      for member in members where fields[member.name] == nil { fields.add(member.name, member.value) }
    }
    return fields
  }
}

enum ExampleNames {
  /// Component keys allow letters, digits, dots, hyphens and underscores (OpenAPI 3.1 §4.8.7).
  static func key(_ name: String) -> String {
    name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-").lowercased()
  }
}

extension CatalogModel {
  /// `[Product]?`, with the names that documents use.
  package func displayName(_ type: ResolvedType) -> String {
    switch type {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .record(let name, _), .enumeration(let name, _), .extern(let name, _), .newtype(let name, _):
      declaration(of: type)?.name ?? name
    case .list(let element): "[\(displayName(element))]"
    case .stream(let element): "stream \(displayName(element))"
    case .map(let value): "[string: \(displayName(value))]"
    case .optional(let wrapped): displayName(wrapped) + "?"
    }
  }

  /// Whether a value has everything that a response of this type has. What an example expects need not.
  func isComplete(_ value: ResolvedValue, _ type: ResolvedType) -> Bool {
    switch (value, type) {
    case (_, .optional(let wrapped)): value == .null || isComplete(value, wrapped)
    case (.list(let elements), .list(let element)): elements.allSatisfy { isComplete($0, element) }
    case (.object(let members), .map(let value)): members.allSatisfy { isComplete($0.value, value) }
    case (.object(let members), .record):
      (record(type)?.fields ?? []).allSatisfy { field in
        guard let member = members.first(where: { $0.name == field.name }) else { return field.type.isOptional }
        return isComplete(member.value, field.type)
      }
    default: true
    }
  }
}
