extension ResolvedType {
  /// Who has sent a request: a type of the framework, which steps name `Caller`.
  static var caller: ResolvedType { .extern("Caller", module: "ZerverCore") }

  /// On which condition a request may be carried out: likewise, `Precondition`.
  static var precondition: ResolvedType { .extern("Precondition", module: "ZerverCore") }

  /// What the framework knows of a request, and nobody sends.
  static var ofRequest: [ResolvedType] { [caller, precondition] }

  var isOptional: Bool {
    if case .optional = self { true } else { false }
  }

  /// The type without its `?`.
  var wrapped: ResolvedType {
    if case .optional(let wrapped) = self { wrapped } else { self }
  }

  /// Fits one part of a query.
  var isScalar: Bool {
    switch self {
    case .string, .int, .float, .bool, .enumeration: true
    // Checked by what they wrap, where that is known.
    case .newtype: true
    case .record, .extern, .list, .map, .optional, .stream: false
    }
  }
}
