import FlowLanguage

/// One run for one module, as the plugin asks for it.
///
/// ```
/// route-gen-build --module ReferenceRoutes --output-directory DIR --flow-files 11 \
///   --files v1/show-cart.flow … --dependency CheckoutSteps Carts.flow … --dependency …
/// ```
///
/// With `--lint` instead of `--output-directory` it writes nothing.
struct BuildCommand {
  private var module = ""
  /// `nil`: report mistakes only.
  private var outputDirectory: String?
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
      case "--lint": outputDirectory = nil
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
  }

  /// `false` when a file has an error. The outputs of the last good run then stay as they are.
  func run() throws(BuildFailure) -> Bool {
    var sources: [(module: String, files: [SourceFile])] = []
    for dependency in dependencies { sources.append((dependency.module, try read(dependency.files))) }
    let (resolved, diagnostics) = FlowCompiler.compile(module: module, files: try read(files), dependencies: sources)
    if !diagnostics.isEmpty { Files.printError(TextRenderer.render(diagnostics)) }
    guard let resolved else { return false }
    guard let outputDirectory else { return true }
    for file in SwiftEmitter.emit(resolved, flowFileCount: flowFileCount) {
      try Files.write(file.text, to: outputDirectory + "/" + file.name)
    }
    return true
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
