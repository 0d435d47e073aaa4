// Newtypes come before fields: the default of a field is checked against what its newtype allows.

extension Checker {
  func resolveNewtypes(of table: ModuleTable) {
    for syntax in table.trees.flatMap(\.newtypes) {
      guard case .newtype(let newtype)? = table.types[syntax.name.text], newtype.name == syntax.name else { continue }
      resolve(newtype)
    }
  }

  private func resolve(_ newtype: CheckedNewtype) {
    guard let type = newtype.syntax.wrapped else { return }
    guard let wrapped = newtype.wrapped else { return reporter.report(.newtypeOf(type, newtype: newtype.name)) }
    newtype.constraints = constraints(newtype.syntax.constraints, of: newtype.name, type: wrapped)
  }

  /// The declaration of a newtype; `nil` for any other type.
  func newtype(_ type: ResolvedType) -> CheckedNewtype? {
    if case .newtype(let newtype)? = declaration(of: type) { newtype } else { nil }
  }

  /// What the type says by itself: values of a sensitive newtype are sensitive wherever they stand.
  func isSensitive(_ type: ResolvedType) -> Bool { newtype(type)?.syntax.isSensitive ?? false }

  /// The newtypes of other modules that a module names: generated code has to know what they wrap.
  func importedNewtypes() -> [ResolvedNewtype] {
    modules.values.filter { $0 !== main }.sorted { $0.name < $1.name }.flatMap { table in
      table.types.values.compactMap { type -> ResolvedNewtype? in
        if case .newtype(let newtype) = type { newtype.resolved } else { nil }
      }.sorted { $0.name < $1.name }
    }
  }
}
