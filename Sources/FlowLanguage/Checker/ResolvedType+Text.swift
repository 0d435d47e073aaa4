extension ResolvedType {
  /// As it is written in a `.flow` file.
  var text: String {
    switch self {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .record(let name, _), .enumeration(let name, _), .extern(let name, _): name
    case .list(let element): "[\(element.text)]"
    case .map(let value): "[string: \(value.text)]"
    case .optional(let wrapped): "\(wrapped.text)?"
    }
  }

  var isOptional: Bool {
    if case .optional = self { true } else { false }
  }

  /// The type without its `?`.
  var unwrapped: ResolvedType {
    if case .optional(let wrapped) = self { wrapped } else { self }
  }

  /// The type with a `?`.
  var wrapped: ResolvedType { isOptional ? self : .optional(self) }

  /// Fits one part of a query.
  var isScalar: Bool {
    switch self {
    case .string, .int, .float, .bool, .enumeration: true
    case .record, .extern, .list, .map, .optional: false
    }
  }
}
