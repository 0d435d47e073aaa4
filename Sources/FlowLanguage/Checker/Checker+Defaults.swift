// The values behind `=`.

extension Checker {
  func defaultValue(
    _ literal: LiteralSyntax, of field: FieldSyntax, type: ResolvedType, _ constraints: ResolvedConstraints
  ) -> ResolvedLiteral? {
    if type.isOptional {
      reporter.report(.defaultOfOptional(literal.span, field: field))
      return nil
    }
    let newtype = newtype(type)
    // A newtype whose line could not be read may wrap anything.
    if let newtype, newtype.isBroken { return nil }
    guard let value = self.literal(literal, as: newtype?.wrapped ?? type) else {
      reporter.report(.defaultType(literal.span, field: field, type: type, wrapped: newtype?.wrapped))
      return nil
    }
    if !(newtype?.constraints ?? constraints).accept(value) {
      reporter.report(.defaultConstraint(literal.span, field: field))
    }
    return value
  }

  private func literal(_ literal: LiteralSyntax, as type: ResolvedType) -> ResolvedLiteral? {
    switch (type, literal) {
    case (.string, .string(let text, _)): return .string(text)
    case (.int, .number(let number)): if case .int(let int) = number.value { return .int(int) } else { return nil }
    case (.float, .number(let number)): return .float(number.double)
    case (.bool, .word(let word)): return word.text == "true" ? .bool(true) : word.text == "false" ? .bool(false) : nil
    case (.enumeration, .word(let word)): return checkCase(word, of: type) ? .enumCase(word.text) : .enumCase("")
    case (.list, .emptyList): return .emptyList
    case (.map, .emptyMap): return .emptyMap
    default: return nil
    }
  }
}

extension ResolvedConstraints {
  /// Whether a client could send the value.
  func accept(_ value: ResolvedLiteral) -> Bool {
    switch value {
    case .string(let text): accept(text)
    case .int(let int): range?.contains(int) ?? true
    case .float(let float): floatRange?.contains(float) ?? true
    case .emptyList, .emptyMap: items?.contains(0) ?? true
    case .bool, .enumCase: true
    }
  }

  func accept(_ text: String) -> Bool {
    (length?.contains(text.unicodeScalars.count) ?? true) && (pattern.map { PatternSyntax.matches($0, text) } ?? true)
  }
}
