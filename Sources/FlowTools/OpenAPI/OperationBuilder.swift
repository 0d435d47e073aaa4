import FlowLanguage
package import ZerverCatalog

/// One operation of an OpenAPI document: a flow under its own path, or under a path that it is bound to.
struct OperationBuilder {
  let catalog: CatalogModel
  let schemas: SchemaBuilder
  let flow: ResolvedFlow
  /// `nil` for the flow's own path.
  let binding: RouteBinding?
  /// What the path item calls the segments of the binding's fields, by field.
  var segmentNames: [String: String] = [:]

  var method: String { (binding?.method ?? flow.entry.method).rawValue.lowercased() }

  func operation() -> JSONValue {
    let entry = flow.entry
    var operation: JSONValue = ["operationId": .string(OperationNames.name(entry, binding))]
    if !entry.tags.isEmpty { operation.add("tags", .strings(entry.tags)) }
    if !entry.summary.isEmpty { operation.add("summary", .string(entry.summary)) }
    if let text = Prose.markdown(flow.documentation), text != entry.summary { operation.add("description", .string(text)) }
    if let guide = entry.deprecation?.guide {
      operation.add("externalDocs", ["url": .string(guide), "description": "How to move on."])
    }
    if entry.deprecation != nil { operation.add("deprecated", true) }
    let parameters = parameters
    if !parameters.isEmpty { operation.add("parameters", .array(parameters)) }
    operation.add("requestBody", requestBody)
    operation.add("responses", ResponseBuilder(flow, catalog: catalog, schemas: schemas).responses())
    operation.add("security", security)
    operation.add(contentsOf: extensions)
    return operation
  }

  // MARK: Parameters

  private var parameters: [JSONValue] {
    var parameters: [JSONValue] = []
    for field in pathFields { parameters.append(parameter(field, in: "path")) }
    if case .query = flow.input { parameters += restFields.map { parameter($0, in: "query") } }
    if let idempotency = flow.entry.idempotency {
      let mode = idempotency.mode == .required ? "Required" : "Optional"
      parameters.append(["$ref": .string("#/components/parameters/IdempotencyKey\(mode)")])
    }
    if flow.preconditionBinding != nil {
      parameters += ConditionParameters.names.map { ["$ref": .string("#/components/parameters/\($0.component)")] }
    }
    return parameters
  }

  private var inputFields: [ResolvedField] {
    switch flow.input {
    case .none: []
    case .body(let type), .query(let type), .stream(let type): catalog.record(type)?.fields ?? []
    }
  }

  private var pathFieldNames: [String] {
    (binding?.segments ?? []).compactMap { if case .field(let name) = $0 { name } else { nil } }
  }

  private var pathFields: [ResolvedField] { pathFieldNames.compactMap { name in inputFields.first { $0.name == name } } }

  private var restFields: [ResolvedField] { inputFields.filter { !pathFieldNames.contains($0.name) } }

  private func parameter(_ field: ResolvedField, in place: String) -> JSONValue {
    let isPath = place == "path"
    let name = isPath ? segmentNames[field.name] ?? field.name : field.name
    var parameter: JSONValue = ["name": .string(name), "in": .string(place)]
    if isPath || schemas.isRequired(field, .request) { parameter.add("required", true) }
    parameter.add("description", Prose.markdown(field.documentation).map(JSONValue.string))
    // What a query leaves out is missing; it cannot say `null`.
    var plain = field
    plain.type = field.type.unwrapped
    plain.documentation = []
    plain.isSensitive = false
    if isPath { plain.defaultValue = nil }
    parameter.add("schema", schemas.schema(of: plain, .request))
    if field.isSensitive { parameter.add("x-sensitive", true) }
    return parameter
  }

  private var requestBody: JSONValue? {
    if case .stream(let type) = flow.input {
      // The schema is that of one line, as it is for answers in parts.
      return [
        "description": .string("One line of JSON for each \(catalog.displayName(type)). They are taken as they arrive."), "required": true,
        "content": ["application/x-ndjson": ["schema": schemas.schema(of: type)]],
      ]
    }
    guard case .body(let type) = flow.input else { return nil }
    var media: JSONValue = ["schema": bodySchema(type)]
    let examples = flow.examples.compactMap { example -> JSONValue.Member? in
      guard let input = example.input else { return nil }
      let value = JSONValue(input)
      let body = binding == nil ? value : value.without(pathFieldNames)
      return .init(ExampleNames.key(example.name), ["summary": .string(example.name), "value": body])
    }
    if !examples.isEmpty { media.add("examples", .object(examples)) }
    return ["required": true, "content": ["application/json": media]]
  }

  /// Under a bound path, the fields of the path are not part of the body.
  private func bodySchema(_ type: ResolvedType) -> JSONValue {
    if pathFields.isEmpty { return schemas.schema(of: type) }
    var schema = schemas.object(restFields, .request)
    schema.add("additionalProperties", false)
    return schema
  }

  // MARK: Who may call, and what else is known

  private var security: JSONValue? {
    let entry = flow.entry
    let roles = entry.requirements.map { "\($0.kind.rawValue):\($0.name)" }
    if entry.tenantScope == .none && roles.isEmpty { return nil }
    let needed: JSONValue = [OpenAPIEmitter.securityScheme: .strings(roles)]
    // An empty requirement beside it says that the call works without.
    return entry.tenantScope == .optional && roles.isEmpty ? [[:], needed] : [needed]
  }

  private var extensions: JSONValue {
    let entry = flow.entry
    var extensions: JSONValue = ["x-flow": .string(entry.reference.description), "x-owner": .string(entry.owner)]
    if binding != nil { extensions.add("x-canonical-path", .string(entry.path)) }
    if binding == nil, !entry.aliases.isEmpty {
      extensions.add("x-aliases", .array(entry.aliases.map { alias in
        ["path": .string(entry.path(of: alias)), "mode": alias.mode == .serve ? "serve" : "redirect"]
      }))
    }
    if entry.isExperimental { extensions.add("x-experimental", true) }
    if let deprecation = entry.deprecation { extensions.add(contentsOf: lifeCycle(deprecation)) }
    extensions.add("x-profile", .string(entry.profile.name))
    if let deadline = entry.deadlineNanoseconds ?? entry.profile.deadlineNanoseconds {
      extensions.add("x-deadline-ms", .float(Double(deadline) / 1_000_000))
    }
    if entry.tenantScope != .none { extensions.add("x-tenant", .string(entry.tenantScope.rawValue)) }
    if let idempotency = entry.idempotency {
      extensions.add("x-idempotency-ttl-seconds", .int(idempotency.ttlNanoseconds / 1_000_000_000))
    }
    return extensions
  }

  private func lifeCycle(_ deprecation: Deprecation) -> JSONValue {
    var members: JSONValue = ["x-deprecated": .string(deprecation.deprecated.description)]
    members.add("x-sunset", deprecation.sunset.map { .string($0.description) })
    members.add("x-successor", deprecation.successor.map { .string($0.path) })
    if deprecation.isRetired { members.add("x-retired", true) }
    return members
  }
}

/// What operations are called, in the form that most generators make functions of.
package enum OperationNames {
  /// `checkoutCartV2`
  package static func name(_ entry: CatalogEntry) -> String { SwiftNames.camel(entry.slug.text) + "V\(entry.version.number)" }

  /// The same with the words of a bound path: `showOrderV1GetOrdersByOrderId`.
  static func name(_ entry: CatalogEntry, _ binding: RouteBinding?) -> String {
    guard let binding else { return name(entry) }
    let words = binding.segments.map { segment in
      switch segment {
      case .literal(let text): pascal(text)
      case .field(let field): "By" + SwiftNames.type(field)
      }
    }
    return name(entry) + SwiftNames.type(binding.method.rawValue.lowercased()) + words.joined()
  }

  private static func pascal(_ text: String) -> String {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map { SwiftNames.type(String($0)) }.joined()
  }
}

extension JSONValue {
  fileprivate func without(_ names: [String]) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { !names.contains($0.name) })
  }
}
