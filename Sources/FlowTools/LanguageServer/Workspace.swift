package import FlowLanguage
package import ZerverCatalog

/// One Swift module of a package, as far as `.flow` files are concerned.
package struct WorkspaceModule: Sendable {
  package let name: String
  package let files: [SourceFile]

  package init(name: String, files: [SourceFile]) {
    self.name = name
    self.files = files
  }
}

/// What the language server has to know of the disk and the day. `route-gen lsp` reads files, tests hold them in memory.
package protocol WorkspaceHost {
  /// Every module with `.flow` files of the package that a file belongs to. Paths are absolute.
  func modules(around path: String) -> [WorkspaceModule]
  /// The Swift files of a module of that package.
  func swiftFiles(ofModule module: String, around path: String) -> [SourceFile]
  var today: CalendarDate? { get }
}

/// The modules of one package with the texts that are open in the editor, and what they mean.
struct Workspace {
  private(set) var modules: [WorkspaceModule]
  private(set) var index: SymbolIndex

  /// - Parameter open: texts that win over those of the disk, by path.
  init(_ modules: [WorkspaceModule], open: [String: SourceFile]) {
    self.modules = modules.map { module in
      WorkspaceModule(name: module.name, files: module.files.map { open[$0.path] ?? $0 })
    }
    index = SymbolIndex(self.modules.map { module in (module.name, module.files.map { Parser.parse($0).tree }) })
  }

  func module(ofFile path: String) -> WorkspaceModule? {
    modules.first { module in module.files.contains { $0.path == path } }
  }

  func file(_ path: String) -> SourceFile? {
    modules.lazy.flatMap(\.files).first { $0.path == path }
  }

  /// What is wrong in a module and in all that use it, by file. Files without mistakes have an empty list.
  func diagnostics(ofFile path: String, today: CalendarDate?) -> [String: [Diagnostic]] {
    guard let changed = module(ofFile: path) else { return [:] }
    var result: [String: [Diagnostic]] = [:]
    for module in modules {
      let used = dependencies(of: module)
      guard module.name == changed.name || used.contains(where: { $0.name == changed.name }) else { continue }
      for file in module.files { result[file.path] = result[file.path] ?? [] }
      let compiled = FlowCompiler.compile(
        module: module.name, files: module.files, dependencies: used.map { ($0.name, $0.files) }, today: today)
      for diagnostic in compiled.diagnostics where !result[diagnostic.span.path, default: []].contains(diagnostic) {
        result[diagnostic.span.path, default: []].append(diagnostic)
      }
    }
    return result
  }

  /// The modules that a module uses, directly and through others.
  func dependencies(of module: WorkspaceModule) -> [WorkspaceModule] {
    var wanted = module.files.flatMap(FlowCompiler.usedModules)
    var known: Set<String> = [module.name]
    var found: [WorkspaceModule] = []
    while let name = wanted.popLast() {
      guard known.insert(name).inserted, let next = modules.first(where: { $0.name == name }) else { continue }
      found.append(next)
      wanted += next.files.flatMap(FlowCompiler.usedModules)
    }
    return found
  }
}
