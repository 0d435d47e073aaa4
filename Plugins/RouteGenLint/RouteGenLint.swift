import Foundation
import PackagePlugin

/// Checks the `.flow` files of every target without building: `swift package route-gen-lint [--target NAME]…`.
///
/// It reads and prints, and asks for no permission.
@main
struct RouteGenLint: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    var extractor = ArgumentExtractor(arguments)
    let names = extractor.extractOption(named: "target")
    let targets = try names.isEmpty ? context.package.targets : context.package.targets(named: names)
    let tool = try context.tool(named: "route-gen-build").url
    var failed: [String] = []
    for case let target as SourceModuleTarget in targets {
      let files = flowFiles(of: target)
      guard !files.isEmpty else { continue }
      var arguments = ["--module", target.moduleName, "--lint", "--files"] + files
      for case let dependency as SourceModuleTarget in target.recursiveTargetDependencies {
        let declarations = flowFiles(of: dependency)
        if !declarations.isEmpty { arguments += ["--dependency", dependency.moduleName] + declarations }
      }
      let process = try Process.run(tool, arguments: arguments)
      process.waitUntilExit()
      if process.terminationStatus == 0 {
        print("\(target.name): \(files.count) .flow files, no mistakes")
      } else {
        failed.append(target.name)
      }
    }
    if !failed.isEmpty { Diagnostics.error("mistakes in the .flow files of \(failed.joined(separator: ", "))") }
  }

  private func flowFiles(of target: any SourceModuleTarget) -> [String] {
    target.sourceFiles.map(\.url.path).filter { $0.hasSuffix(".flow") }.sorted()
  }
}
