import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// A catalog as it stands at a commit, read by `git` without touching the working copy.
struct GitCatalog {
  private let reference: String
  private let catalog: GovernedCatalog
  private let modules: [ModuleFolder]
  private let report: ReportOptions
  private let git: Git
  /// The folder of the catalog, from the top of the repository, without a slash at its ends.
  private let folder: String

  init(reference: String, of catalog: GovernedCatalog, modules: [ModuleFolder], report: ReportOptions) throws {
    self.reference = reference
    self.catalog = catalog
    self.modules = modules
    self.report = report
    git = try Git(below: catalog.rules.folder)
    folder = git.pathFromTop(catalog.rules.folder)
    guard try git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(reference)^{commit}"]) != nil else {
      throw CommandFailure.unreachable("I find no commit, branch or tag \(reference) in this repository.")
    }
  }

  /// The lock of that commit; what its `.flow` files promise when there was none.
  func lock() throws -> CatalogLock {
    let paths = try self.paths()
    let lockPath = join(folder, CatalogRules.lockName)
    guard paths.contains(lockPath) else { return try compiled(paths.filter { $0.hasSuffix(".flow") }, all: paths) }
    let (lock, diagnostics) = CatalogLock.read(try files([lockPath])[0])
    guard !diagnostics.contains(where: { $0.severity == .error }) else {
      report.write(diagnostics, summary: nil)
      throw CommandFailure.unreachable("I cannot read the lock of \(reference).")
    }
    return lock
  }

  private func paths() throws -> [String] {
    guard let output = try git.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", reference]) else {
      throw CommandFailure.unreachable("git cannot list the files of \(reference).")
    }
    return output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private func compiled(_ paths: [String], all: [String]) throws -> CatalogLock {
    let own = paths.filter { isBelow($0, folder) }
    // No file at all: a catalog that has promised nothing yet.
    if own.isEmpty { return CatalogLock() }
    let files = try files(own)
    var dependencies: [(module: String, files: [SourceFile])] = []
    var wanted = files.flatMap(FlowCompiler.usedModules)
    var known: Set<String> = [catalog.files.name]
    while let module = wanted.popLast() {
      guard known.insert(module).inserted, let folder = moduleFolder(module, paths, all) else { continue }
      let found = try self.files(paths.filter { isBelow($0, folder) })
      dependencies.append((module, found))
      wanted += found.flatMap(FlowCompiler.usedModules)
    }
    var lock: CatalogLock?
    let compilation = FlowCompiler.compile(
      module: catalog.files.name, files: files, dependencies: dependencies, today: nil, governance: Governance()
    ) { current in
      lock = current
      return []
    }
    if let lock { return lock }
    report.write(compilation.diagnostics.filter { $0.severity == .error }, summary: nil)
    throw CommandFailure.unreachable("\(reference) has no \(CatalogRules.lockName), and its .flow files have the mistakes above.")
  }

  /// The folder of a module, as `ModuleFiles` finds it in the working copy.
  private func moduleFolder(_ module: String, _ paths: [String], _ all: [String]) -> String? {
    if let given = modules.first(where: { $0.name == module }) { return git.pathFromTop(given.folder) }
    let packages = all.filter { $0.hasSuffix("/Package.swift") }.map { String($0.dropLast("/Package.swift".count)) }
    let home = packages.filter { isBelow(folder + "/", $0) }.max { $0.count < $1.count }
    let others = packages.filter { package in package != home && (home.map { isBelow(package, $0) } ?? true) }
    let folders = paths.compactMap { path -> String? in
      if let home, !isBelow(path, home) { return nil }
      if others.contains(where: { isBelow(path, $0) }) { return nil }
      let parts = path.split(separator: "/")
      return parts.dropLast().firstIndex { $0 == module }.map { parts[...$0].joined(separator: "/") }
    }
    return folders.min { ($0.count, $0) < ($1.count, $1) }
  }

  private func files(_ paths: [String]) throws -> [SourceFile] {
    let contents = try git.contents(of: paths.map { "\(reference):\($0)" })
    return zip(paths, contents).map { SourceFile(path: "\(reference):\($0)", bytes: $1) }
  }

  private func isBelow(_ path: String, _ folder: String) -> Bool { folder.isEmpty || path.hasPrefix(folder + "/") }
  private func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}
