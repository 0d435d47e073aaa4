import CUring
import Glibc
import Logging
import Synchronization
@_spi(Server) import ZerverCore

/// A server that has started: its workers run, each on a thread of its own.
public final class RunningServer: Sendable {
  /// Where the server listens, with the port that the system chose when it was asked to: `127.0.0.1:8080`. The first of
  /// ``addresses``.
  public let address: String
  /// The port of ``address``; 0 for a Unix-domain socket.
  public let port: Int
  /// Every place where the server listens, in the order of the configuration.
  public let addresses: [String]
  /// How clients reach ``addresses``: `https://127.0.0.1:8443`. A Unix-domain socket has no URL and stands as it is.
  public let urls: [String]
  /// The ports of ``addresses``.
  package let ports: [Int]

  /// What the workers have counted. For tests that have to know what has arrived.
  let metrics: Metrics
  private let workers: WorkerThreads
  private let socketFiles: [SocketFile]
  /// `nil` when nothing is encrypted.
  private let tls: TLSStore?
  private let logger: Logger

  private init(
    _ listeners: ServerListeners, metrics: Metrics, workers: WorkerThreads, tls: TLSStore?, logger: Logger
  ) {
    addresses = listeners.places.map(\.description)
    urls = listeners.places.map { $0.port == 0 ? $0.description : ($0.isEncrypted ? "https://" : "http://") + $0.description }
    ports = listeners.places.map(\.port)
    address = addresses[0]
    port = ports[0]
    socketFiles = listeners.places.compactMap(\.file)
    self.metrics = metrics
    self.workers = workers
    self.tls = tls
    self.logger = logger
  }

  static func start(_ server: Server) throws(ServerError) -> RunningServer {
    let (router, configuration, logger) = (server.router, server.configuration, server.logger)
    let tls = try certificates(configuration)
    do throws(ProactorError) {
      let probe = try ProactorProbe(configuration.proactor)
      let listeners = try ServerListeners(configuration)
      let count = listeners.workers
      let metrics = Metrics(flows: router.metricsFlows, workers: count)
      let limit = configuration.http.connectionsPerAddressMax
      let census = limit < configuration.http.connectionsMax * count ? ConnectionCensus(perClientMax: limit) : nil
      let workers = WorkerThreads()
      // All that can fail comes before the first thread.
      var controls: [WorkerControl] = []
      do throws(ProactorError) {
        for _ in 0..<count { controls.append(try WorkerControl()) }
      } catch {
        listeners.close()
        throw error
      }
      for index in 0..<count {
        let seed = WorkerSeed(
          index: index, configuration: configuration, router: router, metrics: metrics, logger: logger,
          capabilities: server.capabilities, authenticator: server.authenticator, openAPI: server.openAPI,
          files: server.files, wallClock: server.wallClock, control: controls[index], listeners: listeners.listeners(ofWorker: index), tls: tls,
          census: census)
        workers.start(seed, on: probe.backend)
      }
      let running = RunningServer(listeners, metrics: metrics, workers: workers, tls: tls, logger: logger)
      if let failure = workers.waitUntilStarted() {
        workers.stop()
        running.join()
        throw failure
      }
      logger.info(
        "listening",
        metadata: [
          "address": "\(running.addresses.joined(separator: ", "))", "workers": "\(count)", "proactor": "\(probe.reason)",
          "flows": "\(router.count)", "socket": listeners.areInherited ? "inherited" : "its own",
        ])
      if let tls { running.warnOfEnd(of: tls.current) }
      return running
    } catch {
      throw ServerError(.systemRefused, error.description)
    }
  }

  // MARK: Certificates

  private static func certificates(_ configuration: ServerConfiguration) throws(ServerError) -> TLSStore? {
    guard configuration.listenAddresses.contains(where: \.isEncrypted) else { return nil }
    do throws(TLSContext.Fault) { 
      return try TLSStore(configuration.tls, offersHTTP2: configuration.http2.alpn == .offered)
    } catch {
      throw ServerError(.certificatesUnusable, error.description)
    }
  }

  /// Reads the files of the certificates again, for connections that begin from now on; those that are there keep theirs.
  /// From any thread. ``Server/run(started:)`` does it at SIGHUP and when a file has changed.
  ///
  /// Throws when a file cannot be used. The certificates stay as they are then. Nothing happens without TLS.
  public func reloadCertificates() throws(ServerError) {
    guard let tls else { return }
    do throws(TLSContext.Fault) { try tls.reload() } catch {
      throw ServerError(.certificatesUnusable, error.description)
    }
    warnOfEnd(of: tls.current)
  }

  /// Reads the certificates again, and logs what came of it.
  func refreshCertificates(because reason: Logger.MetadataValue) {
    do throws(ServerError) {
      try reloadCertificates()
      logger.info("certificates read again", metadata: ["because": reason])
    } catch {
      logger.error("the old certificates stay", metadata: ["because": reason, "reason": "\(error.description)"])
    }
  }

  var hasCertificates: Bool { tls != nil }
  /// A file has changed, or the keys for tickets are old.
  var certificatesAreDue: Bool { tls?.isDue ?? false }

  /// An end that is near, or has passed, is a warning: the server serves with what it has.
  private func warnOfEnd(of certificates: TLSCertificates) {
    let days = (certificates.endSeconds - WallClock.seconds) / (24 * 3600)
    if certificates.endSeconds < WallClock.seconds {
      logger.error("a certificate of the server has ended")
    } else if days < 14 {
      logger.warning("a certificate of the server ends soon", metadata: ["days": "\(days)"])
    }
  }

  // MARK: The end

  /// Begins to drain: no new connections, requests in flight are answered. Returns at once; from any thread.
  public func stop() { workers.stop() }

  /// Blocks until every worker has ended, after ``stop()`` or because it failed.
  public func waitUntilStopped() throws(ServerError) {
    join()
    if let failure = workers.failure { throw ServerError(.workerFailed, failure.description) }
  }

  private func join() {
    workers.join()
    for file in socketFiles { file.remove() }
  }

  /// Called once, on the failing worker's thread, when a worker gives up. The others drain.
  func whenWorkerFails(_ handler: @escaping @Sendable () -> Void) { workers.whenOneFails(handler) }
}

/// What a worker is made of, on its way to the thread where the worker is made.
struct WorkerSeed: Sendable {
  let index: Int
  let configuration: ServerConfiguration
  let router: Router
  let metrics: Metrics
  let logger: Logger
  let capabilities: Capabilities
  let authenticator: (any Authenticator)?
  let openAPI: OpenAPIDocument?
  let files: FileRoot?
  /// Unix seconds.
  let wallClock: @Sendable () -> Int64
  let control: WorkerControl
  /// One for each place, in the order of the configuration.
  let listeners: [WorkerListener]
  let tls: TLSStore?
  let census: ConnectionCensus?
}

/// The threads of a server, and what is known of their fate.
final class WorkerThreads: Sendable {
  private struct State {
    var threads: [pthread_t] = []
    var controls: [WorkerControl] = []
    var started = 0
    var failure: ProactorError?
    var onFailure: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let isJoined = Mutex(false)
  /// Posted when a worker has started or ended.
  private let changed = Semaphore()

  func start(_ seed: WorkerSeed, on backend: ProactorProbe.Backend) {
    // Each is named here, so that the compiler has the concrete worker before it and specialises it.
    switch backend {
    case .ioUring: start(seed) { started throws(ProactorError) in try Worker<IOUringProactor>.run(seed, whenStarted: started) }
    case .epoll: start(seed) { started throws(ProactorError) in try Worker<EpollProactor>.run(seed, whenStarted: started) }
    }
  }

  /// - Parameter run: runs the worker on the thread that calls it, and calls back when it has started.
  func start(_ seed: WorkerSeed, _ run: @escaping (() -> Void) throws(ProactorError) -> Void) {
    let body: () -> Void = {
      Self.blockPipeSignal()
      do throws(ProactorError) {
        try run { self.workerStarted() }
        self.workerEnded(nil)
      } catch {
        self.workerEnded(error)
      }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(ThreadBody(body))
    let result = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      box.release()
      for listener in seed.listeners { close(listener.descriptor) }
      return workerEnded(ProactorError(operation: "pthread_create", errno: result))
    }
    state.withLock {
      $0.threads.append(thread)
      $0.controls.append(seed.control)
    }
  }

  /// `sendfile` raises SIGPIPE where a client has gone, and has no flag against it. The signal goes to the thread that has
  /// asked, so that it is enough to block it there: the call answers `EPIPE`, and the process keeps what it does with signals.
  private static func blockPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Returns the failure of the first worker that could not start.
  func waitUntilStarted() -> ProactorError? {
    while true {
      let (isDone, failure) = state.withLock { ($0.started == $0.threads.count, $0.failure) }
      if isDone || failure != nil { return failure }
      changed.wait()
    }
  }

  func stop() {
    for control in state.withLock({ $0.controls }) { control.stop() }
  }

  func join() {
    // A second caller waits for the first.
    isJoined.withLock { isJoined in
      if !isJoined {
        for thread in state.withLock({ $0.threads }) { pthread_join(thread, nil) }
      }
      isJoined = true
    }
  }

  var failure: ProactorError? { state.withLock { $0.failure } }

  func whenOneFails(_ handler: @escaping @Sendable () -> Void) {
    let failed = state.withLock { state in
      state.onFailure = handler
      return state.failure != nil
    }
    if failed { handler() }
  }

  private func workerStarted() {
    state.withLock { $0.started += 1 }
    changed.post()
  }

  private func workerEnded(_ failure: ProactorError?) {
    let handler = state.withLock { state in
      if let failure, state.failure == nil {
        state.failure = failure
        return state.onFailure
      }
      return nil
    }
    changed.post()
    guard failure != nil else { return }
    // A server that has lost a worker still owns the port: connections would hang in the dead worker's backlog.
    stop()
    handler?()
  }
}

private final class ThreadBody {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

/// A counting semaphore of the C library.
private final class Semaphore: @unchecked Sendable {
  // The address must not move, and `sem_t` is made for several threads.
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }
  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }
  func post() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 {} }
}
