import ArgumentParser
import FlowTools

struct Client: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a typed client of the catalog, in one file without dependencies.",
    discussion: """
      swift: needs Foundation; requests go through a transport that can be replaced.
      typescript: needs a runtime with fetch (browsers, Node 18, Deno, Bun); compiles under --strict.
      """)

  enum Language: String, ExpressibleByArgument, CaseIterable {
    case swift, typescript
  }

  @OptionGroup var input: CatalogArguments
  @OptionGroup var target: OutputArguments

  @Option(help: "swift or typescript.")
  var language: Language

  @Option(help: "What the client is called. Without it, the module's name with Client behind it.")
  var name: String?

  func validate() throws {
    guard let name, !name.isEmpty else { return }
    let isIdentifier = name.first!.isLetter && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard isIdentifier else { throw ValidationError("--name is a name such as ShopClient: letters and digits, a letter first.") }
  }

  func run() throws {
    let catalog = try input.catalog()
    switch language {
    case .swift: try target.write(SwiftClientEmitter.emit(catalog, name: name), input.options.report)
    case .typescript: try target.write(TypeScriptClientEmitter.emit(catalog, name: name), input.options.report)
    }
  }
}
