import ArgumentParser

struct CheckoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkout", abstract: "The reference shop: a checkout service on Zerver.",
    subcommands: [ServeCommand.self, SeedCommand.self, SettingsCommand.self], defaultSubcommand: ServeCommand.self)
}
