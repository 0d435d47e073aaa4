import FlowLanguage
import ZerverCatalog

/// Writes a catalog as an OpenAPI 3.1 document: every flow under its own path and under the paths that it is bound to,
/// every type as a named schema, every declared error as a problem.
///
/// Deterministic: it asks no clock, so the same catalog gives the same bytes on every day.
package enum OpenAPIEmitter {
  package struct Options {
    /// `nil` takes the catalog's name.
    package var title: String?
    /// `info.version`; `nil` takes the newest version that a flow has.
    package var version: String?
    package var description: String?
    /// Where the API is served. Without one, paths are relative to where the document is.
    package var servers: [String] = []

    package init(title: String? = nil, version: String? = nil, description: String? = nil, servers: [String] = []) {
      self.title = title
      self.version = version
      self.description = description
      self.servers = servers
    }
  }

  static let securityScheme = "caller"

  package static func document(_ catalog: CatalogModel, _ options: Options = .init()) -> JSONValue {
    let schemas = SchemaBuilder(catalog: catalog)
    var document: JSONValue = ["openapi": "3.1.0", "info": info(catalog, options)]
    if !options.servers.isEmpty { document.add("servers", .array(options.servers.map { ["url": .string($0)] })) }
    document.add("paths", PathBuilder(catalog: catalog, schemas: schemas).paths())
    document.add("components", components(catalog, schemas))
    let tags = Set(catalog.flows.flatMap(\.entry.tags)).sorted()
    if !tags.isEmpty { document.add("tags", .array(tags.map { ["name": .string($0)] })) }
    if !catalog.tombstones.isEmpty { document.add("x-tombstones", .array(catalog.tombstones.map(tombstone))) }
    return document
  }

  private static func info(_ catalog: CatalogModel, _ options: Options) -> JSONValue {
    let newest = catalog.flows.map(\.entry.version).max()
    var info: JSONValue = ["title": .string(options.title ?? catalog.name)]
    info.add("version", .string(options.version ?? newest?.description ?? "v0"))
    info.add("description", options.description.map(JSONValue.string))
    return info
  }

  private static func tombstone(_ tombstone: ResolvedTombstone) -> JSONValue {
    var value: JSONValue = ["path": .string(tombstone.reference.path), "reason": .string(tombstone.reason)]
    value.add("successor", tombstone.successor.map { .string($0.path) })
    return value
  }

  private static func components(_ catalog: CatalogModel, _ schemas: SchemaBuilder) -> JSONValue {
    let types = catalog.types.map { JSONValue.Member($0.name, schemas.schema(of: $0)) }
    let problems = ProblemSchemas(schemas: schemas).all()
    var components: JSONValue = ["schemas": .object((types + problems).sorted { $0.name < $1.name })]
    components.add("responses", [
      "Problem": [
        "description": "Any other problem: the server is busy, a resource is not available, a deadline has passed.",
        "content": ["application/problem+json": ["schema": SchemaBuilder.reference(ProblemSchemas.general)]],
      ]
    ])
    let headers = catalog.flows.flatMap(LifeCycleHeaders.components)
    if !headers.isEmpty { components.add("headers", .object(headers)) }
    let modes = Set(catalog.flows.compactMap(\.entry.idempotency?.mode))
    var parameters = Idempotency.Mode.allCases.filter(modes.contains).map(idempotencyKey)
    if catalog.flows.contains(where: { $0.preconditionBinding != nil }) { parameters += ConditionParameters.components }
    if !parameters.isEmpty { components.add("parameters", .object(parameters)) }
    if catalog.flows.contains(where: { $0.entry.tenantScope != .none || !$0.entry.requirements.isEmpty }) {
      components.add("securitySchemes", [
        securityScheme: [
          "type": "http", "scheme": "bearer",
          "description": "Says who is asking, and for which tenant. The names beside it are roles and capabilities.",
        ]
      ])
    }
    return components
  }

  private static func idempotencyKey(_ mode: Idempotency.Mode) -> JSONValue.Member {
    let isRequired = mode == .required
    var parameter: JSONValue = ["name": "Idempotency-Key", "in": "header"]
    if isRequired { parameter.add("required", true) }
    parameter.add("description", "A new text for every new request, and the same one for its repetitions: the answer is then the stored one.")
    parameter.add("schema", ["type": "string", "minLength": 1, "maxLength": 512])
    parameter.add("example", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")
    return .init("IdempotencyKey" + (isRequired ? "Required" : "Optional"), parameter)
  }
}

/// The `paths` of a document, in the order of their texts.
private struct PathBuilder {
  let catalog: CatalogModel
  let schemas: SchemaBuilder

  private struct Item {
    var template: String
    /// By method, for a sorted and unambiguous item.
    var operations: [String: JSONValue] = [:]
  }

  func paths() -> JSONValue {
    var items: [String: Item] = [:]
    for flow in catalog.flows {
      let builder = OperationBuilder(catalog: catalog, schemas: schemas, flow: flow, binding: nil)
      items[flow.entry.path, default: Item(template: flow.entry.path)].operations[builder.method] = builder.operation()
      for binding in flow.entry.bindings { add(binding, of: flow, to: &items) }
    }
    return .object(items.values.sorted { $0.template < $1.template }.map { item in
      .init(item.template, .object(item.operations.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }))
    })
  }

  /// Two bindings may name the segment of one place differently. A document has one path for both, so the first one names it.
  private func add(_ binding: RouteBinding, of flow: ResolvedFlow, to items: inout [String: Item]) {
    let shape = binding.shape
    var item = items[shape] ?? Item(template: binding.template)
    let names = item.template.split(separator: "/").map { $0.dropFirst().dropLast() }
    var builder = OperationBuilder(catalog: catalog, schemas: schemas, flow: flow, binding: binding)
    for (index, segment) in binding.segments.enumerated() where index < names.count {
      if case .field(let field) = segment { builder.segmentNames[field] = String(names[index]) }
    }
    item.operations[builder.method] = builder.operation()
    items[shape] = item
  }
}

extension RouteBinding {
  /// The same for two templates that match the same paths.
  fileprivate var shape: String {
    segments.map { segment in
      switch segment {
      case .literal(let text): "/\(text)"
      case .field: "/{}"
      }
    }.joined()
  }
}
