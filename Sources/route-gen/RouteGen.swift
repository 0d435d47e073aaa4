import ArgumentParser
import FlowTools

@main
struct RouteGen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route-gen",
    abstract: "Checks .flow files and generates Swift from them.",
    discussion: """
      The build does the same through the RouteGen plugin; this is for the moment before a build, for editors and for CI.

      Exit status:
      \(CommandStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n"))
      """,
    subcommands: [
      Lint.self, Check.self, Accept.self, Format.self, Generate.self, Graph.self, Explain.self, Catalog.self, OpenAPI.self,
      Client.self, Documentation.self, New.self, Usage.self,
    ])
}
