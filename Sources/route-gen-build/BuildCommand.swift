import FlowLanguage

/// One run for one module, as the plugin asks for it.
///
/// ```
/// route-gen-build --module ReferenceRoutes --output-directory DIR --flow-files 11 \
///   --lock DIR/catalog.lock --files v1/show-cart.flow … --dependency CheckoutSteps Carts.flow … --dependency …
/// ```
struct BuildCommand {
  private var module = ""
  private var outputDirectory = ""
  /// What the catalog has promised, and the rules that it is under. `nil` for a target without one.
  private var lock: String?
  /// How many files with flows the plugin has counted: it decides how many files are written.
  private var flowFileCount = 0
  private var files: [String] = []
  private var dependencies: [(module: String, files: [String])] = []

  init(_ arguments: [String]) throws(BuildFailure) {
    var rest = arguments[...]
    func isOption(_ word: String) -> Bool { word.hasPrefix("--") }
    func value(of option: String) throws(BuildFailure) -> String {
      guard let value = rest.popFirst(), !isOption(value) else { throw BuildFailure("\(option) needs a value") }
      return value
    }
    func values() -> [String] {
      let values = rest.prefix { !isOption($0) }
      rest = rest.dropFirst(values.count)
      return Array(values)
    }
    while let option = rest.popFirst() {
      switch option {
      case "--module": module = try value(of: option)
      case "--output-directory": outputDirectory = try value(of: option)
      case "--lock": lock = try value(of: option)
      case "--flow-files":
        let text = try value(of: option)
        guard let count = Int(text), count >= 0 else { throw BuildFailure("--flow-files needs a number, not \(text)") }
        flowFileCount = count
      case "--files": files += values()
      case "--dependency": dependencies.append((try value(of: option), values()))
      default: throw BuildFailure("I do not know the option \(option)")
      }
    }
    guard !module.isEmpty else { throw BuildFailure("--module is missing") }
    guard !outputDirectory.isEmpty else { throw BuildFailure("--output-directory is missing") }
  }

  /// `false` when a file has an error. The outputs of the last good run then stay as they are.
  func run() throws(BuildFailure) -> Bool {
    var sources: [(module: String, files: [SourceFile])] = []
    for dependency in dependencies { sources.append((dependency.module, try read(dependency.files))) }
    let (governance, lockDiagnostics) = try governance()
    let compilation = FlowCompiler.compile(
      module: module, files: try read(files), dependencies: sources, today: nil, governance: governance)
    let diagnostics = lockDiagnostics + compilation.diagnostics
    if !diagnostics.isEmpty { Files.printError(TextRenderer.render(diagnostics)) }
    guard let resolved = compilation.module, lockDiagnostics.allSatisfy({ $0.severity == .warning }) else { return false }
    for file in SwiftEmitter.emit(resolved, flowFileCount: flowFileCount) {
      try Files.write(file.text, to: outputDirectory + "/" + file.name)
    }
    return true
  }

  private func governance() throws(BuildFailure) -> (Governance, [Diagnostic]) {
    guard let path = self.lock else { return (Governance(), []) }
    let (lock, diagnostics) = CatalogLock.read(SourceFile(path: path, bytes: try Files.read(path)))
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    return (Governance(settings: GovernanceSettings(lock[.settings]), root: folder, lock: lock), diagnostics)
  }

  /// In the order of their paths, so that the output does not depend on the order in which they were found.
  private func read(_ paths: [String]) throws(BuildFailure) -> [SourceFile] {
    var files: [SourceFile] = []
    for path in paths.sorted() { files.append(SourceFile(path: path, bytes: try Files.read(path))) }
    return files
  }
}

/// Why nothing could be compiled at all: the plugin's fault or the file system's, never the author's.
struct BuildFailure: Error {
  let message: String
  init(_ message: String) { self.message = message }
}
