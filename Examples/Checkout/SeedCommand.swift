import ArgumentParser
import CheckoutData
import Zerver

struct SeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed", abstract: "Creates the tables and fills them. Does nothing when that was done before.")

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    try Report.failures {
      let configuration = try settings.load()
      let database = try Database(url: configuration.database.url ?? "")
      switch try ShopDatabase.prepare(database) {
      case .seeded: Terminal.write("Seeded \(database.summary)\n")
      case .alreadySeeded: Terminal.write("There is a shop in \(database.summary)\n")
      }
    }
  }
}
