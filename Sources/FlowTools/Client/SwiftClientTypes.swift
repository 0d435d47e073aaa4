import FlowLanguage

/// How a Swift client spells the types of a catalog. All of them are nested in the client, so they collide with nothing
/// but each other and the few names that every client has.
struct SwiftClientTypes {
  private let catalog: CatalogModel
  /// Names that the catalog declares: what they hide of the standard library is written with its module.
  private let declared: Set<String>

  /// Names of the client's own types, and of what generated code takes from Foundation. A declared type of the same name gets `Value` behind it.
  private static let reserved: Set<String> = [
    "AnyJSON", "CallFailure", "CodingKeys", "Data", "JSONDecoder", "JSONEncoder", "Mirror", "Problem", "Query", "Request", "Response",
    "Self", "Transport", "Type", "Protocol", "URL", "URLSession", "URLSessionTransport", "HTTPURLResponse",
    "Codable", "CodingKey", "CaseIterable", "CustomReflectable", "Decodable", "Decoder", "Encodable", "Encoder", "Equatable", "Error",
    "Hashable", "RawRepresentable", "Sendable", "Stream", "Task", "URLError", "NSObject", "AsyncThrowingStream", "CharacterSet",
    "CheckedContinuation", "UTF8", "URLRequest", "URLResponse", "URLSessionConfiguration", "URLSessionDataDelegate",
    "URLSessionDataTask", "URLSessionTask",
  ]

  init(_ catalog: CatalogModel) {
    self.catalog = catalog
    declared = Set(catalog.types.map(\.name))
  }

  func name(_ type: CatalogType) -> String { Self.reserved.contains(type.name) ? type.name + "Value" : type.name }

  func name(_ type: ResolvedType) -> String {
    switch type {
    case .string: swift("String")
    case .int: swift("Int")
    case .float: swift("Double")
    case .bool: swift("Bool")
    case .record(let name, _), .enumeration(let name, _), .extern(let name, _), .newtype(let name, _):
      catalog.declaration(of: type).map(self.name) ?? name
    case .list(let element), .stream(let element): "[\(name(element))]"
    case .map(let value): "[\(swift("String")): \(name(value))]"
    case .optional(let wrapped): "\(name(wrapped))?"
    }
  }

  /// A type of the standard library.
  func swift(_ name: String) -> String { declared.contains(name) ? "Swift.\(name)" : name }

  /// The members of a declared error: `out-of-stock` is `OutOfStockProblem`.
  func problem(_ error: String) -> String {
    let name = ProblemSchemas.name(error)
    return declared.contains(name) ? name + "Details" : name
  }

  func errorCase(_ error: String) -> String {
    let name = SwiftNames.member(error)
    return ["problem", "noAnswer", "unreadable"].contains(name) ? name + "_" : name
  }

  func literal(_ literal: ResolvedLiteral) -> String {
    switch literal {
    case .emptyList: "[]"
    case .emptyMap: "[:]"
    case .string(let text): Self.literal(text)
    case .int(let number): String(number)
    case .float(let number): String(number)
    case .bool(let flag): String(flag)
    case .enumCase(let name): ".\(SwiftNames.label(name))"
    }
  }

  static func literal(_ text: String) -> String { SwiftLiteral.string(text) }

  /// An expression of type `String?`: what the query says about a field of `input`.
  func queryText(_ field: ResolvedField) -> String {
    let isOptional = field.type.isOptional
    let value = "input.\(SwiftNames.label(field.name))"
    let string = swift("String")
    func converted(_ value: String) -> String { isOptional ? "\(value).map { \(string)($0) }" : "\(string)(\(value))" }
    func raw(_ wrapped: ResolvedType) -> String {
      let raw = value + (isOptional ? "?" : "") + ".rawValue"
      return wrapped == .string ? raw : converted(isOptional ? "(\(raw))" : raw)
    }
    switch field.type.unwrapped {
    case .string: return value
    case .enumeration: return raw(.string)
    case .newtype:
      guard case .newtype(let newtype)? = catalog.declaration(of: field.type.unwrapped)?.declaration else { return raw(.string) }
      return raw(newtype.wrapped)
    case .int, .float, .bool, .record, .extern, .list, .map, .optional, .stream: return converted(value)
    }
  }
}
