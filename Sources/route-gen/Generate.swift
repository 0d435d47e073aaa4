import ArgumentParser
import FlowLanguage
import Foundation

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the Swift of one module.",
    discussion: """
      The build does this through the RouteGen plugin. Without the plugin, the written files belong to the sources of the \
      target NAME. A file whose text has not changed is left alone.
      """)

  @Argument(help: "The folder with the module's .flow files.")
  var path = "Routes"

  @Option(name: .customLong("module"), help: "The Swift module that the files belong to.")
  var module: String

  @Option(name: .customLong("dependency"), help: "Where a used module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var dependencies: [ModuleFolder] = []

  @Option(name: .customLong("output"), help: "The folder that the Swift files are written to.")
  var output: String

  @OptionGroup var report: DiagnosticsOptions

  func run() throws {
    let files = try ModuleFiles(path: path, name: module, folders: dependencies)
    let result = FlowCompiler.compile(module: module, files: files.files, dependencies: files.dependencies, today: .today)
    report.write(result.diagnostics)
    guard let resolved = result.module else { throw CommandFailure.problems }
    let folder = URL(fileURLWithPath: output)
    do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw CommandFailure.unreachable("\(output) is no folder that I can write to.")
    }
    let generated = SwiftEmitter.emit(resolved)
    for file in generated {
      let url = folder.appendingPathComponent(file.name)
      let text = Data(file.text.utf8)
      if (try? Data(contentsOf: url)) != text { try text.write(to: url, options: .atomic) }
    }
    print("\(generated.count) files written to \(output).")
  }
}
