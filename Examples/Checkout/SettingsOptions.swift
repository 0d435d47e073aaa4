public import ArgumentParser
public import Zerver

extension ConfigurationFlag: ExpressibleByArgument {}

/// The flags that every command takes, and the configuration that they lead to.
struct SettingsOptions: ParsableArguments {
  @Option(help: "JSON file with settings.")
  var config: String?

  @Option(
    help: "PostgreSQL (postgresql://user@host/name) or SQLite (sqlite:path). Without it, the embedded database.")
  var databaseUrl: String?

  @Option(help: "Where the embedded database lives when no database is configured.")
  var dataDirectory = "."

  @Option(
    name: .customLong("set"), help: "Any other setting, as <key>=<value>. `checkout settings` lists them. Repeatable.")
  var settings: [ConfigurationFlag] = []

  /// The settings of these flags and of `flags`, of the environment and of the file.
  func load(_ flags: [(key: String, value: String?)] = []) throws(ConfigurationError) -> ServerConfiguration {
    var defaults = ServerConfiguration()
    defaults.database.url = "sqlite:\(dataDirectory)/shop.sqlite"
    let named = ([("config", config), ("database.url", databaseUrl)] + flags).compactMap { key, value in
      value.map { ConfigurationFlag(key, $0) }
    }
    return try ServerConfiguration.load(flags: named + settings, defaults: defaults)
  }
}
