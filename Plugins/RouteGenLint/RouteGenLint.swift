import Foundation
import PackagePlugin

/// Checks the `.flow` files of a package without building it, and writes nothing.
///
///     swift package route-gen-lint                          what `route-gen lint` says about every target
///     swift package route-gen-lint check --against main     the same for `route-gen check`, on targets with a lock
///     swift package route-gen-lint explain unknown-step
///
/// `--target NAME`, which can be repeated, chooses targets. Everything else goes to `route-gen` as it stands.
@main
struct RouteGenLint: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    var extractor = ArgumentExtractor(arguments)
    let names = extractor.extractOption(named: "target")
    var rest = extractor.remainingArguments
    let commands: [String] = ["lint", "check", "explain"]
    let command = rest.first.flatMap { word in commands.first { $0 == word } } ?? "lint"
    if rest.first == command { rest.removeFirst() }
    let tool = try context.tool(named: "route-gen").url
    if command == "explain" {
      if try run(tool, ["explain"] + rest) != 0 { Diagnostics.error("there is nothing to explain") }
      return
    }
    let targets = try names.isEmpty ? context.package.targets : context.package.targets(named: names)
    var failed: [String] = []
    for case let target as SourceModuleTarget in targets where isMeant(target, by: command, isNamed: !names.isEmpty) {
      print("\(target.name):")
      let status = try run(tool, [command, folder(of: target)] + modules(usedBy: target) + rest)
      if status != 0 { failed.append(target.name) }
    }
    if !failed.isEmpty { Diagnostics.error("route-gen \(command) found errors in \(failed.joined(separator: ", "))") }
  }

  /// Without a lock there is nothing to compare with, unless somebody says so.
  private func isMeant(_ target: any SourceModuleTarget, by command: String, isNamed: Bool) -> Bool {
    guard hasFlows(target) else { return false }
    return isNamed || command == "lint" || target.sourceFiles.contains { $0.url.lastPathComponent == "catalog.lock" }
  }

  private func modules(usedBy target: any SourceModuleTarget) -> [String] {
    target.recursiveTargetDependencies.compactMap { $0 as? any SourceModuleTarget }.filter(hasFlows)
      .flatMap { ["--module", "\($0.moduleName)=\(folder(of: $0))"] }
  }

  private func hasFlows(_ target: any SourceModuleTarget) -> Bool {
    target.sourceFiles.contains { $0.url.pathExtension == "flow" }
  }

  private func folder(of target: any SourceModuleTarget) -> String { target.directoryURL.standardizedFileURL.path }

  private func run(_ tool: URL, _ arguments: [String]) throws -> Int32 {
    let process = try Process.run(tool, arguments: arguments)
    process.waitUntilExit()
    return process.terminationStatus
  }
}
