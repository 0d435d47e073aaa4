// The first phase: which names a module declares.

extension Checker {
  func collectNames(of table: ModuleTable) {
    for tree in table.trees {
      for record in tree.records { declare(.record(CheckedRecord(record, module: table.name)), in: table) }
      for newtype in tree.newtypes { declare(.newtype(CheckedNewtype(newtype, module: table.name)), in: table) }
      for syntax in tree.enums {
        checkMembers(syntax.cases, kind: "case")
        declare(.enumeration(CheckedEnum(syntax, module: table.name)), in: table)
      }
      for name in tree.externs { declare(.extern(name, module: table.name), in: table) }
      for step in tree.steps { declare(CheckedStep(step, module: table.name), kind: "step", in: table) }
      for fragment in tree.fragments {
        let step = CheckedStep(fragment.signature, module: table.name, fragment: CheckedFragment(fragment, in: tree))
        declare(step, kind: "fragment", in: table)
      }
      for error in tree.errors { declare(error, in: table) }
      for profile in tree.profiles { declare(profile, in: table) }
    }
  }

  private func declare(_ type: CheckedType, in table: ModuleTable) {
    let name = type.name
    if ReservedNames.types.contains(name.text) {
      reporter.report(
        .reservedName(name, kind: "type", why: "Generated code uses the Swift type of that name, which yours would hide."))
    }
    if let first = table.types[name.text] {
      reporter.report(.duplicateDeclaration(name, kind: "type", first: first.name.span))
    } else {
      table.types[name.text] = type
    }
  }

  /// Steps and fragments share one list, because plans use both in the same way.
  private func declare(_ step: CheckedStep, kind: String, in table: ModuleTable) {
    let name = step.syntax.name
    if ReservedNames.statementWords.contains(name.text) {
      reporter.report(.reservedName(name, kind: kind, why: "The word has a meaning of its own in a plan."))
    }
    if let first = table.steps[name.text] {
      reporter.report(.duplicateDeclaration(name, kind: kind, first: first.syntax.name.span))
    } else {
      table.steps[name.text] = step
    }
  }

  private func declare(_ error: ErrorSyntax, in table: ModuleTable) {
    if ReservedNames.errors.contains(error.name.text) || ReservedNames.members.contains(error.name.text) {
      let why = "The framework answers with a problem of that name itself."
      reporter.report(.reservedName(error.name, kind: "error", why: why))
    }
    if let first = table.errors[error.name.text] {
      reporter.report(.duplicateDeclaration(error.name, kind: "error", first: first.syntax.name.span))
    } else {
      table.errors[error.name.text] = CheckedError(error)
    }
  }

  /// Names that share one list: fields of a record, cases, parameters.
  func checkMembers(_ names: [NameSyntax], kind: String) {
    var seen: [String: NameSyntax] = [:]
    var swiftNames: [String: NameSyntax] = [:]
    for name in names {
      if ReservedNames.members.contains(name.text) {
        reporter.report(.reservedName(name, kind: kind, why: "Swift gives `\(name.text)` a meaning of its own."))
      }
      if let first = seen[name.text] {
        reporter.report(.duplicateMember(name, kind: kind, first: first.span))
        continue
      }
      seen[name.text] = name
      if let first = swiftNames.updateValue(name, forKey: SwiftNames.camel(name.text)) {
        reporter.report(
          .swiftNameClash(name, and: first, swiftName: SwiftNames.camel(name.text)))
      }
    }
  }

  // MARK: Lookup

  func scope(of tree: SyntaxTree, in table: ModuleTable) -> FileScope {
    var used: [ModuleTable] = []
    var isIncomplete = false
    for name in tree.uses {
      guard let module = modules[name.text] else {
        isIncomplete = true
        let known = modules.values.filter { $0 !== table }.map { Candidate($0.name) }
        reporter.report(.unknownModule(name, matches: NearMatches.find(name.text, among: known)))
        continue
      }
      if module !== table, !used.contains(where: { $0 === module }) { used.append(module) }
    }
    return FileScope(own: table, used: used, isIncomplete: isIncomplete)
  }

  func step(_ name: NameSyntax, in scope: FileScope) -> CheckedStep? {
    let found = scope.all { $0.steps[name.text] }
    if found.count > 1 { reporter.report(.ambiguousName(name, kind: "step", places: found.map(\.syntax.name.span))) }
    if found.isEmpty, !scope.isIncomplete {
      let candidates = scope.candidates { $0.steps.values.map { Candidate($0.name, $0.syntax.name.span) } }
      reporter.report(.unknownStep(name, matches: NearMatches.find(name.text, among: candidates)))
    }
    return found.count == 1 ? found[0] : nil
  }

  func error(_ name: NameSyntax, in scope: FileScope) -> CheckedError? {
    let found = scope.all { $0.errors[name.text] }
    if found.count > 1 { reporter.report(.ambiguousName(name, kind: "error", places: found.map(\.syntax.name.span))) }
    if found.isEmpty, !scope.isIncomplete {
      let candidates = scope.candidates { $0.errors.values.map { Candidate($0.syntax.name.text, $0.syntax.name.span) } }
      reporter.report(.unknownError(name, matches: NearMatches.find(name.text, among: candidates)))
    }
    return found.count == 1 ? found[0] : nil
  }

  func declaredType(_ name: NameSyntax, in scope: FileScope) -> CheckedType? {
    let found = scope.all { $0.types[name.text] }
    if found.isEmpty, ResolvedType.ofRequest.contains(.extern(name.text, module: "ZerverCore")) {
      return .extern(name, module: "ZerverCore")
    }
    if found.count > 1 { reporter.report(.ambiguousName(name, kind: "type", places: found.map(\.name.span))) }
    if found.isEmpty, !scope.isIncomplete {
      let declared = scope.candidates { $0.types.values.map { Candidate($0.name.text, $0.name.span) } }
      let candidates = declared + BuiltInType.allCases.map { Candidate($0.rawValue) }
      reporter.report(.unknownType(name, matches: NearMatches.find(name.text, among: candidates)))
    }
    return found.count == 1 ? found[0] : nil
  }

  /// What a resolved type was declared as; `nil` for the language's own types.
  func declaration(of type: ResolvedType) -> CheckedType? {
    switch type {
    case .record(let name, let module), .enumeration(let name, let module), .extern(let name, let module),
      .newtype(let name, let module):
      modules[module]?.types[name]
    case .string, .int, .float, .bool, .list, .map, .optional, .stream: nil
    }
  }
}

/// The types that need no declaration.
enum BuiltInType: String, CaseIterable {
  case string, int, float, bool

  var resolved: ResolvedType {
    switch self {
    case .string: .string
    case .int: .int
    case .float: .float
    case .bool: .bool
    }
  }
}
