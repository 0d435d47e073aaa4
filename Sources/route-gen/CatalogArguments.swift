import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// Where the `.flow` files of used modules are, when the package does not say.
struct UsedModules: ParsableArguments {
  @Option(name: .customLong("module"), help: "Where a used module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var folders: [ModuleFolder] = []

  /// A module with all that it uses. Ends the command with the diagnostics when there is an error; warnings are `lint`'s
  /// business.
  func compile(
    _ module: String, _ files: [SourceFile], using dependencies: [(module: String, files: [SourceFile])]
  ) throws -> ResolvedModule {
    let result = FlowCompiler.compile(module: module, files: files, dependencies: dependencies, today: .today)
    if let module = result.module { return module }
    Output.error(TextRenderer.render(result.diagnostics.filter { $0.severity == .error }) + "\n")
    throw CommandFailure.problems
  }
}

/// Which flows a command speaks about: the same for every command that reads a whole catalog.
struct CatalogArguments: ParsableArguments {
  @Argument(help: "Folders with the .flow files of one module each.")
  var paths: [String] = ["Routes"]

  @OptionGroup var used: UsedModules

  func catalog() throws -> CatalogModel {
    var sources: [ModuleFiles] = []
    for path in paths { sources.append(try ModuleFiles(path: path, name: nil, folders: used.folders)) }
    let names = sources.map(\.name)
    let dependencies = sources.flatMap(\.dependencies).filter { !names.contains($0.module) }
    var known: Set<String> = []
    let distinct = dependencies.filter { known.insert($0.module).inserted }
    return CatalogModel(
      try sources.map { try used.compile($0.name, $0.files, using: $0.dependencies) },
      dependencies: try distinct.map { module in
        try used.compile(module.module, module.files, using: distinct.filter { $0.module != module.module })
      })
  }
}

/// The module of the flow that a command speaks about.
struct ModuleOptions: ParsableArguments {
  @Option(help: "The folder with the module's .flow files.")
  var path = "Routes"

  @OptionGroup var used: UsedModules

  func load() throws -> ResolvedModule {
    let files = try ModuleFiles(path: path, name: nil, folders: used.folders)
    return try used.compile(files.name, files.files, using: files.dependencies)
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
  func write(_ text: String) throws {
    guard let output else { return Output.write(text) }
    let url = URL(fileURLWithPath: output)
    let data = Data(text.utf8)
    let isCurrent = (try? Data(contentsOf: url)) == data
    if check {
      if isCurrent { return }
      Output.error("\(output) is not what the .flow files say. Run the same command without --check.\n")
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
