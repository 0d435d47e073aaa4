// Values of fixtures and examples.

extension Diagnostic {
  static func valueType(_ value: ValueSyntax, type: ResolvedType) -> Diagnostic {
    let fitting: String
    switch type.wrapped {
    case .string: fitting = "a text in quotes, for example `\"c-1\"`."
    case .int: fitting = "a whole number, for example `1`."
    case .float: fitting = "a number, for example `0.5`."
    case .bool: fitting = "`true` or `false`."
    case .enumeration: fitting = "the name of a case, without quotes."
    case .list(let element), .stream(let element): fitting = "a list between brackets, with elements of type `\(element.text)`."
    case .map(let value): fitting = "an object whose keys are yours and whose values are of type `\(value.text)`: `{ one: … }`."
    case .record, .newtype, .extern, .optional: fitting = "an object with the fields of `\(type.wrapped.text)`: `{ name: value }`."
    }
    let isNull = if case .word(let word) = value { word.text == "null" } else { false }
    return Diagnostic(
      .valueType, at: value.span, isNull ? "`null` where a value is needed" : "value of another type",
      isNull
        ? "This value is \(DiagnosticText.one(type)), which is always there."
        : "I expect \(DiagnosticText.one(type)) here, and I see \(value.seen).",
      hint: "what fits is \(fitting)")
  }

  static func valueConstraint(_ span: SourceSpan, _ constraints: ResolvedConstraints) -> Diagnostic {
    Diagnostic(
      .valueConstraint, at: span, "value outside of a constraint",
      "No request could bring this value: its type asks for \(constraints.text).",
      hint: "change the value, or the constraint where the type or the field is declared.")
  }

  static func missingMembers(_ names: [String], in object: ObjectSyntax, record: NameSyntax) -> Diagnostic {
    Diagnostic(
      .missingMember, at: object.span, "value with a part missing",
      """
      A `\(record.text)` is not complete without \(DiagnosticText.words(names)). Only what is optional or has a default value \
      can be left out.
      """,
      related: [Related(label: "The record is declared here", span: record.span)])
  }

  static func unknownFixture(_ name: NameSyntax, matches: [Candidate]) -> Diagnostic {
    Diagnostic(
      .unknownFixture, at: name.span, "unknown fixture",
      DiagnosticText.withNearNames("I cannot find a fixture called `\(name.text)`.", matches),
      hint: "a fixture stands outside of flows: `fixture \(name.text): Cart { … }`.", fix: DiagnosticText.fix(name, matches))
  }

  static func fixtureType(
    _ name: NameSyntax, fixture: CheckedFixture, found: ResolvedType, expected: ResolvedType
  ) -> Diagnostic {
    Diagnostic(
      .valueType, at: name.span, "fixture of another type",
      "I expect \(DiagnosticText.one(expected)) here, and fixture `\(name.text)` is \(DiagnosticText.one(found)).",
      related: [Related(label: "The fixture is declared here", span: fixture.syntax.name.span)],
      hint: "use a fixture of the type `\(expected.wrapped.text)`, or write the value here.")
  }

  static func fixtureCycle(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      .fixtureCycle, at: name.span, "fixture that contains itself",
      "The value of `\(name.text)` refers to itself, by way of the fixtures in it, and would never end.",
      hint: "write one of the values in place of the name of its fixture.")
  }
}

extension ValueSyntax {
  /// What it is, whatever was expected.
  fileprivate var seen: String {
    switch self {
    case .string: "a text in quotes"
    case .number: "the number `\(span.text)`"
    case .word(let name): "the word `\(name.text)`"
    case .fixture(let name, _): "fixture `\(name.text)`"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

extension ResolvedConstraints {
  /// As they are written, `length 1..64 and pattern "[a-z]+"`.
  var text: String {
    var parts: [String] = []
    if let length { parts.append("`length \(length.lowerBound)..\(length.upperBound)`") }
    if let range { parts.append("`range \(range.lowerBound)..\(range.upperBound)`") }
    if let floatRange { parts.append("`range \(floatRange.lowerBound)..\(floatRange.upperBound)`") }
    if let items { parts.append("`items \(items.lowerBound)..\(items.upperBound)`") }
    if let pattern { parts.append("`pattern \"\(pattern)\"`") }
    if isUnique { parts.append("`unique`") }
    return parts.joined(separator: " and ")
  }
}
