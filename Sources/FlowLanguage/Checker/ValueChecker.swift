/// Holds a written value against a type.
struct ValueChecker {
  enum Mode {
    /// What a client or a step would have to produce: every required member, every constraint.
    case whole
    /// What is expected of an answer: any part of it. Answers are not held against constraints.
    case part
  }

  let checker: Checker
  let scope: FileScope
  var mode = Mode.whole

  private var reporter: Reporter { checker.reporter }

  /// `nil` when the value does not fit, which is reported.
  func resolve(
    _ value: ValueSyntax, as type: ResolvedType, _ constraints: ResolvedConstraints = ResolvedConstraints()
  ) -> ResolvedValue? {
    if case .word(let word) = value, word.text == "null" { return null(value, type) }
    if case .fixture(let name, _) = value { return fixture(name, value, type) }
    switch type {
    case .optional(let wrapped): return resolve(value, as: wrapped, constraints)
    case .newtype: return newtype(value, type)
    case .record, .map: return object(value, type, constraints)
    case .list(let element), .stream(let element): return list(value, type, element, constraints)
    case .extern: return unchecked(value)
    case .string, .int, .float, .bool, .enumeration: return plain(value, type, constraints)
    }
  }

  private func mismatch(_ value: ValueSyntax, _ type: ResolvedType) -> ResolvedValue? {
    reporter.report(.valueType(value, type: type))
    return nil
  }

  // MARK: Plain values

  private func null(_ value: ValueSyntax, _ type: ResolvedType) -> ResolvedValue? {
    switch type {
    case .optional, .extern: return .null
    default: return mismatch(value, type)
    }
  }

  private func plain(_ value: ValueSyntax, _ type: ResolvedType, _ constraints: ResolvedConstraints) -> ResolvedValue? {
    let resolved: ResolvedValue
    var isAccepted = true
    switch (type, value) {
    case (.string, .string(let text, _)):
      resolved = .string(text)
      isAccepted = constraints.accept(text)
    case (.int, .number(let number)):
      guard case .int(let int) = number.value else { return mismatch(value, type) }
      resolved = .int(int)
      isAccepted = constraints.range?.contains(int) ?? true
    case (.float, .number(let number)):
      resolved = .float(number.double)
      isAccepted = constraints.floatRange?.contains(number.double) ?? true
    case (.bool, .word(let word)) where word.text == "true" || word.text == "false": resolved = .bool(word.text == "true")
    case (.enumeration, .word(let word)):
      guard checker.checkCase(word, of: type) else { return nil }
      resolved = .string(word.text)
    default: return mismatch(value, type)
    }
    if !isAccepted { refuse(value, constraints) }
    return resolved
  }

  private func newtype(_ value: ValueSyntax, _ type: ResolvedType) -> ResolvedValue? {
    guard let newtype = checker.newtype(type), let wrapped = newtype.wrapped, !newtype.isBroken else { return nil }
    return resolve(value, as: wrapped, newtype.constraints)
  }

  private func refuse(_ value: ValueSyntax, _ constraints: ResolvedConstraints) {
    if mode == .whole { reporter.report(.valueConstraint(value.span, constraints)) }
  }

  // MARK: Lists, maps and records

  private func list(
    _ value: ValueSyntax, _ type: ResolvedType, _ element: ResolvedType, _ constraints: ResolvedConstraints
  ) -> ResolvedValue? {
    guard case .list(let elements, _) = value else { return mismatch(value, type) }
    let resolved = elements.compactMap { resolve($0, as: element) }
    guard resolved.count == elements.count else { return nil }
    if let items = constraints.items, !items.contains(elements.count) { refuse(value, constraints) }
    if constraints.isUnique {
      for (index, other) in resolved.enumerated() where resolved[..<index].contains(other) { refuse(elements[index], constraints) }
    }
    return .list(resolved)
  }

  private func object(_ value: ValueSyntax, _ type: ResolvedType, _ constraints: ResolvedConstraints) -> ResolvedValue? {
    guard case .object(let object) = value else { return mismatch(value, type) }
    checkNames(of: object)
    switch type {
    case .map(let element):
      if let items = constraints.items, !items.contains(object.members.count) { refuse(value, constraints) }
      return .object(
        object.members.compactMap { member in
          resolve(member.value, as: element).map { ResolvedValue.Member(name: member.name.text, value: $0) }
        })
    default:
      guard case .record(let record)? = checker.declaration(of: type) else { return nil }
      return members(of: object, fields: record.fields, record)
    }
  }

  private func checkNames(of object: ObjectSyntax) {
    var seen: [String: SourceSpan] = [:]
    for member in object.members {
      if let first = seen.updateValue(member.name.span, forKey: member.name.text) {
        reporter.report(.duplicateMember(member.name, kind: "member", first: first))
      }
    }
  }

  private func members(of object: ObjectSyntax, fields: [CheckedField], _ record: CheckedRecord) -> ResolvedValue? {
    if record.isBroken { return nil }
    var resolved: [ResolvedValue.Member] = []
    for member in object.members {
      guard let field = record.field(member.name.text) else {
        let candidates = fields.map { Candidate($0.syntax.name.text, $0.syntax.name.span) }
        let matches = NearMatches.find(member.name.text, among: candidates)
        reporter.report(.unknownField(member.name, of: record, matches: matches))
        continue
      }
      guard let type = field.type, let value = resolve(member.value, as: type, field.constraints) else { continue }
      resolved.append(ResolvedValue.Member(name: member.name.text, value: value))
    }
    if mode == .whole, !object.isBroken { checkRequired(fields, in: object, record) }
    return .object(resolved)
  }

  private func checkRequired(_ fields: [CheckedField], in object: ObjectSyntax, _ record: CheckedRecord) {
    let written = Set(object.members.map(\.name.text))
    let missing = fields.filter { field in
      !written.contains(field.syntax.name.text) && field.syntax.defaultValue == nil && !(field.type?.isOptional ?? true)
    }
    if !missing.isEmpty { reporter.report(.missingMembers(missing.map(\.syntax.name.text), in: object, record: record.name)) }
  }

  /// A value of an extern type, of which only Swift knows what it looks like, or one that is not meant to fit.
  func unchecked(_ value: ValueSyntax) -> ResolvedValue? {
    switch value {
    case .string(let text, _): return .string(text)
    case .number(let number):
      switch number.value {
      case .int(let int): return .int(int)
      case .float(let float): return .float(float)
      }
    case .word(let word):
      if word.text == "true" || word.text == "false" { return .bool(word.text == "true") }
      return word.text == "null" ? .null : .string(word.text)
    case .list(let elements, _): return .list(elements.compactMap(unchecked))
    case .object(let object):
      checkNames(of: object)
      return .object(
        object.members.compactMap { member in
          unchecked(member.value).map { ResolvedValue.Member(name: member.name.text, value: $0) }
        })
    case .fixture(let name, _): return checker.fixture(name, in: scope).flatMap { checker.value(of: $0) }
    }
  }

  // MARK: Fixtures

  private func fixture(_ name: NameSyntax, _ value: ValueSyntax, _ type: ResolvedType) -> ResolvedValue? {
    guard let fixture = checker.fixture(name, in: scope) else { return nil }
    let resolved = checker.value(of: fixture)
    guard let found = fixture.type else { return nil }
    if case .extern = type.wrapped { return resolved }
    guard found.wrapped == type.wrapped, type.isOptional || !found.isOptional else {
      reporter.report(.fixtureType(name, fixture: fixture, found: found, expected: type))
      return nil
    }
    return resolved
  }
}
