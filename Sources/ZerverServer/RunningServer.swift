import CUring
import Glibc
import Logging
import Synchronization
import ZerverCore

/// A server that has started: its workers run, each on a thread of its own.
public final class RunningServer: Sendable {
  /// Where the server listens, with the port that the system chose when it was asked to: `127.0.0.1:8080`.
  public let address: String
  public let port: Int

  /// What the workers have counted. For tests that have to know what has arrived.
  let metrics: Metrics
  private let workers: WorkerThreads

  private init(address: SocketAddress, metrics: Metrics, workers: WorkerThreads) {
    self.metrics = metrics
    self.address = address.description
    port = Int(address.port)
    self.workers = workers
  }

  static func start(_ server: Server) throws(ServerError) -> RunningServer {
    let (router, configuration, logger) = (server.router, server.configuration, server.logger)
    do throws(ProactorError) {
      let probe = try ProactorProbe(configuration.proactor)
      let inherited = try InheritedListeners.take()
      let (address, listeners) =
        if let inherited { try inherited.shared(among: configuration.workerCount) } else { try listen(configuration) }
      let count = listeners.count
      let metrics = Metrics(flows: router.metricsFlows, workers: count)
      let limit = configuration.http.connectionsPerAddressMax
      let census = limit < configuration.http.connectionsMax * count ? ConnectionCensus(perClientMax: limit) : nil
      let workers = WorkerThreads()
      // All that can fail comes before the first thread.
      var controls: [WorkerControl] = []
      do throws(ProactorError) {
        for _ in listeners { controls.append(try WorkerControl()) }
      } catch {
        for listener in listeners { close(listener) }
        throw error
      }
      for (index, listener) in listeners.enumerated() {
        let seed = WorkerSeed(
          index: index, configuration: configuration, router: router, metrics: metrics, logger: logger,
          capabilities: server.capabilities, authenticator: server.authenticator, openAPI: server.openAPI,
          wallClock: server.wallClock, control: controls[index], listener: listener,
          listenerIsShared: inherited != nil, census: census)
        workers.start(seed, on: probe.backend)
      }
      if let failure = workers.waitUntilStarted() {
        workers.stop()
        workers.join()
        throw failure
      }
      logger.info(
        "listening",
        metadata: [
          "address": "\(address)", "workers": "\(count)", "proactor": "\(probe.reason)", "flows": "\(router.count)",
          "socket": inherited == nil ? "its own" : "inherited",
        ])
      return RunningServer(address: address, metrics: metrics, workers: workers)
    } catch {
      throw ServerError(.systemRefused, error.description)
    }
  }

  /// One listener for each worker, all on one port. A request for port 0 is answered by the first.
  private static func listen(_ configuration: ServerConfiguration) throws(ProactorError) -> (SocketAddress, [Int32]) {
    let first = try Listener(host: configuration.host, port: UInt16(truncatingIfNeeded: configuration.port))
    let address = first.address
    var descriptors = [first.release()]
    while descriptors.count < configuration.workerCount {
      do throws(ProactorError) {
        descriptors.append(try Listener(host: configuration.host, port: address.port, joining: true).release())
      } catch {
        for descriptor in descriptors { close(descriptor) }
        throw error
      }
    }
    return (address, descriptors)
  }

  /// Begins to drain: no new connections, requests in flight are answered. Returns at once; from any thread.
  public func stop() { workers.stop() }

  /// Blocks until every worker has ended, after ``stop()`` or because it failed.
  public func waitUntilStopped() throws(ServerError) {
    workers.join()
    if let failure = workers.failure { throw ServerError(.workerFailed, failure.description) }
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
  /// Unix seconds.
  let wallClock: @Sendable () -> Int64
  let control: WorkerControl
  let listener: Int32
  let listenerIsShared: Bool
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
    let body: () -> Void = {
      do throws(ProactorError) {
        switch backend {
        case .ioUring: try Worker<IOUringProactor>.run(seed) { self.workerStarted() }
        case .epoll: try Worker<EpollProactor>.run(seed) { self.workerStarted() }
        }
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
      close(seed.listener)
      return workerEnded(ProactorError(operation: "pthread_create", errno: result))
    }
    state.withLock {
      $0.threads.append(thread)
      $0.controls.append(seed.control)
    }
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
