import ArgumentParser

@main
struct RouteGen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route-gen",
    abstract: "Checks .flow files and generates Swift from them.",
    discussion: """
      The build does the same through the RouteGen plugin; this is for the moment before a build, for editors and for CI.
      """,
    subcommands: [Lint.self, Generate.self, Explain.self, Catalog.self, OpenAPI.self, Client.self])
}
