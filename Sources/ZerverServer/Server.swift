public import Logging
import ZerverCatalog
public import ZerverCore

/// A server for the flows of one or several catalogs.
///
/// ```swift
/// import Zerver
///
/// let server = try Server(catalogs: [Routes.catalog])
/// try server.run()
/// ```
public struct Server: Sendable {
  public let configuration: ServerConfiguration
  private let router: Router
  private let capabilities: Capabilities
  private let logger: Logger

  /// Binds the flows. Opens nothing yet.
  ///
  /// - Parameters:
  ///   - catalogs: what RouteGen wrote for each module with routes: `Routes.catalog`.
  ///   - capabilities: who carries out the effects that the flows need.
  ///   - logger: for start-up, shutdown and requests; the app chooses its handler.
  ///
  /// Throws when two catalogs claim one path, when a flow in Swift has a mistake, or when a flow needs an effect that nobody carries out.
  public init(
    catalogs: [FlowCatalog], capabilities: Capabilities = .standard,
    configuration: ServerConfiguration = ServerConfiguration(), logger: Logger = Logger(label: "zerver")
  ) throws(ServerError) {
    if let problem = configuration.problem { throw ServerError(.configurationInvalid, problem) }
    let problems = FlowCatalog.problems(of: catalogs)
    if let first = problems.first {
      throw ServerError(first.isCollision ? .catalogsCollide : .flowsInvalid, FlowProblems(problems).description)
    }
    do {
      router = try Router(catalogs, profiles: configuration.profiles)
    } catch {
      throw ServerError(.catalogsCollide, "\(error)")
    }
    for index in 0..<router.count {
      let flow = router.flow(index)
      for use in flow.pointee.plan.uses {
        for kind in use.needs where !capabilities.kinds.contains(kind) {
          throw ServerError(
            .capabilityMissing,
            "\(flow.pointee.entry.reference) runs \(use.step), which needs \(kind.name), and the server was given no "
              + "capability of that kind")
        }
      }
    }
    self.capabilities = capabilities
    self.configuration = configuration
    self.logger = logger
  }

  /// Starts the workers and returns as soon as all of them accept connections.
  public func start() throws(ServerError) -> RunningServer {
    try RunningServer.start(router, capabilities, configuration, logger)
  }

  /// Starts, and blocks the calling thread until SIGTERM or SIGINT. Then drains: no new connections, requests in flight
  /// are answered, up to the drain time-out. A second signal ends the process at once.
  ///
  /// Throws when the server cannot start, or when a worker had to give up.
  ///
  /// - Parameter started: called once, as soon as connections are accepted: the place to tell somebody the address.
  public func run(started: (RunningServer) -> Void = { _ in }) throws(ServerError) {
    let signals = StopSignals()
    signals.block()
    let running = try start()
    running.whenWorkerFails { signals.raise() }
    started(running)
    let signal = signals.wait()
    logger.info("draining", metadata: ["signal": "\(signal)"])
    signals.unblock()
    running.stop()
    try running.waitUntilStopped()
    logger.info("stopped")
  }
}

/// Why a server does not start, or has given up.
public struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// More may come.
  public struct Code: Equatable, Sendable {
    private let name: String
    /// Two modules claim one path.
    public static let catalogsCollide = Code(name: "catalogs collide")
    /// A flow in Swift has a mistake. `FlowCatalog.check` says the same in a test.
    public static let flowsInvalid = Code(name: "flows invalid")
    /// A flow needs an effect, and nobody carries it out.
    public static let capabilityMissing = Code(name: "capability missing")
    /// A value of the configuration is out of its range.
    public static let configurationInvalid = Code(name: "configuration invalid")
    /// The address cannot be listened on, or the kernel refuses what a proactor needs.
    public static let systemRefused = Code(name: "system refused")
    /// A worker could not go on.
    public static let workerFailed = Code(name: "worker failed")
  }

  public let code: Code
  /// A sentence for people.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
