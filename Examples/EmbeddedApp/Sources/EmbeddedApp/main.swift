import Logging
import Zerver

var configuration = ServerConfiguration()
configuration.port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try Server(
  catalogs: [Routes.catalog], capabilities: .standard, configuration: configuration, logger: Logger(label: "dice"))
try server.run()
