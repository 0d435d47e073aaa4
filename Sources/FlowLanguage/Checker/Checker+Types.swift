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
      for syntax in tree.steps + tree.fragments.map(\.signature) {
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
    step.parameters = syntax.parameters.map { ($0.name, parameterType($0, in: scope)) }
    checkStreams(of: step)
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

  private func parameterType(_ syntax: ParameterSyntax, in scope: FileScope) -> ResolvedType? {
    let type = type(syntax.type, in: scope)
    guard syntax.stream != nil else { return type }
    if case .optional(_, let span) = syntax.type { reporter.report(.optionalElement(span)) }
    return type.map { .stream($0.wrapped) }
  }

  private func checkStreams(of step: CheckedStep) {
    let streams = step.syntax.parameters.compactMap(\.stream)
    guard let first = streams.first else { return }
    if step.fragment != nil { return reporter.report(.streamOfFragment(first, fragment: step.syntax.name)) }
    for second in streams.dropFirst() { reporter.report(.secondStream(second, first: first)) }
    if let output = step.syntax.stream { reporter.report(.streamBothWays(output, input: first)) }
  }

  // MARK: Fields

  private func errorField(_ syntax: FieldSyntax, in scope: FileScope) -> CheckedField {
    if ReservedNames.problemMembers.contains(syntax.name.text) {
      let why = "Every problem document has a member of that name (RFC 9457)."
      reporter.report(.reservedName(syntax.name, kind: "field of an error", why: why))
    }
    let type = type(syntax.type, in: scope)
    switch type?.wrapped {
    case .string, .int, .float, .bool, .newtype, nil: break
    case .record, .enumeration, .extern, .list, .map, .optional, .stream: reporter.report(.errorFieldType(syntax, type: type))
    }
    if let constraint = syntax.constraints.first { reporter.report(.constraintOnError(constraint)) }
    if let value = syntax.defaultValue { reporter.report(.defaultOnError(value.span)) }
    return CheckedField(
      syntax: syntax, type: type, constraints: ResolvedConstraints(), defaultValue: nil,
      isSensitive: syntax.isSensitive || type.map { isSensitive($0.wrapped) } ?? false)
  }

  private func field(_ syntax: FieldSyntax, in scope: FileScope) -> CheckedField {
    guard let type = type(syntax.type, in: scope) else {
      return CheckedField(
        syntax: syntax, type: nil, constraints: ResolvedConstraints(), defaultValue: nil, isSensitive: syntax.isSensitive)
    }
    let item = Self.item(of: type)
    if item == .caller { reporter.report(.callerField(syntax)) }
    if item == .precondition { reporter.report(.preconditionField(syntax)) }
    let constraints = constraints(syntax.constraints, of: syntax.name, type: type)
    return CheckedField(
      syntax: syntax, type: type, constraints: constraints,
      defaultValue: syntax.defaultValue.flatMap { defaultValue($0, of: syntax, type: type, constraints) },
      isSensitive: syntax.isSensitive || isSensitive(type.wrapped))
  }

  /// What lists, maps and optionals hold in the end.
  private static func item(of type: ResolvedType) -> ResolvedType {
    switch type {
    case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): item(of: inner)
    case .string, .int, .float, .bool, .record, .enumeration, .extern, .newtype: type
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
