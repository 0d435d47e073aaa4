import ArgumentParser
import CheckoutData
import Foundation
import Logging
import ReferenceRoutes
import Zerver

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves the shop. A database without a shop is filled first.")

  @OptionGroup var settings: SettingsOptions

  @Option(help: "Address to listen on.")
  var host: String?

  @Option(help: "TCP port. With 0 the system chooses one.")
  var port: String?

  @Option(help: "Threads. Without it, one for each CPU.")
  var workers: String?

  @Option(help: "io_uring, epoll or automatic.")
  var proactor: String?

  @Option(name: .customLong("openapi"), help: "What `route-gen openapi` has written. Served at /flow/v1/openapi.")
  var openAPI: String?

  func run() throws {
    try Report.failures {
      let configuration = try settings.load([("host", host), ("port", port), ("workers", workers), ("proactor", proactor)])
      let logger = Log.start(configuration.log.level)
      let url = configuration.database.url ?? ""
      let database = try Database(url: url)
      do {
        try prepare(database, logger)
      } catch where !url.hasPrefix("sqlite:") {
        // A database that is away is no reason not to start: its flows answer 503 until it is back. A file that cannot be
        // opened is one, because it will not come back by itself.
        logger.error(
          "could not prepare the database; run `checkout seed` when it is back", metadata: ["reason": "\(error)"])
      }
      let server = try Server(
        catalogs: [Routes.catalog], capabilities: .standard(database: database, logger: logger),
        openAPI: try openAPI.map { try String(contentsOfFile: $0, encoding: .utf8) }, configuration: configuration, logger: logger)
      try server.run { running in Terminal.write(Welcome.text(url: running.urls[0], database: database)) }
    }
  }

  private func prepare(_ database: Database, _ logger: Logger) throws {
    if try ShopDatabase.prepare(database) == .seeded {
      logger.info("seeded the shop", metadata: ["database": "\(database.summary)"])
    }
  }
}
