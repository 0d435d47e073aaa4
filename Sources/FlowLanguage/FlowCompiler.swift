package import ZerverCatalog

/// From the bytes of a module's `.flow` files to its resolved declarations, or to what is wrong with them.
///
/// Pure: it opens no file and reads no clock, so the plugin's tool, the command line and tests get the same answer.
package enum FlowCompiler {
  /// - Parameters:
  ///   - module: the name of the Swift module that the files belong to.
  ///   - dependencies: the files of the modules that `use` lines may name. Only their declarations matter.
  ///   - today: decides whether a sunset has passed; `nil` asks no such question.
  ///   - sunsetGraceDays: days that callers have at least between the deprecation of a flow and its sunset.
  /// - Returns: the module, unless any diagnostic is an error; and every diagnostic, file after file from top to bottom.
  package static func compile(
    module: String, files: [SourceFile], dependencies: [(module: String, files: [SourceFile])] = [],
    today: CalendarDate? = nil, sunsetGraceDays: Int = 90
  ) -> (module: ResolvedModule?, diagnostics: [Diagnostic]) {
    var syntaxDiagnostics: [Diagnostic] = []
    func table(_ name: String, _ files: [SourceFile]) -> ModuleTable {
      let trees = files.sorted { $0.path < $1.path }.map { file in
        let (tree, diagnostics) = Parser.parse(file)
        syntaxDiagnostics += diagnostics
        return tree
      }
      return ModuleTable(name: name, trees: trees)
    }
    let main = table(module, files)
    let checker = Checker(
      main: main, dependencies: dependencies.map { table($0.module, $0.files) }, today: today,
      sunsetGraceDays: sunsetGraceDays)
    let resolved = checker.check()
    let diagnostics = (syntaxDiagnostics + checker.reporter.diagnostics).sorted(by: Diagnostic.precedes)
    let isClean = diagnostics.allSatisfy { $0.severity == .warning }
    return (isClean ? resolved : nil, diagnostics)
  }
}

extension FlowCompiler {
  /// The modules that the `use` lines of a file name, so that a caller knows which files to read.
  package static func usedModules(_ file: SourceFile) -> [String] { Parser.parse(file).tree.uses.map(\.text) }
}
