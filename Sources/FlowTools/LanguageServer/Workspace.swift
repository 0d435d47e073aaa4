package import FlowLanguage
package import ZerverCatalog

/// One Swift module of a package, as far as `.flow` files are concerned.
package struct WorkspaceModule {
  package let name: String
  package let files: [SourceFile]
  package let rules: WorkspaceRules

  package init(name: String, files: [SourceFile], rules: WorkspaceRules = WorkspaceRules()) {
    self.name = name
    self.files = files
    self.rules = rules
  }
}

/// The rules that a module is under, as `lint` applies them. Whoever reads the disk reads them: this module knows no YAML.
package struct WorkspaceRules {
  package let governance: Governance
  /// Where `route-gen.yaml` and `catalog.lock` are or would be.
  package let paths: [String]
  /// What is wrong with the two by themselves.
  package let diagnostics: [Diagnostic]

  package init(governance: Governance = Governance(), paths: [String] = [], diagnostics: [Diagnostic] = []) {
    self.governance = governance
    self.paths = paths
    self.diagnostics = diagnostics
  }
}

/// What the language server has to know of the disk and the day. `route-gen lsp` reads files, tests hold them in memory.
package protocol WorkspaceHost {
  /// Every module with `.flow` files of the package that a file belongs to, and its rules. Paths are absolute.
  func modules(around path: String) -> [WorkspaceModule]
  /// The Swift files of a module of that package.
  func swiftFiles(ofModule module: String, around path: String) -> [SourceFile]
  var today: CalendarDate? { get }
}

/// The modules of one package with the texts that are open in the editor, and what they mean.
struct Workspace {
  private(set) var modules: [WorkspaceModule]
  private(set) var index: SymbolIndex
  /// The names on the `use` lines of a module.
  private let uses: [String: [String]]
  /// What compiling a module has found, by its name. Only a module that has changed, or that uses one, is compiled again.
  private var findings: [String: [Diagnostic]] = [:]

  /// - Parameters:
  ///   - open: texts that win over those of the disk, by path.
  ///   - before: the same modules with the texts that were open until now.
  init(_ modules: [WorkspaceModule], open: [String: SourceFile], before: Workspace? = nil) {
    self.modules = modules.map { module in
      WorkspaceModule(name: module.name, files: module.files.map { open[$0.path] ?? $0 }, rules: module.rules)
    }
    let trees = self.modules.map { module in (module.name, module.files.map { Parser.parse($0).tree }) }
    index = SymbolIndex(trees)
    uses = Dictionary(trees.map { ($0.0, $0.1.flatMap { $0.uses.map(\.text) }) }, uniquingKeysWith: +)
    guard let before else { return }
    for module in self.modules {
      let isSame = ([module] + dependencies(of: module)).allSatisfy { part in
        before.modules.contains { $0.name == part.name && $0.files.elementsEqual(part.files, by: ===) }
      }
      if isSame { findings[module.name] = before.findings[module.name] }
    }
  }

  func module(ofFile path: String) -> WorkspaceModule? {
    modules.first { module in module.files.contains { $0.path == path } }
  }

  func file(_ path: String) -> SourceFile? {
    modules.lazy.flatMap(\.files).first { $0.path == path }
  }

  /// What `lint` says of every module, by file. Files without mistakes have an empty list.
  mutating func diagnostics(today: CalendarDate?) -> [String: [Diagnostic]] {
    var result: [String: [Diagnostic]] = [:]
    for module in modules {
      let own = Set(module.files.map(\.path) + module.rules.paths)
      for path in own where result[path] == nil { result[path] = [] }
      let found = findings[module.name] ?? compile(module, today: today)
      findings[module.name] = found
      // Mistakes in the files of another module are judged by that one's rules. But where a type has drifted from the lock of
      // a module that uses it, no other one says so.
      for diagnostic in found where own.contains(diagnostic.span.path) || diagnostic.code == .lockDrift {
        if !result[diagnostic.span.path, default: []].contains(diagnostic) {
          result[diagnostic.span.path, default: []].append(diagnostic)
        }
      }
    }
    return result
  }

  private func compile(_ module: WorkspaceModule, today: CalendarDate?) -> [Diagnostic] {
    let used = dependencies(of: module).map { ($0.name, $0.files) }
    let compiled = FlowCompiler.compile(
      module: module.name, files: module.files, dependencies: used, today: today, governance: module.rules.governance)
    return module.rules.diagnostics + compiled.diagnostics
  }

  /// The modules that a module uses, directly and through others.
  func dependencies(of module: WorkspaceModule) -> [WorkspaceModule] {
    var wanted = uses[module.name, default: []]
    var known: Set<String> = [module.name]
    var found: [WorkspaceModule] = []
    while let name = wanted.popLast() {
      guard known.insert(name).inserted, let next = modules.first(where: { $0.name == name }) else { continue }
      found.append(next)
      wanted += uses[name, default: []]
    }
    return found
  }
}
