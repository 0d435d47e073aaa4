import FlowLanguage
import FlowTools
import ZerverCatalog

/// The `.flow` files of a module with the rules that they are under.
struct GovernedCatalog {
  let files: ModuleFiles
  let rules: CatalogRules

  /// - Parameter path: a folder, or one file.
  init(path: String, modules: [ModuleFolder]) throws {
    files = try ModuleFiles(path: path, name: nil, folders: modules)
    rules = try CatalogRules(around: path)
  }

  /// Compiles the catalog under its rules.
  func compile(
    comparesWithLock: Bool, breakingChanges: ((CatalogLock) -> [Diagnostic])? = nil
  ) -> Compilation {
    FlowCompiler.compile(
      module: files.name, files: files.files, dependencies: files.dependencies, today: .today,
      governance: rules.governance(comparesWithLock: comparesWithLock), breakingChanges: breakingChanges)
  }
}
