import ArgumentParser
import Zerver

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Lists every setting with its environment variable, default and meaning.")

  func run() { Terminal.write(ServerConfiguration.help) }
}
