import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation
import ZerverCatalog

struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the catalog, or the plans of flows.",
    discussion: """
      Without FLOW, the flows of all owners with their versions, successors and aliases. With FLOW, its plan.
      """)

  @Argument(help: "For example checkout-cart (its newest version) or v1/checkout-cart.")
  var flows: [String] = []

  @Option(help: "mermaid, dot (Graphviz) or svg (a file that needs nothing else).")
  var format = GraphFormat.mermaid

  @Option(help: "The file to write instead of standard output. With several flows, a folder.")
  var output: String?

  @OptionGroup var catalog: ModuleOptions

  func run() throws {
    let module = try catalog.load()
    guard !flows.isEmpty else { return try write(format.catalog(module.flows, on: .today), to: output) }
    let found = try flows.map(module.flow)
    guard found.count > 1 else { return try write(format.plan(of: found[0]), to: output) }
    if format == .svg, output == nil { throw ValidationError("Several pictures need a folder: --output FOLDER.") }
    for flow in found {
      let name = "\(flow.entry.version)-\(flow.entry.slug).\(format.fileExtension)"
      try write(format.plan(of: flow), to: output.map { $0 + "/" + name })
    }
  }

  private func write(_ text: String, to path: String?) throws {
    guard let path else { return Output.write(text) }
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw CommandFailure.unreachable("I cannot write \(path): \(error.localizedDescription)")
    }
  }
}

extension GraphFormat: ExpressibleByArgument {}
