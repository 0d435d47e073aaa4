import Zerver

var configuration = ServerConfiguration()
// The first argument is the port: 0 for any that is free.
if let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) { configuration.port = port }
try Server(catalogs: [Routes.catalog], configuration: configuration).run()
