public import Logging
import ZerverCatalog
@_spi(Server) public import ZerverCore

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
  let router: Router
  let capabilities: Capabilities
  let authenticator: (any Authenticator)?
  let openAPI: OpenAPIDocument?
  let files: FileRoot?
  let logger: Logger
  /// About flows in Swift. Those of `.flow` files are shown by the build.
  let flowWarnings: [FlowProblem]
  /// The time of day in Unix seconds, which decides when a flow has ended. Tests set it before they start the server.
  package var wallClock: @Sendable () -> Int64 = { WallClock.seconds }

  /// Binds the flows. Opens nothing yet.
  ///
  /// - Parameters:
  ///   - catalogs: what RouteGen wrote for each module with routes: `Routes.catalog`.
  ///   - capabilities: who carries out the effects that the flows need.
  ///   - authenticator: finds out who has sent a request, for flows with `tenant` and `requires`. `nil`: the tokens of
  ///     ``ServerConfiguration/Callers/tokensFile``, if there is one.
  ///   - openAPI: what `route-gen openapi` has written, to be served at `/flow/v1/openapi`. A start-up warning names flows
  ///     that it lacks: it is older than they are, or they have no `.flow` file.
  ///   - logger: for start-up, shutdown and requests; the app chooses its handler. Warnings about flows in Swift are logged
  ///     when the server starts.
  ///
  /// Throws when two catalogs claim one path, when a flow in Swift has a mistake, when a flow needs an effect that nobody
  /// carries out, and when one asks for its caller and there is no authenticator.
  public init(
    catalogs: [FlowCatalog], capabilities: Capabilities = .standard, authenticator: (any Authenticator)? = nil,
    openAPI: String? = nil,
    configuration: ServerConfiguration = ServerConfiguration(), logger: Logger = Logger(label: "zerver")
  ) throws(ServerError) {
    if let problem = configuration.problem { throw ServerError(.configurationInvalid, problem) }
    let problems = FlowCatalog.problems(of: catalogs, today: CalendarDate(unixSeconds: Int(WallClock.seconds)))
    let errors = problems.filter { $0.severity == .error }
    if let first = errors.first {
      throw ServerError(first.isCollision ? .catalogsCollide : .flowsInvalid, FlowProblems(errors).description)
    }
    flowWarnings = FlowProblems(problems).problems
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
    let authenticator = try Self.authenticator(authenticator, configuration.callers)
    if authenticator == nil, let entry = router.catalog.entries.first(where: Self.asksForCaller) {
      throw ServerError(
        .authenticatorMissing,
        "\(entry.reference) asks for its caller, and the server was given no authenticator to find out who that is")
    }
    let keyed = router.catalog.entries.first { $0.idempotency != nil && !$0.method.isSafe }
    if let keyed, !capabilities.kinds.contains(.database) {
      throw ServerError(
        .capabilityMissing,
        "\(keyed.reference) keeps its answers for repetitions (`idempotency`), and the server was given no db capability to keep "
          + "them in: give it one with `capabilities.register(.database, database.capability(logger: logger))`, or remove "
          + "`idempotency` from the flow")
    }
    files = try Self.files(configuration.files, router)
    self.authenticator = authenticator
    self.openAPI = openAPI.map { OpenAPIDocument($0) }
    self.capabilities = capabilities
    self.configuration = configuration
    self.logger = logger
  }

  private static func authenticator(
    _ own: (any Authenticator)?, _ callers: ServerConfiguration.Callers
  ) throws(ServerError) -> (any Authenticator)? {
    guard let path = callers.tokensFile else { return own }
    if own != nil {
      throw ServerError(
        .configurationInvalid,
        "the setting callers.tokens-file names \(path), and the app has an authenticator of its own: one of the two decides")
    }
    let text: String
    do throws(SmallFile.ReadError) { text = String(decoding: try SmallFile.read(path), as: UTF8.self) } catch {
      throw ServerError(.configurationInvalid, "the tokens in \(path) cannot be read: \(error.reason)")
    }
    do throws(BearerTokens.Mistake) { return try BearerTokens(text: text) } catch {
      throw ServerError(.configurationInvalid, "the tokens in \(path) are not usable: \(error)")
    }
  }

  private static func files(_ files: ServerConfiguration.Files, _ router: Router) throws(ServerError) -> FileRoot? {
    guard let path = files.root else {
      guard let index = (0..<router.count).first(where: { router.flow($0).pointee.isFile }) else { return nil }
      throw ServerError(
        .configurationInvalid,
        "\(router.flow(index).pointee.entry.reference) answers with files (`output file`), and the setting files.root does not "
          + "name the folder where they lie")
    }
    do throws(ProactorError) { return try FileRoot(path: path) } catch {
      throw ServerError(.configurationInvalid, "the folder of files.root cannot be used: \(error)")
    }
  }

  private static func asksForCaller(_ entry: CatalogEntry) -> Bool {
    entry.tenantScope != .none || !entry.requirements.isEmpty
  }

  /// Flows of the catalogs that the OpenAPI document does not know, such as `v2/checkout-cart`.
  package var flowsMissingFromOpenAPI: [String] {
    guard let openAPI else { return [] }
    return router.catalog.entries.filter { !openAPI.names($0.path) }.map(\.reference.description).sorted()
  }

  /// Starts the workers and returns as soon as all of them accept connections.
  public func start() throws(ServerError) -> RunningServer {
    let missing = flowsMissingFromOpenAPI
    if !missing.isEmpty {
      logger.warning(
        "the OpenAPI document does not have every flow; route-gen openapi writes it anew",
        metadata: ["missing": "\(missing.joined(separator: ", "))"])
    }
    for warning in flowWarnings {
      logger.warning(
        "\(warning.title)",
        metadata: [
          "code": "\(warning.code)", "place": "\(warning.place)", "explanation": "\(warning.explanation)",
          "hint": "\(warning.hint ?? "")",
        ])
    }
    return try RunningServer.start(self)
  }

  /// Starts, and blocks the calling thread until SIGTERM or SIGINT. Then drains: no new connections, requests in flight
  /// are answered, up to the drain time-out. A second signal ends the process at once. A server with certificates reads
  /// them again at SIGHUP, and when it sees that a file has changed.
  ///
  /// Throws when the server cannot start, or when a worker had to give up.
  ///
  /// - Parameter started: called once, as soon as connections are accepted: the place to tell somebody the address.
  public func run(started: (RunningServer) -> Void = { _ in }) throws(ServerError) {
    let signals = StopSignals(reloads: configuration.listenAddresses.contains(where: \.isEncrypted))
    signals.block()
    let running = try start()
    running.whenWorkerFails { signals.raise() }
    started(running)
    let signal = waitForStop(of: running, signals)
    logger.info("draining", metadata: ["signal": "\(signal)"])
    signals.unblock()
    running.stop()
    try running.waitUntilStopped()
    logger.info("stopped")
  }
}

extension Server {
  /// Returns the name of the signal that asks for the end.
  private func waitForStop(of running: RunningServer, _ signals: StopSignals) -> String {
    while true {
      switch signals.wait(atMost: running.hasCertificates ? configuration.tls.checkInterval : nil) {
      case .stop(let name): return name
      case .reload: running.refreshCertificates(because: "SIGHUP")
      case .none: if running.certificatesAreDue { running.refreshCertificates(because: "a file has changed, or their time") }
      }
    }
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
    /// A flow asks for its caller, and nobody finds out who that is.
    public static let authenticatorMissing = Code(name: "authenticator missing")
    /// A value of the configuration is out of its range.
    public static let configurationInvalid = Code(name: "configuration invalid")
    /// A certificate or a key cannot be read, or the two do not belong together.
    public static let certificatesUnusable = Code(name: "certificates unusable")
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
