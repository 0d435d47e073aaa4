import ArgumentParser
import FlowLanguage
import FlowTools
import ZerverCatalog

/// The options of every command that asks about a compiled catalog.
struct CatalogOptions: ParsableArguments {
  @Option(help: "The folder with the module's .flow files.")
  var path = "Routes"

  @Option(name: .customLong("module"), help: "Where a used module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var modules: [ModuleFolder] = []

  /// The module, without mistakes. Its diagnostics go to standard error.
  func load() throws -> ResolvedModule {
    let files = try ModuleFiles(path: path, name: nil, folders: modules)
    let result = FlowCompiler.compile(module: files.name, files: files.files, dependencies: files.dependencies, today: .today)
    guard let module = result.module else {
      Output.error(TextRenderer.render(result.diagnostics) + "\n")
      throw CommandFailure.problems
    }
    return module
  }
}

extension ResolvedModule {
  func hasFlow(named name: String) -> Bool { newestFlow(named: name) != nil }

  private func newestFlow(named name: String) -> ResolvedFlow? {
    let newestFirst = flows.sorted { $0.entry.version.number > $1.entry.version.number }
    return newestFirst.first { flow in
      let slugs = [flow.entry.slug] + flow.entry.aliases.map(\.slug)
      return slugs.contains { $0.description == name || FlowReference($0, flow.entry.version).description == name }
    }
  }

  /// `v2/checkout-cart`, or `checkout-cart` for its newest version. An alias stands for its flow.
  func flow(named name: String) throws -> ResolvedFlow {
    if let flow = newestFlow(named: name) { return flow }
    let candidates = flows.flatMap { [Candidate($0.entry.slug.description), Candidate("\($0.entry.reference)")] }
    let near = NearMatches.find(name, among: candidates).map { "\n    \($0.name)" }.joined()
    throw CommandFailure.unreachable(
      "there is no flow called \(name) in \(self.name)." + (near.isEmpty ? "" : " These names are close:\(near)"))
  }
}
