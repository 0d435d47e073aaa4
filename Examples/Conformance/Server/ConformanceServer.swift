import ConformanceFlows
import Foundation
import Logging
import Zerver
import ZerverConfiguration

enum ConformanceServer {
  /// `EX_USAGE` and `EX_CONFIG` of sysexits.h.
  private static let usageStatus: Int32 = 64
  private static let configurationStatus: Int32 = 78

  static func main(_ arguments: ArraySlice<String>) {
    if arguments.contains("--help") || arguments.contains("-h") {
      print(usage)
      return
    }
    guard let flags = flags(arguments) else { end(usage, usageStatus) }
    do {
      try serve(flags)
    } catch let error as ConfigurationError {
      end("\(error)", configurationStatus)
    } catch {
      end("\(error)", EXIT_FAILURE)
    }
  }

  private static func serve(_ flags: [ConfigurationFlag]) throws {
    var configuration = try ServerConfiguration.load(flags: flags)
    configuration.files.root = configuration.files.root ?? "."
    LoggingSystem.bootstrap { [level = configuration.log.level] label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
    let server = try Server(
      catalogs: [Routes.catalog], configuration: configuration, logger: Logger(label: "conformance"))
    try server.run { running in
      for url in running.urls { print("listening on \(url)") }
      // Whoever waits for this line may read from a pipe.
      fflush(nil)
    }
  }

  /// `--key value` or `--key=value`, for every setting. `nil` for anything else.
  private static func flags(_ arguments: ArraySlice<String>) -> [ConfigurationFlag]? {
    var flags: [ConfigurationFlag] = []
    var rest = arguments
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else { return nil }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 {
        flags.append(ConfigurationFlag(String(parts[0]), String(parts[1])))
      } else {
        guard let value = rest.popFirst() else { return nil }
        flags.append(ConfigurationFlag(String(parts[0]), value))
      }
    }
    return flags
  }

  private static var usage: String {
    """
    conformance: a small server of flows, for tools that test HTTP servers.

      conformance --port 8080 --http.body-bytes-max 64KiB --timeouts.header=2s

    \(ServerConfiguration.help)
    """
  }

  private static func end(_ message: String, _ status: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(status)
  }
}
