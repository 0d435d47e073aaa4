import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// How a command that reads whole modules compiles them: where the `.flow` files of used modules are, when the package does
/// not say, and how mistakes are written.
struct CompileOptions: ParsableArguments {
  typealias Module = (module: String, files: [SourceFile])

  @Option(name: .customLong("module"), help: "Where a used module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var folders: [ModuleFolder] = []

  @OptionGroup var report: DiagnosticsOptions

  /// Modules, each with all that it uses. Ends the command with the diagnostics when there is an error; warnings are
  /// `lint`'s business.
  func compile(_ modules: [(module: Module, dependencies: [Module])]) throws -> [ResolvedModule] {
    var resolved: [ResolvedModule] = []
    var errors: [Diagnostic] = []
    for (module, dependencies) in modules {
      let result = FlowCompiler.compile(
        module: module.module, files: module.files, dependencies: dependencies, today: .today)
      if let module = result.module { resolved.append(module) }
      // Two modules may use the same one, whose mistakes are then met twice.
      for diagnostic in result.diagnostics where diagnostic.severity == .error && !errors.contains(diagnostic) {
        errors.append(diagnostic)
      }
    }
    report.write(errors)
    guard resolved.count == modules.count else { throw CommandFailure.problems }
    return resolved
  }
}

/// Which flows a command speaks about: the same for every command that reads a whole catalog.
struct CatalogArguments: ParsableArguments {
  @Argument(help: "Folders with the .flow files of one module each.")
  var paths: [String] = ["Routes"]

  @OptionGroup var options: CompileOptions

  func catalog() throws -> CatalogModel {
    let sources = try paths.map { try ModuleFiles(path: $0, name: nil, folders: options.folders) }
    let names = sources.map(\.name)
    let dependencies = sources.flatMap(\.dependencies).filter { !names.contains($0.module) }
    var known: Set<String> = []
    let distinct = dependencies.filter { known.insert($0.module).inserted }
    let modules = try options.compile(
      sources.map { (($0.name, $0.files), $0.dependencies) }
        + distinct.map { module in (module, distinct.filter { $0.module != module.module }) })
    return CatalogModel(Array(modules.prefix(sources.count)), dependencies: Array(modules.dropFirst(sources.count)))
  }
}

/// The module of the flow that a command speaks about.
struct ModuleOptions: ParsableArguments {
  @Option(help: "The folder with the module's .flow files.")
  var path = "Routes"

  @OptionGroup var options: CompileOptions

  func load() throws -> ResolvedModule {
    let files = try ModuleFiles(path: path, name: nil, folders: options.folders)
    return try options.compile([((files.name, files.files), files.dependencies)])[0]
  }
}

/// Where a document goes.
struct OutputArguments: ParsableArguments {
  @Option(name: [.short, .long], help: "The file to write. Without it, standard output.")
  var output: String?

  @Flag(help: "Write nothing, and fail when the file is not what would be written.")
  var check = false

  func validate() throws {
    if check && output == nil { throw ValidationError("--check needs --output: the file to compare with.") }
  }

  /// A file that has this text already is left alone.
  func write(_ text: String, _ report: DiagnosticsOptions) throws {
    guard let output else { return Output.write(text) }
    let url = URL(fileURLWithPath: output)
    let data = Data(text.utf8)
    let isCurrent = (try? Data(contentsOf: url)) == data
    if check {
      if isCurrent { return }
      report.note("\(output) is not what the .flow files say. Run the same command without --check.")
      throw CommandFailure.problems
    }
    if isCurrent { return }
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url, options: .atomic)
    } catch {
      throw CommandFailure.unreachable("I cannot write \(output): \(error.localizedDescription)")
    }
  }
}
