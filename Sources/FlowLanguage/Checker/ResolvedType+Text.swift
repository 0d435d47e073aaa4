extension ResolvedType {
  /// As it is written in a `.flow` file.
  package var text: String {
    switch self {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .record(let name, _), .enumeration(let name, _), .extern(let name, _), .newtype(let name, _): name
    case .list(let element): "[\(element.text)]"
    case .map(let value): "[string: \(value.text)]"
    case .optional(let wrapped): "\(wrapped.text)?"
    case .stream(let element): "stream \(element.text)"
    }
  }

  var isStream: Bool { if case .stream = self { true } else { false } }

  /// The type with a `?`.
  var asOptional: ResolvedType { isOptional ? self : .optional(self) }
}
