import ConformanceFlows
import Logging
import ZerverServer

/// Runs the flows of Examples/Conformance on a port that the system chose, for as long as `body` takes.
func withConformanceServer<Result>(
  _ proactor: ProactorChoice, configure: (inout ServerConfiguration) -> Void = { _ in },
  _ body: (RunningServer) throws -> Result
) throws -> Result {
  var configuration = ServerConfiguration()
  configuration.port = 0
  configuration.workers = 1
  configuration.proactor = proactor
  configuration.log.requests = .none
  configuration.files.root = "."
  configure(&configuration)
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let server = try Server(catalogs: [Routes.catalog], configuration: configuration, logger: logger)
  let running = try server.start()
  defer {
    running.stop()
    try? running.waitUntilStopped()
  }
  return try body(running)
}

/// The backends that this machine allows. io_uring is often forbidden in containers; epoll never is.
let proactors: [ProactorChoice] = {
  var configuration = ServerConfiguration()
  configuration.port = 0
  configuration.workers = 1
  configuration.proactor = .ioUring
  configuration.files.root = "."
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  do {
    let running = try Server(catalogs: [Routes.catalog], configuration: configuration, logger: logger).start()
    running.stop()
    try running.waitUntilStopped()
    return [.epoll, .ioUring]
  } catch {
    print("io_uring is not tested here: \(error)")
    return [.epoll]
  }
}()
