import Foundation
import PackagePlugin

/// Writes what `route-gen` writes into the package.
///
///     swift package route-gen accept                        catalog.lock of every target that has one
///     swift package route-gen accept --target Routes        the first one of a target
///     swift package route-gen fmt                           the canonical form of every .flow file
///
/// SwiftPM asks for permission on a terminal; elsewhere it wants `--allow-writing-to-package-directory` behind
/// `swift package`. Everything but `--target` goes to `route-gen` as it stands.
@main
struct RouteGenWrite: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    var extractor = ArgumentExtractor(arguments)
    let names = extractor.extractOption(named: "target")
    let rest = extractor.remainingArguments
    guard let command = rest.first, ["accept", "fmt"].contains(command) else {
      Diagnostics.error("I write with `swift package route-gen accept` and `swift package route-gen fmt`. "
          + "What only reads is `swift package route-gen-lint`, `… route-gen-lint check` and `… route-gen-lint explain CODE`.")
      return
    }
    let targets = try names.isEmpty ? context.package.targets : context.package.targets(named: names)
    let catalogs = targets.compactMap { $0 as? any SourceModuleTarget }.filter(hasFlows)
    let tool = try context.tool(named: "route-gen").url
    var failed: [String] = []
    for target in command == "accept" && names.isEmpty ? governed(catalogs) : catalogs {
      var arguments = [command, folder(of: target)] + rest.dropFirst()
      if command == "accept" { arguments += modules(usedBy: target) }
      let process = try Process.run(tool, arguments: arguments)
      process.waitUntilExit()
      if process.terminationStatus != 0 { failed.append(target.name) }
    }
    if catalogs.isEmpty { Diagnostics.warning("I find no target with .flow files") }
    if !failed.isEmpty { Diagnostics.error("route-gen \(command) wrote nothing for \(failed.joined(separator: ", "))") }
  }

  /// Those that have a lock; every catalog as long as none has one.
  private func governed(_ targets: [any SourceModuleTarget]) -> [any SourceModuleTarget] {
    let locked = targets.filter { $0.sourceFiles.contains { $0.url.lastPathComponent == "catalog.lock" } }
    return locked.isEmpty ? targets : locked
  }

  private func modules(usedBy target: any SourceModuleTarget) -> [String] {
    target.recursiveTargetDependencies.compactMap { $0 as? any SourceModuleTarget }.filter(hasFlows)
      .flatMap { ["--module", "\($0.moduleName)=\(folder(of: $0))"] }
  }

  private func hasFlows(_ target: any SourceModuleTarget) -> Bool {
    target.sourceFiles.contains { $0.url.pathExtension == "flow" }
  }

  private func folder(of target: any SourceModuleTarget) -> String { target.directoryURL.standardizedFileURL.path }
}
