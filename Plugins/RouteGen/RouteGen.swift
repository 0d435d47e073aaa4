import Foundation
import PackagePlugin

/// Compiles the `.flow` files of a target into Swift, before the target itself is compiled.
@main
struct RouteGen: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let files = flowFiles(of: target)
    guard !files.isEmpty else { return [] }

    var arguments = ["--module", target.moduleName, "--output-directory", context.pluginWorkDirectoryURL.path]
    // One flow stands in one file, in a folder `v1`, `v2`, …; the number of outputs follows from their number.
    let flowFileCount = files.count { $0.deletingLastPathComponent().pathComponents.contains(where: isVersion) }
    arguments += ["--flow-files", String(flowFileCount)]
    // The configuration is an input only so that SwiftPM knows whose it is: the tool reads its copy in the lock.
    var inputs = files + governanceFiles(of: target)
    if let lock = inputs.first(where: { $0.lastPathComponent == "catalog.lock" }) { arguments += ["--lock", lock.path] }
    arguments += ["--files"] + files.map(\.path)
    for case let dependency as SourceModuleTarget in target.recursiveTargetDependencies {
      let declarations = flowFiles(of: dependency)
      guard !declarations.isEmpty else { continue }
      arguments += ["--dependency", dependency.moduleName] + declarations.map(\.path)
      inputs += declarations
    }
    return [
      .buildCommand(
        displayName: "Compiling the flows of \(target.name)", executable: try context.tool(named: "route-gen-build").url,
        arguments: arguments, inputFiles: inputs,
        outputFiles: outputNames(flowFileCount).map { context.pluginWorkDirectoryURL.appending(path: $0) })
    ]
  }

  private func flowFiles(of target: any SourceModuleTarget) -> [URL] {
    target.sourceFiles.map(\.url).filter { $0.pathExtension == "flow" }.sorted { $0.path < $1.path }
  }

  /// `catalog.lock` and `route-gen.yaml` in the folder of the target.
  private func governanceFiles(of target: any SourceModuleTarget) -> [URL] {
    let folder = target.directoryURL.standardizedFileURL.path
    return target.sourceFiles.map(\.url).filter {
      ["catalog.lock", "route-gen.yaml"].contains($0.lastPathComponent)
        && $0.deletingLastPathComponent().standardizedFileURL.path == folder
    }
  }

  private func isVersion(_ folder: String) -> Bool { folder.first == "v" && Int(folder.dropFirst()) != nil }

  /// The same rule as `SwiftEmitter.fileNames` in FlowLanguage, which a plugin cannot import.
  private func outputNames(_ flowFileCount: Int) -> [String] {
    guard flowFileCount > 0 else { return ["RouteGen-Declarations.swift"] }
    let flows = (1...(flowFileCount + 49) / 50).map { "RouteGen-Flows-\($0).swift" }
    return ["RouteGen-Declarations.swift"] + flows + ["RouteGen-Catalog.swift"]
  }
}
