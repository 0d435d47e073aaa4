// The second phase: the types of fields and of step signatures.

extension Checker {
  func resolveTypes(of table: ModuleTable) {
    for tree in table.trees {
      let scope = scope(of: tree, in: table)
      for syntax in tree.records {
        guard case .record(let record)? = table.types[syntax.name.text], record.name == syntax.name else { continue }
        checkMembers(syntax.fields.map(\.name), kind: "field")
        record.set(fields: syntax.fields.map { field($0, in: scope) })
      }
      for syntax in tree.errors {
        guard let error = table.errors[syntax.name.text], error.syntax.name == syntax.name else { continue }
        checkMembers(syntax.fields.map(\.name), kind: "field")
        error.fields = syntax.fields.map { errorField($0, in: scope) }
      }
      for syntax in tree.steps {
        guard let step = table.steps[syntax.name.text], step.syntax.name == syntax.name else { continue }
        resolve(step, in: scope)
      }
    }
  }

  func type(_ syntax: TypeSyntax, in scope: FileScope) -> ResolvedType? {
    switch syntax {
    case .named(let name):
      BuiltInType(rawValue: name.text)?.resolved ?? declaredType(name, in: scope)?.resolved
    case .list(let element, _): elementType(element, in: scope, of: "list").map { .list($0) }
    case .map(let value, _): elementType(value, in: scope, of: "map").map { .map($0) }
    case .optional(let wrapped, _): type(wrapped, in: scope).map { .optional($0) }
    }
  }

  private func elementType(_ syntax: TypeSyntax, in scope: FileScope, of what: String) -> ResolvedType? {
    if case .optional(_, let span) = syntax { reporter.report(.optionalElement(span, of: what)) }
    return type(syntax, in: scope)
  }

  // MARK: Steps

  private func resolve(_ step: CheckedStep, in scope: FileScope) {
    let syntax = step.syntax
    checkMembers(syntax.parameters.map(\.name), kind: "parameter")
    step.parameters = syntax.parameters.map { ($0.name, type($0.type, in: scope)) }
    step.output = syntax.output.flatMap { type($0, in: scope) }
    for need in syntax.needs where !["db", "time", "crypto"].contains(need.text) {
      reporter.report(.unknownWord(need, role: "effect", words: ["db", "time", "crypto"]))
    }
    checkMembers(syntax.needs, kind: "effect")
    step.fails = syntax.fails.filter { error($0, in: scope) != nil }
    checkMembers(syntax.fails, kind: "error")
    checkMembers(syntax.mayInsert + syntax.mayReplace, kind: "fragment")
    if let safe = syntax.safe, let idempotent = syntax.idempotent { reporter.report(.safeAndIdempotent(idempotent, safe: safe)) }
  }

  // MARK: Fields

  private func errorField(_ syntax: FieldSyntax, in scope: FileScope) -> CheckedField {
    if ReservedNames.problemMembers.contains(syntax.name.text) {
      let why = "Every problem document has a member of that name (RFC 9457)."
      reporter.report(.reservedName(syntax.name, kind: "field of an error", why: why))
    }
    let type = type(syntax.type, in: scope)
    switch type?.wrapped {
    case .string, .int, .float, .bool, nil: break
    case .record, .enumeration, .extern, .newtype, .list, .map, .optional: reporter.report(.errorFieldType(syntax, type: type))
    }
    if let constraint = syntax.constraints.first { reporter.report(.constraintOnError(constraint)) }
    if let value = syntax.defaultValue { reporter.report(.defaultOnError(value.span)) }
    return CheckedField(syntax: syntax, type: type, constraints: ResolvedConstraints(), defaultValue: nil)
  }

  private func field(_ syntax: FieldSyntax, in scope: FileScope) -> CheckedField {
    guard let type = type(syntax.type, in: scope) else {
      return CheckedField(syntax: syntax, type: nil, constraints: ResolvedConstraints(), defaultValue: nil)
    }
    let constraints = constraints(of: syntax, type: type)
    return CheckedField(
      syntax: syntax, type: type, constraints: constraints,
      defaultValue: syntax.defaultValue.flatMap { value($0, of: syntax, type: type, constraints) })
  }

  // MARK: Constraints

  private func constraints(of field: FieldSyntax, type: ResolvedType) -> ResolvedConstraints {
    var result = ResolvedConstraints()
    var seen: [String: SourceSpan] = [:]
    for constraint in field.constraints {
      let word = constraint.kind.word
      if let first = seen[word] {
        reporter.report(.duplicateMember(NameSyntax(text: word, span: constraint.span), kind: "constraint", first: first))
        continue
      }
      seen[word] = constraint.span
      guard Self.fits(constraint, type.wrapped) else {
        reporter.report(.constraintType(constraint, field: field, type: type))
        continue
      }
      apply(constraint, type.wrapped, to: &result)
    }
    return result
  }

  private static func fits(_ constraint: ConstraintSyntax, _ type: ResolvedType) -> Bool {
    switch (constraint.kind, type) {
    case (.length, .string), (.pattern, .string), (.range, .int), (.range, .float), (.items, .list), (.items, .map): true
    default: false
    }
  }

  private func apply(_ constraint: ConstraintSyntax, _ type: ResolvedType, to result: inout ResolvedConstraints) {
    switch constraint.kind {
    case .length(let low, let high): result.length = count(low, high, constraint)
    case .items(let low, let high): result.items = count(low, high, constraint)
    case .range(let low, let high):
      if type == .float { result.floatRange = floatRange(low, high, constraint) } else { result.range = intRange(low, high, constraint) }
    case .pattern(let text, let span):
      if let violation = PatternSyntax.violation(in: text) {
        reporter.report(.patternSyntax(violation, in: text, at: span))
      } else {
        result.pattern = PatternSyntax.text(of: text)
      }
    }
  }

  private func count(_ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax) -> ClosedRange<Int>? {
    guard let range = intRange(low, high, constraint) else { return nil }
    guard range.lowerBound >= 0 else {
      reporter.report(.negativeCount(low, constraint.kind.word))
      return nil
    }
    return range
  }

  private func intRange(_ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax) -> ClosedRange<Int>? {
    guard case .int(let lowest) = low.value, case .int(let highest) = high.value else {
      let fraction = if case .float = low.value { low } else { high }
      reporter.report(.fractionalBound(fraction, constraint.kind.word))
      return nil
    }
    guard lowest <= highest else {
      reporter.report(.emptyConstraint(constraint, low: low.span.text, high: high.span.text))
      return nil
    }
    return lowest...highest
  }

  private func floatRange(
    _ low: NumberSyntax, _ high: NumberSyntax, _ constraint: ConstraintSyntax
  ) -> ClosedRange<Double>? {
    let (lowest, highest) = (low.double, high.double)
    guard lowest <= highest else {
      reporter.report(.emptyConstraint(constraint, low: low.span.text, high: high.span.text))
      return nil
    }
    return lowest...highest
  }

  // MARK: Default values

  private func value(
    _ literal: LiteralSyntax, of field: FieldSyntax, type: ResolvedType, _ constraints: ResolvedConstraints
  ) -> ResolvedLiteral? {
    if type.isOptional {
      reporter.report(.defaultOfOptional(literal.span, field: field))
      return nil
    }
    let value: ResolvedLiteral? =
      switch (type, literal) {
      case (.string, .string(let text, _)): .string(text)
      case (.int, .number(let number)): if case .int(let int) = number.value { .int(int) } else { nil }
      case (.float, .number(let number)): .float(number.double)
      case (.bool, .word(let word)): word.text == "true" ? .bool(true) : word.text == "false" ? .bool(false) : nil
      case (.enumeration, .word(let word)):
        if checkCase(word, of: type) { .enumCase(word.text) } else { .enumCase("") }
      default: nil
      }
    guard let value else {
      reporter.report(.defaultType(literal.span, field: field, type: type))
      return nil
    }
    if !Self.satisfies(value, constraints) { reporter.report(.defaultConstraint(literal.span, field: field)) }
    return value
  }

  private static func satisfies(_ value: ResolvedLiteral, _ constraints: ResolvedConstraints) -> Bool {
    switch value {
    case .string(let text): constraints.length?.contains(text.unicodeScalars.count) ?? true
    case .int(let int): constraints.range?.contains(int) ?? true
    case .float(let float): constraints.floatRange?.contains(float) ?? true
    case .bool, .enumCase, .emptyList, .emptyMap: true
    }
  }

  /// Whether the enum has the case; reports when it has not.
  func checkCase(_ name: NameSyntax, of type: ResolvedType) -> Bool {
    guard case .enumeration(let enumeration)? = declaration(of: type), !enumeration.syntax.isBroken else { return true }
    if enumeration.cases.contains(name.text) { return true }
    let matches = NearMatches.find(name.text, among: enumeration.caseCandidates)
    reporter.report(.unknownCase(name, of: enumeration, matches: matches))
    return false
  }

  // MARK: Recursion

  /// Reports records that would have to contain themselves. Lists and maps may be empty, so they end a recursion.
  /// Iterative, because a chain of records may be longer than a stack is deep.
  func checkRecursion(in table: ModuleTable) {
    enum Mark { case open, closed }
    var marks: [String: Mark] = [:]
    for tree in table.trees {
      for root in tree.records where marks[root.name.text] == nil {
        var path: [(record: CheckedRecord, next: Int)] = []
        func enter(_ name: String) {
          guard case .record(let record)? = table.types[name] else { return }
          marks[name] = .open
          path.append((record, 0))
        }
        enter(root.name.text)
        while let (record, next) = path.last {
          guard next < record.fields.count else {
            marks[record.name.text] = .closed
            path.removeLast()
            continue
          }
          path[path.count - 1].next += 1
          guard case .record(let name, table.name)? = record.fields[next].type?.wrapped else { continue }
          switch marks[name] {
          case nil: enter(name)
          case .closed: continue
          case .open:
            let cycle = path.drop { $0.record.name.text != name }.map(\.record.name.text) + [name]
            reporter.report(.recursiveRecord(record.fields[next].syntax, cycle: cycle))
          }
        }
      }
    }
  }
}

extension NumberSyntax {
  var double: Double {
    switch value {
    case .int(let int): Double(int)
    case .float(let float): float
    }
  }
}
