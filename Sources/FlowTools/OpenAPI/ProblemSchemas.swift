import FlowLanguage

/// The schemas of `application/problem+json` (RFC 9457): one that fits every problem, and one for each declared error.
struct ProblemSchemas {
  let schemas: SchemaBuilder

  static let general = "Problem"
  static let input = "InputProblem"

  /// The names of declared types never end in this word where an error has the same name, because a component has one
  /// meaning: `out-of-stock` is `OutOfStockProblem`.
  static func name(_ error: String) -> String { SwiftNames.type(error) + "Problem" }

  func all() -> [JSONValue.Member] {
    let errors = schemas.catalog.errors.map { JSONValue.Member(Self.name($0.name), declared($0)) }
    return errors + [.init(Self.general, base), .init(Self.input, inputProblem)]
  }

  private func declared(_ error: ResolvedError) -> JSONValue {
    // What is sensitive never leaves the server.
    let fields = error.fields.filter { !$0.isSensitive }
    let members = schemas.object(fields, .response)
    var properties: JSONValue = [
      "type": ["const": .string(Self.type(error.name))], "title": ["const": .string(Prose.title(error.name))],
    ]
    properties.add(contentsOf: Self.commonProperties)
    properties.add(contentsOf: members["properties"] ?? [:])
    var required: [JSONValue] = ["type", "title", "status"]
    if case .array(let names)? = members["required"] { required += names }
    var schema: JSONValue = ["type": "object", "required": .array(required), "properties": properties]
    schema.add("description", Prose.markdown(error.documentation).map(JSONValue.string))
    return schema
  }

  private var base: JSONValue {
    [
      "type": "object", "required": ["type", "title", "status"], "properties": problemProperties,
      "description": "What every problem says (RFC 9457). The last part of `type` is the problem's code.",
    ]
  }

  private var inputProblem: JSONValue {
    var properties = problemProperties
    properties.add("field", ["type": "string", "description": "The way to the field, such as `lines[2].product-id`."])
    let hasStreams = schemas.catalog.flows.contains { if case .stream = $0.input { true } else { false } }
    if hasStreams { properties.add("line", ["type": "integer", "description": "Of a body in parts, the line that was refused."]) }
    return [
      "type": "object", "required": ["type", "title", "status"], "properties": properties,
      "description": "The request's body or query was refused. `detail` names fields and limits, never a value that was sent.",
    ]
  }

  private var problemProperties: JSONValue {
    var properties: JSONValue = [
      "type": ["type": "string", "pattern": "^urn:zerver:problem:"], "title": ["type": "string"],
    ]
    properties.add(contentsOf: Self.commonProperties)
    return properties
  }

  static func type(_ code: String) -> String { "urn:zerver:problem:" + code }

  private static let commonProperties: JSONValue = [
    "status": ["type": "integer", "minimum": 400, "maximum": 599],
    "detail": ["type": "string", "description": "A sentence for people."],
    "instance": ["type": "string", "description": "The path of the request."],
  ]
}
