import Logging
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Runs a server on a port that the system chose, for as long as `body` takes.
func withServer<Result>(
  _ proactor: ProactorChoice, catalog: FlowCatalog? = nil, configure: (inout ServerConfiguration) -> Void = { _ in },
  _ body: (RunningServer) throws -> Result
) throws -> Result {
  var configuration = ServerConfiguration()
  configuration.port = 0
  configuration.workers = 1
  configuration.proactor = proactor
  configuration.log.requests = .none
  configure(&configuration)
  var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  logger.logLevel = .critical
  let server = try Server(catalogs: [catalog ?? testCatalog()], configuration: configuration, logger: logger)
  let running = try server.start()
  defer {
    running.stop()
    try? running.waitUntilStopped()
  }
  return try body(running)
}

/// The backends that this machine allows. io_uring is often forbidden in containers; epoll never is.
let proactors: [ProactorChoice] = {
  do throws(ProactorError) {
    _ = try ProactorProbe(.ioUring)
    return [.epoll, .ioUring]
  } catch {
    print("io_uring is not tested here: \(error)")
    return [.epoll]
  }
}()
