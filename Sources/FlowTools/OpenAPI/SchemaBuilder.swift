import FlowLanguage

/// JSON Schemas (draft 2020-12) of declared types, as `components.schemas` of an OpenAPI document holds them.
struct SchemaBuilder {
  let catalog: CatalogModel

  /// Which way a value travels decides what is required of it.
  enum Direction {
    /// `null` stands for a missing value, and a field with a default may be left out.
    case request
    /// What is there is never `null`, and only an optional field may be left out.
    case response
  }

  static func reference(_ name: String) -> JSONValue { ["$ref": "#/components/schemas/\(name)"] }

  // MARK: Declared types

  func schema(of type: CatalogType) -> JSONValue {
    switch type.declaration {
    case .record(let record): schema(of: record, type)
    case .enumeration(let enumeration):
      describe(["type": "string", "enum": .strings(enumeration.cases)], enumeration.documentation)
    case .newtype(let newtype): schema(of: newtype)
    // Nothing is promised about it, so every JSON value is a valid one.
    case .extern: ["description": "JSON that the Swift type `\(type.key.module).\(type.key.name)` writes and reads."]
    }
  }

  private func schema(of newtype: ResolvedNewtype) -> JSONValue {
    var schema = scalar(newtype.wrapped)
    schema.add(contentsOf: constraints(newtype.constraints))
    if newtype.isSensitive { schema.add("x-sensitive", true) }
    return describe(schema, newtype.documentation)
  }

  private func schema(of record: ResolvedRecord, _ type: CatalogType) -> JSONValue {
    let direction: Direction = type.isInput ? .request : .response
    var schema = object(record.fields, direction)
    // A request with a member that nobody declared is refused; a response may grow.
    if type.isInput { schema.add("additionalProperties", false) }
    schema = describe(schema, record.documentation)
    let examples = catalog.fixtures.filter { TypeKey($0.type) == type.key }.map { JSONValue($0.value) }
    if !examples.isEmpty { schema.add("examples", .array(examples)) }
    return schema
  }

  func object(_ fields: [ResolvedField], _ direction: Direction) -> JSONValue {
    var schema: JSONValue = ["type": "object"]
    let required = fields.filter { isRequired($0, direction) }.map(\.name)
    if !required.isEmpty { schema.add("required", .strings(required)) }
    if !fields.isEmpty {
      schema.add("properties", .object(fields.map { .init($0.name, self.schema(of: $0, direction)) }))
    }
    return schema
  }

  func isRequired(_ field: ResolvedField, _ direction: Direction) -> Bool {
    !field.type.isOptional && (direction == .response || field.defaultValue == nil)
  }

  /// A field with its constraints, default and documentation.
  func schema(of field: ResolvedField, _ direction: Direction) -> JSONValue {
    let isNullable = field.type.isOptional && direction == .request
    var schema = schema(of: field.type.unwrapped, constrainedBy: field.constraints)
    if isNullable { schema = nullable(schema) }
    schema = describe(schema, field.documentation)
    if let value = field.defaultValue { schema.add("default", JSONValue(value)) }
    if field.isSensitive {
      if direction == .request { schema.add("writeOnly", true) }
      schema.add("x-sensitive", true)
    }
    return schema
  }

  // MARK: Types

  func schema(of type: ResolvedType, constrainedBy constraints: ResolvedConstraints = .init()) -> JSONValue {
    switch type {
    case .string, .int, .float, .bool:
      var schema = scalar(type)
      schema.add(contentsOf: self.constraints(constraints))
      return schema
    case .record, .enumeration, .extern, .newtype:
      // Every type that a flow can reach is in the catalog.
      var schema = catalog.declaration(of: type).map { Self.reference($0.name) } ?? [:]
      schema.add(contentsOf: self.constraints(constraints))
      return schema
    case .list(let element), .stream(let element):
      var schema: JSONValue = ["type": "array", "items": self.schema(of: element)]
      if let items = constraints.items { add(items, "minItems", "maxItems", to: &schema) }
      if constraints.isUnique { schema.add("uniqueItems", true) }
      return schema
    case .map(let value):
      var schema: JSONValue = ["type": "object", "additionalProperties": self.schema(of: value)]
      if let items = constraints.items { add(items, "minProperties", "maxProperties", to: &schema) }
      return schema
    case .optional(let wrapped): return nullable(self.schema(of: wrapped, constrainedBy: constraints))
    }
  }

  private func scalar(_ type: ResolvedType) -> JSONValue {
    switch type {
    case .int: ["type": "integer", "format": "int64"]
    case .float: ["type": "number", "format": "double"]
    case .bool: ["type": "boolean"]
    case .string, .record, .enumeration, .extern, .newtype, .list, .map, .optional, .stream: ["type": "string"]
    }
  }

  private func nullable(_ schema: JSONValue) -> JSONValue {
    guard case .object(var members) = schema, let index = members.firstIndex(where: { $0.name == "type" }) else {
      return ["anyOf": [schema, ["type": "null"]]]
    }
    members[index].value = [members[index].value, "null"]
    return .object(members)
  }

  private func constraints(_ constraints: ResolvedConstraints) -> JSONValue {
    var schema: JSONValue = [:]
    if let length = constraints.length { add(length, "minLength", "maxLength", to: &schema) }
    if let range = constraints.range {
      schema.add("minimum", .int(range.lowerBound))
      schema.add("maximum", .int(range.upperBound))
    }
    if let range = constraints.floatRange {
      schema.add("minimum", .float(range.lowerBound))
      schema.add("maximum", .float(range.upperBound))
    }
    // A pattern of the language matches the whole text; one of JSON Schema matches anywhere.
    if let pattern = constraints.pattern { schema.add("pattern", .string("^(?:\(pattern))$")) }
    return schema
  }

  private func add(_ range: ClosedRange<Int>, _ lower: String, _ upper: String, to schema: inout JSONValue) {
    if range.lowerBound > 0 { schema.add(lower, .int(range.lowerBound)) }
    schema.add(upper, .int(range.upperBound))
  }

  private func describe(_ schema: JSONValue, _ documentation: [String]) -> JSONValue {
    var schema = schema
    schema.add("description", Prose.markdown(documentation).map(JSONValue.string))
    return schema
  }
}

extension ResolvedType {
  var isOptional: Bool { if case .optional = self { true } else { false } }

  /// The type without its `?`.
  var unwrapped: ResolvedType { if case .optional(let wrapped) = self { wrapped } else { self } }
}
