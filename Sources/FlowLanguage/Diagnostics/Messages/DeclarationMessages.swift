// Records, enums, errors and their fields.

extension Diagnostic {
  static func callerField(_ field: FieldSyntax) -> Diagnostic {
    Diagnostic(
      .callerField, at: field.type.span, "caller in a record",
      "A `Caller` is what the server knows of who has sent a request. It never travels, and records do.",
      hint: "read `caller` in a plan, let a step take it as a parameter, and keep of it what you need, such as its subject.")
  }

  static func preconditionField(_ field: FieldSyntax) -> Diagnostic {
    Diagnostic(
      .preconditionUse, at: field.type.span, "precondition in a record",
      "A `Precondition` is on which condition a request may be carried out. It never travels, and records do.",
      hint: "read `precondition` in a plan, and let the step that changes something take it as a parameter.")
  }

  static func recursiveRecord(_ field: FieldSyntax, cycle: [String]) -> Diagnostic {
    let way = cycle.map { "`\($0)`" }.joined(separator: " → ")
    return Diagnostic(
      .recursiveRecord, at: field.name.span, "record that contains itself",
      "A value of this record would hold another one of the same kind, without an end: \(way). An optional holds it just the same.",
      hint: "a list may be empty and so ends the recursion: `\(field.name.text): [\(cycle.last ?? "T")]`.")
  }

  static func constraintType(_ constraint: ConstraintSyntax, of owner: NameSyntax, type: ResolvedType) -> Diagnostic {
    let fitting: String
    switch constraint.kind {
    case .length: fitting = "`length` counts the characters of a `string`"
    case .pattern: fitting = "`pattern` describes a `string`"
    case .range: fitting = "`range` limits an `int` or a `float`"
    case .items: fitting = "`items` counts the elements of a list or a map"
    case .unique: fitting = "`unique` compares the elements of a list"
    }
    let known: String
    switch type.wrapped {
    case .string: known = "a `string` can have `length` and `pattern`."
    case .int, .float: known = "a number can have `range`."
    case .list: known = "a list can have `items` and `unique`."
    case .map: known = "a map can have `items`; its keys are different anyway."
    case .newtype(let name, _): known = "the constraints of a newtype stand on its own line, `newtype \(name): …`."
    case .bool, .record, .enumeration, .extern, .optional, .stream: known = "\(DiagnosticText.one(type)) needs no constraint."
    }
    return Diagnostic(
      .constraintType, at: constraint.span, "constraint of another type",
      "\(fitting), and `\(owner.text)` is \(DiagnosticText.one(type)).", hint: known)
  }

  static func constraintOnError(_ constraint: ConstraintSyntax) -> Diagnostic {
    Diagnostic(
      .constraintType, at: constraint.span, "constraint on a field of an error",
      "Constraints are checked when a request is read. The fields of an error are written by steps, so nothing would check this.",
      hint: "remove the constraint.")
  }

  static func emptyConstraint(_ constraint: ConstraintSyntax, low: String, high: String) -> Diagnostic {
    Diagnostic(
      .constraintBounds, at: constraint.span, "constraint that nothing meets",
      "\(low) is greater than \(high), so no value would ever be accepted.",
      hint: "the smaller number comes first: `\(constraint.kind.word) \(high)..\(low)`.")
  }

  static func negativeCount(_ number: NumberSyntax, _ word: String) -> Diagnostic {
    Diagnostic(
      .constraintBounds, at: number.span, "negative count", "`\(word)` counts from 0, and \(number.span.text) is less than that.",
      hint: "for example `\(word) 0..50`.")
  }

  static func fractionalBound(_ number: NumberSyntax, _ word: String) -> Diagnostic {
    Diagnostic(
      .constraintBounds, at: number.span, "fraction where a whole number is needed",
      "This `\(word)` counts in whole numbers, and \(number.span.text) is none.",
      hint: "a field of type `float` can have a `range` with fractions.")
  }

  static func patternSyntax(_ violation: PatternSyntax.Violation, in text: String, at span: SourceSpan) -> Diagnostic {
    // The text begins behind the quote.
    let start = min(span.start + 1 + violation.start, span.end - 1)
    let end = min(max(span.start + 1 + violation.end, start), span.end - 1)
    return Diagnostic(
      .patternSyntax, at: SourceSpan(file: span.file, start: start, end: end), "pattern that I cannot use", violation.reason,
      hint: """
        a pattern matches the whole text. It has characters, `.`, classes `[a-z0-9_-]` and `[^…]`, `\\d` `\\w` `\\s`, groups, \
        `|`, and the repetitions `*` `+` `?` `{n}` `{n,}` `{n,m}`.
        """)
  }

  static func defaultType(_ span: SourceSpan, field: FieldSyntax, type: ResolvedType, wrapped: ResolvedType?) -> Diagnostic {
    let fitting: String
    switch wrapped ?? type {
    case .string: fitting = "for example `= \"none\"`."
    case .int: fitting = "for example `= 1`."
    case .float: fitting = "for example `= 0.5`."
    case .bool: fitting = "`= true` or `= false`."
    case .enumeration: fitting = "the name of a case, without quotes."
    case .list: fitting = "the default value of a list is the empty one: `= []`."
    case .map: fitting = "the default value of a map is the empty one: `= {}`."
    case .record, .extern, .newtype, .optional, .stream:
      fitting = "such a field has no default. As `\(type.asOptional.text)` it can be missing, and a step decides what that means."
    }
    return Diagnostic(
      .defaultValue, at: span, "default value of another type",
      "`\(field.name.text)` is \(DiagnosticText.one(type)), and `\(span.text)` is not a value of that type.", hint: fitting)
  }

  static func defaultOfOptional(_ span: SourceSpan, field: FieldSyntax) -> Diagnostic {
    Diagnostic(
      .defaultValue, at: span, "default value of an optional field",
      "`\(field.name.text)` may be missing and then is empty; with a default value it would never be.",
      hint: "remove the `?` of the type, or the default value.")
  }

  static func defaultConstraint(_ span: SourceSpan, field: FieldSyntax) -> Diagnostic {
    Diagnostic(
      .defaultValue, at: span, "default value outside of the constraint",
      "A client could not send `\(span.text)` for `\(field.name.text)`: the field's own constraint refuses it.",
      hint: "change the default value or the constraint.")
  }

  static func defaultOnError(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .defaultValue, at: span, "default value on a field of an error",
      "The fields of an error are written by the step that fails, and it always writes all of them.",
      hint: "remove the default value.")
  }

  static func optionalElement(_ span: SourceSpan, of what: String) -> Diagnostic {
    Diagnostic(
      .optionalPosition, at: span, "optional inside a \(what)",
      "An element of a \(what) is there or is not in the \(what); there is no third way for an empty one.",
      hint: "write the type without `?`. Fields, parameters and outputs of steps can be optional.")
  }

  static func optionalOutput(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .optionalPosition, at: span, "optional output of a flow", "A flow answers with a value; there is no JSON for none at all.",
      hint: "let a step fail with an error such as `order-not-found`, and answer 404 to it.")
  }

  static func errorFieldType(_ field: FieldSyntax, type: ResolvedType?) -> Diagnostic {
    Diagnostic(
      .errorFieldType, at: field.type.span, "field of an error that is not plain",
      """
      The fields of an error become members of a problem document, which are plain values, and `\(field.name.text)` is a \
      `\(type?.text ?? "")`.
      """,
      hint: "the field of an error is a `string`, an `int`, a `float`, a `bool` or a newtype, each with or without `?`.")
  }
}
