import ArgumentParser
import FlowTools

struct OpenAPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openapi",
    abstract: "Writes the catalog as an OpenAPI 3.1 document.",
    discussion: """
      The same files give the same bytes, so the document can be committed, reviewed and compared with --check.
      """)

  @OptionGroup var input: CatalogArguments
  @OptionGroup var target: OutputArguments

  @Option(help: "The title of the API. Without it, the module's name.")
  var title: String?

  @Option(name: .customLong("api-version"), help: "The version of the document. Without it, the newest version of a flow.")
  var apiVersion: String?

  @Option(help: "What the API is for, in CommonMark.")
  var description: String?

  @Option(name: .customLong("server"), help: "An address that serves the API. Can be repeated.")
  var servers: [String] = []

  func run() throws {
    let options = OpenAPIEmitter.Options(title: title, version: apiVersion, description: description, servers: servers)
    try target.write(OpenAPIEmitter.document(try input.catalog(), options).text, input.options.report)
  }
}
