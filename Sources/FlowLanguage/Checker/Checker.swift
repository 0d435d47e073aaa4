import ZerverCatalog

/// Looks up every name and checks every rule of one module.
///
/// Each phase needs the one before for all files: names, then types and signatures, then flows.
struct Checker {
  let reporter = Reporter()
  let main: ModuleTable
  let modules: [String: ModuleTable]
  let today: CalendarDate?
  let sunsetGraceDays: Int

  init(main: ModuleTable, dependencies: [ModuleTable], today: CalendarDate?, sunsetGraceDays: Int) {
    self.main = main
    self.today = today
    self.sunsetGraceDays = sunsetGraceDays
    var modules = [main.name: main]
    for table in dependencies where modules[table.name] == nil { modules[table.name] = table }
    self.modules = modules
  }

  /// `nil` when anything is wrong. Of the dependencies, the declarations come out, and no flows.
  func check() -> (module: ResolvedModule, dependencies: [ResolvedModule])? {
    // Dependencies come first, in the order of their names, so that reports come in the same order every time.
    let tables = modules.values.filter { $0 !== main }.sorted { $0.name < $1.name } + [main]
    for table in tables { collectNames(of: table) }
    for table in tables { resolveNewtypes(of: table) }
    for table in tables { resolveTypes(of: table) }
    for table in tables { checkRecursion(in: table) }
    for table in tables { resolveFixtures(of: table) }
    let fixtures = resolvedFixtures()
    SwiftNameChecker(reporter: reporter).check(main)
    let flows = FlowChecker(checker: self)
    let resolvedFlows = flows.check()
    let reserved = flows.retiredNames.reservations()
    let tombstones = flows.retiredNames.resolvedTombstones()
    if reporter.hasErrors { return nil }
    var module = resolved(main, flows: resolvedFlows)
    module.fixtures = fixtures
    module.reserved = reserved
    module.tombstones = tombstones
    return (module, tables.dropLast().map { resolved($0, flows: []) })
  }

  private func resolved(_ module: ModuleTable, flows: [ResolvedFlow]) -> ResolvedModule {
    let trees = module.trees
    func table<Value>(_ find: (SyntaxTree) -> [Value]) -> [Value] { trees.flatMap(find) }
    var resolved = ResolvedModule(
      name: module.name, imports: Set(table { $0.uses.map(\.text) }).sorted(),
      records: table { $0.records.compactMap { record in self.resolved(record, in: module) } },
      enums: table {
        $0.enums.map { syntax in
          ResolvedEnum(
            name: syntax.name.text, documentation: syntax.documentation, cases: syntax.cases.map(\.text),
            span: syntax.name.span)
        }
      },
      errors: table {
        $0.errors.compactMap { syntax in
          module.errors[syntax.name.text].map {
            ResolvedError(
              name: syntax.name.text, documentation: syntax.documentation, fields: $0.fields.compactMap(\.resolved),
              span: syntax.name.span)
          }
        }
      },
      steps: table { $0.steps.compactMap { module.steps[$0.name.text]?.resolved } }, flows: flows)
    resolved.newtypes = table { $0.newtypes.compactMap { newtype(.newtype($0.name.text, module: module.name))?.resolved } }
    resolved.importedNewtypes = importedNewtypes()
    resolved.profiles = table { $0.profiles.compactMap { profile in self.resolved(profile, in: module) } }
    return resolved
  }

  private func resolved(_ syntax: ProfileSyntax, in module: ModuleTable) -> ResolvedProfile? {
    module.profiles[syntax.name.text]?.profile.map {
      ResolvedProfile(
        name: syntax.name.text, documentation: syntax.documentation, profile: $0, span: syntax.name.span)
    }
  }

  private func resolved(_ syntax: RecordSyntax, in module: ModuleTable) -> ResolvedRecord? {
    guard case .record(let record) = module.types[syntax.name.text] else { return nil }
    return ResolvedRecord(
      name: syntax.name.text, documentation: syntax.documentation, fields: record.fields.compactMap(\.resolved),
      span: syntax.name.span)
  }
}
