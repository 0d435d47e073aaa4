package import ZerverCatalog

/// From the bytes of a module's `.flow` files to its resolved declarations, or to what is wrong with them.
///
/// Pure: it opens no file and reads no clock, so the plugin's tool, the command line and tests get the same answer.
package enum FlowCompiler {
  /// - Parameters:
  ///   - module: the name of the Swift module that the files belong to.
  ///   - dependencies: the files of the modules that `use` lines may name. Only their declarations matter.
  ///   - today: decides whether a sunset has passed; `nil` asks no such question.
  /// - Returns: the module, unless any diagnostic is an error; and every diagnostic, file after file from top to bottom.
  package static func compile(
    module: String, files: [SourceFile], dependencies: [(module: String, files: [SourceFile])] = [],
    today: CalendarDate? = nil
  ) -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    let compilation = compile(
      module: module, files: files, dependencies: dependencies, today: today, governance: Governance())
    return (compilation.module, compilation.diagnostics)
  }

  /// Compiles under the rules of the catalog.
  /// - Parameters:
  ///   - governance: the rule configuration, and the lock when the catalog is to be compared with it.
  ///   - breakingChanges: what `route-gen check` finds in the resolved catalog; `nil` when nobody asks. They pass through
  ///     the same rule configuration and suppression comments as everything else.
  package static func compile(
    module: String, files: [SourceFile], dependencies: [(module: String, files: [SourceFile])], today: CalendarDate?,
    governance: Governance, breakingChanges: ((CatalogLock) -> [Diagnostic])? = nil
  ) -> Compilation {
    var diagnostics: [Diagnostic] = []
    func table(_ name: String, _ files: [SourceFile]) -> ModuleTable {
      let trees = files.sorted { $0.path < $1.path }.map { file in
        let (tree, syntaxDiagnostics) = Parser.parse(file)
        diagnostics += syntaxDiagnostics
        return tree
      }
      return ModuleTable(name: name, trees: trees)
    }
    let main = table(module, files)
    let checker = Checker(
      main: main, dependencies: dependencies.map { table($0.module, $0.files) }, today: today,
      sunsetGraceDays: governance.settings.sunsetGraceDays)
    let resolved = checker.check()
    diagnostics += checker.reporter.diagnostics
    let hasMistakes = diagnostics.contains { $0.severity == .error }
    var lock: CatalogLock?
    if let resolved, !hasMistakes {
      diagnostics += OrganisationRules(governance: governance).check(resolved.module)
      if governance.lock != nil || breakingChanges != nil {
        let current = CatalogLock(resolved.module, dependencies: resolved.dependencies)
        lock = current
        if let accepted = governance.lock { diagnostics += LockDrift(lock: accepted, current: current).diagnostics() }
        if let breakingChanges { diagnostics += breakingChanges(current) }
      }
    }
    let policy = DiagnosticPolicy(governance, files: files, dependencies: dependencies.flatMap(\.files))
    diagnostics = policy.apply(
      diagnostics,
      evaluated: hasMistakes
        ? nil
        : { code in
          (!code.isBreakingChange || breakingChanges != nil) && (!code.asksForToday || today != nil)
            && (!code.asksForLock || governance.lock != nil)
        })
    let isClean = !hasMistakes && diagnostics.allSatisfy { $0.severity == .warning }
    return Compilation(module: isClean ? resolved?.module : nil, lock: lock, diagnostics: diagnostics)
  }
}

extension FlowCompiler {
  /// What becomes of diagnostics about other files than `.flow` files.
  package static func governed(_ diagnostics: [Diagnostic], under governance: Governance) -> [Diagnostic] {
    DiagnosticPolicy(governance, files: [], dependencies: []).apply(diagnostics, evaluated: nil)
  }
}

/// What a compilation has found.
package struct Compilation {
  /// `nil` when any diagnostic is an error.
  package let module: ResolvedModule?
  /// What the catalog promises, when it was compared with anything and the files themselves are without mistakes.
  package let lock: CatalogLock?
  /// File after file from top to bottom.
  package let diagnostics: [Diagnostic]
}

extension FlowCompiler {
  /// The modules that the `use` lines of a file name, so that a caller knows which files to read.
  package static func usedModules(_ file: SourceFile) -> [String] { Parser.parse(file).tree.uses.map(\.text) }
}
