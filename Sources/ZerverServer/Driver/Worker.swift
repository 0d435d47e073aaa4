import Glibc
import Logging
@_spi(Server) import ZerverCore

/// One thread of the server: its own proactor, listener, connections, run queue, timers and capabilities. Nothing is
/// shared with other workers but the router, which nobody writes, and the metrics, which only the owner writes.
///
/// All methods are `mutating`, those that only read as well: to lend a struct of this size to a method that does not
/// mutate it, the compiler copies it, which showed as 12% of the time of a pipelined request.
///
/// A turn of the loop: take what the kernel has completed, take the answers of effects, run what is ready, send what came
/// out of it, hand everything to the kernel in one call and wait.
struct Worker<Backend: Proactor & ~Copyable>: ~Copyable {
  let index: Int
  let configuration: ServerConfiguration
  let router: Router
  let metrics: WorkerMetrics
  let allMetrics: Metrics
  let logger: Logger
  var requestLog: RequestLog
  let control: WorkerControl
  let hub: WorkerHub
  let authenticator: (any Authenticator)?
  let openAPI: OpenAPIDocument?
  let capabilities: [(kind: EffectKind, capability: any Capability)]
  /// By the raw value of the kind.
  let capabilityOfKind: [(any Capability)?]

  var proactor: Backend
  var listeners: [WorkerListener]
  /// `nil` when no listener is encrypted.
  let tls: TLSStore?
  var now: Instant
  var ready: ReadyQueue
  var timers: TimerQueue
  var connections: SlotTable<Connection>
  var requests: SlotTable<RequestSlot>
  var buffers: BufferPool
  var date: HTTPDateLine
  /// Scratch space for the body and the header lines of answers without a flow.
  var body = ByteBuffer()
  var lines = ByteBuffer()
  /// What browsers are told about pages of other origins; `nil` for nothing.
  let cors: CORSPolicy?
  /// Where the files of flows with `output file` lie.
  let files: FileRoot?
  let filesInFlight: FilesInFlight
  let hasCORS: Bool
  /// A document before it is compressed.
  var documentBody = ByteBuffer()
  var compressors = CompressorTable()
  /// The query or body of a request by a bound path, with the fields of the path.
  var joined = ByteBuffer()
  /// Who has sent the request that is being routed; `nil` when its flow does not ask, or nobody knows.
  var caller: Caller?
  var documents = DocumentCache()
  /// Requests in flight by tenant.
  var tenants: TenantCap
  /// Requests in flight by the caps of the router.
  var inFlightOfCap: [Int]
  /// The time of day, in Unix seconds, at most 100 ms old.
  var wallSeconds: Int64
  private let wallClock: @Sendable () -> Int64
  let retryAfterLine: [UInt8]
  private var dateUntil = Instant(nanoseconds: 0)

  /// Connections with output to send, and those that hold a receive buffer, in this turn.
  var dirty: [Int32] = []
  var holding: [Int32] = []
  /// Connections whose receive ended because no buffer was free.
  var starved: [Int32] = []
  /// Lists that swap places with the hub's, so that neither allocates.
  var completions: [CompletedOperation] = []
  var commands: [WorkerHub.Command] = []

  /// When to accept again after the process ran out of descriptors.
  var acceptAgainAt: Instant?
  /// Connections that are open only to be told that they are too many. They count for no limit but their own.
  var refusedConnections = 0
  /// Requests in flight whose body comes in parts. They wait for their clients, so they may have half of the slots: who sends
  /// slowly shall not keep everybody else out.
  var requestsWithParts = 0
  /// Slots of `connections` that are requests of HTTP/2.
  var streamsOpen = 0
  let http2Limits: HTTP2Limits
  /// Bytes of bodies on their way and of answers in the kernel.
  var bufferedBytes = 0
  /// Shared with the other workers; `nil` when no client can have too many connections.
  let census: ConnectionCensus?
  var isDraining = false
  var drainUntil = Instant(nanoseconds: .max)
  /// For waits between attempts.
  var randomNumbers = RandomNumbers(seed: .random(in: .min ... .max))
  /// Claims of an `Idempotency-Key` before expired records are removed again.
  var claimsUntilSweep = 0
  let machineLimits: RequestMachine.Limits
  let httpLimits: HTTPLimits
  let timeouts: WorkerTimeouts
  /// Answers of flows get an entity tag.
  let tagsAnswers: Bool
  /// By the raw value of the class, in nanoseconds.
  let quanta: [UInt64]

  /// Makes a worker on the calling thread and runs it until the server stops.
  static func run(_ seed: WorkerSeed, whenStarted: () -> Void) throws(ProactorError) {
    do throws(ProactorError) {
      var worker: Worker
      do throws(ProactorError) { worker = try Worker(seed) } catch {
        for listener in seed.listeners { Glibc.close(listener.descriptor) }
        throw error
      }
      do throws(ProactorError) { try worker.run(whenStarted: whenStarted) } catch {
        worker.giveUp()
        throw error
      }
    } catch {
      logFailure(seed, error)
      throw error
    }
  }

  private init(_ seed: WorkerSeed) throws(ProactorError) {
    let configuration = seed.configuration
    let limits = configuration.httpLimits
    let connectionsMax = configuration.http.connectionsMax + Self.refusedConnectionsMax + Self.streamsMax
    let slotsMax = min(configuration.requests.inFlightMax, OperationID.slotsMax)
    let proactor = try Backend(ProactorConfiguration())
    let buffers = try BufferPool(buffersMax: connectionsMax * Connection.buffersMax)
    let connections = try SlotTable(slotsMax: connectionsMax) { Connection(limits: limits) }
    let requests = try SlotTable(slotsMax: slotsMax) { RequestSlot() }
    let start = MonotonicClock.now
    let wakeUp = seed.control.wakeUp
    self.proactor = proactor
    self.buffers = buffers
    self.connections = connections
    self.requests = requests
    index = seed.index
    self.configuration = configuration
    router = seed.router
    allMetrics = seed.metrics
    metrics = seed.metrics.workers[seed.index]
    logger = seed.logger
    requestLog = RequestLog(mode: configuration.log.requests, worker: seed.index, logger: seed.logger)
    control = seed.control
    census = seed.census
    listeners = seed.listeners
    tls = seed.tls
    now = start
    wallClock = seed.wallClock
    wallSeconds = seed.wallClock()
    date = HTTPDateLine(unixSeconds: Int(wallSeconds))
    authenticator = seed.authenticator
    openAPI = seed.openAPI
    tenants = TenantCap(configuration.requests)
    inFlightOfCap = Array(repeating: 0, count: seed.router.caps.count)
    files = seed.files
    filesInFlight = FilesInFlight(configuration)
    cors = CORSPolicy(configuration.cors)
    hasCORS = cors != nil
    retryAfterLine = Array("Retry-After: \(max(1, configuration.requests.retryAfter.components.seconds))\r\n".utf8)
    hub = WorkerHub(workerIndex: seed.index, now: start, mailbox: WorkerMailbox { wakeUp.wake() })
    var capabilities: [(EffectKind, any Capability)] = []
    for kind in seed.capabilities.kinds {
      if let capability = seed.capabilities.make(kind) { capabilities.append((kind, capability)) }
    }
    self.capabilities = capabilities
    capabilityOfKind = EffectKind.allCases.map { kind in capabilities.first { $0.0 == kind }?.1 }
    ready = ReadyQueue(slots: slotsMax, limits: configuration.readyQueueLimits)
    timers = TimerQueue(now: start)
    http2Limits = HTTP2Limits(configuration, outputBytesMax: Self.outputBytesMax, sliceBytes: Self.sliceBytesMax)
    machineLimits = configuration.machineLimits
    httpLimits = limits
    timeouts = WorkerTimeouts(configuration.timeouts)
    tagsAnswers = configuration.http.entityTags == .automatic
    quanta = PriorityClass.allCases.map { UInt64(configuration.classes[$0].quantum.nanosecondsWhole) }
  }

  /// Runs until the server is told to stop and every request has been answered, or the drain deadline has passed.
  private mutating func run(whenStarted: () -> Void) throws(ProactorError) {
    for (_, capability) in capabilities { capability.start(on: hub) }
    proactor.poll(descriptor: control.wakeUp.descriptor, for: .readable, token: ProactorToken(.wake, slot: 0, generation: 0))
    startAccepting()
    whenStarted()
    while !isFinished() {
      try proactor.submitAndWait(nanosecondsMax: waitNanoseconds())
      refreshClock()
      while let completion = proactor.nextCompletion() { handle(completion) }
      fireTimers()
      takeOutcomes()
      runReady()
      for (_, capability) in capabilities { capability.flush() }
      carryOutCommands()
      sendOutput()
      releaseHeldBuffers()
      publishGauges()
    }
    stop()
  }

  // MARK: The parts of a turn

  private mutating func refreshClock() {
    now = MonotonicClock.now
    hub.now = now
    if now >= dateUntil {
      // The wall clock is asked ten times a second at most; a `Date` that lags by so much is as good.
      wallSeconds = wallClock()
      date.update(unixSeconds: Int(wallSeconds))
      dateUntil = now + .milliseconds(100)
    }
  }

  private mutating func handle(_ completion: Completion) {
    switch completion.token.kind {
    case .receive: received(completion)
    case .send: sent(completion)
    case .writable: writable(completion)
    case .accept: accepted(completion)
    case .capability: hub.ready(slot: completion.token.slot, generation: completion.token.generation)
    case .wake: wokenUp()
    case .timer: preconditionFailure("timers are the worker's own")
    }
  }

  private mutating func wokenUp() {
    control.wakeUp.acknowledge()
    proactor.poll(descriptor: control.wakeUp.descriptor, for: .readable, token: ProactorToken(.wake, slot: 0, generation: 0))
    hub.workerMailbox.take(into: &completions)
    handOutCompletions()
    if control.isStopping && !isDraining { drain() }
  }

  private mutating func fireTimers() {
    while let payload = timers.popExpired(now: now) {
      let timer = WorkerTimer(payload: payload)
      switch timer.kind {
      case .connection: connectionTimerFired(timer.slot, generation: timer.generation)
      case .request: requestTimerFired(timer.slot, version: timer.generation)
      }
    }
    hub.fireTimers()
    if let again = acceptAgainAt, now >= again {
      acceptAgainAt = nil
      startAccepting()
    }
  }

  private mutating func takeOutcomes() {
    hub.takeCompletions(into: &completions)
    handOutCompletions()
  }

  private mutating func handOutCompletions() {
    for completed in completions { effectCompleted(completed.operation, completed.outcome) }
    completions.removeAll(keepingCapacity: true)
  }

  /// Runs requests until none is ready, but not for longer than a slice: the kernel has to be asked for news.
  private mutating func runReady() {
    let sliceEnds = now.advanced(byNanoseconds: 4_000_000)
    while true {
      while let entry = ready.pop(at: now) {
        drive(entry.slot)
        if now >= sliceEnds { return }
      }
      // Effects that are answered on the spot make requests ready again in the same turn.
      guard hub.hasCompletions else { return }
      takeOutcomes()
    }
  }

  private mutating func carryOutCommands() {
    hub.takeCommands(into: &commands)
    for command in commands {
      switch command {
      case .watch(let id, let descriptor, let events):
        proactor.poll(
          descriptor: descriptor, for: events, token: ProactorToken(.capability, slot: id.slot, generation: id.generation))
      case .unwatch(let id):
        proactor.cancel(ProactorToken(.capability, slot: id.slot, generation: id.generation))
      }
    }
    commands.removeAll(keepingCapacity: true)
  }

  private mutating func waitNanoseconds() -> UInt64? {
    if !ready.isEmpty || hub.hasCompletions { return 0 }
    var next = timers.nextDeadline
    if let timer = hub.nextTimer { next = min(next ?? timer, timer) }
    if let again = acceptAgainAt { next = min(next ?? again, again) }
    if isDraining { next = min(next ?? drainUntil, drainUntil) }
    return next.map { $0.nanoseconds(since: now) }
  }

  private mutating func publishGauges() {
    for priority in PriorityClass.allCases { metrics.queueDepthChanged(priority, to: ready.count(of: priority)) }
  }

  // MARK: The end

  private mutating func isFinished() -> Bool {
    isDraining && (connections.inUse == 0 && requests.inUse == 0 && listeners.allSatisfy { $0.descriptor < 0 } || now >= drainUntil)
  }

  private mutating func drain() {
    isDraining = true
    drainUntil = now + configuration.timeouts.drain
    stopAccepting()
    endEventStreams()
    // A client in the middle of a request gets its answer. One that is idle may have sent its next request just now.
    for index in 0..<connections.capacity where connections[index].pointee.phase == .head && inputIsEmpty(index) {
      setDeadlineForPhase(index)
    }
    for index in 0..<connections.capacity where connections[index].pointee.phase == .frames { drainFrames(index) }
  }

  /// The kernel does not serve this worker any more: whatever can be closed without it is closed, so that clients see an
  /// end instead of silence.
  private mutating func giveUp() {
    for (_, capability) in capabilities { capability.stop() }
    hub.workerMailbox.close()
    closeListeners()
    for index in 0..<connections.capacity where connections[index].pointee.descriptor >= 0 {
      Glibc.close(connections[index].pointee.descriptor)
    }
  }

  private mutating func closeListeners() {
    for index in listeners.indices where listeners[index].descriptor >= 0 {
      Glibc.close(listeners[index].descriptor)
      listeners[index].descriptor = -1
    }
  }

  private static func logFailure(_ seed: WorkerSeed, _ error: ProactorError) {
    seed.logger.critical("a worker has failed", metadata: ["worker": "\(seed.index)", "reason": "\(error)"])
  }

  private mutating func stop() {
    for index in 0..<requests.capacity where !requests[index].pointee.machine.isIdle { cut(index) }
    for (_, capability) in capabilities { capability.stop() }
    hub.workerMailbox.close()
    for index in 0..<connections.capacity { close(index) }
    // The drain had no time to wait for the end of the accept.
    closeListeners()
    // The kernel still holds their operations. What it has not given back after this many turns goes with the process.
    var turns = 0
    while connections.inUse > 0, turns < 100 {
      turns += 1
      guard (try? proactor.submitAndWait(timeout: .milliseconds(10))) != nil else { return }
      while let completion = proactor.nextCompletion() { handle(completion) }
    }
  }
}

/// The time-outs of connections in nanoseconds: computed once, because a `Duration` counts in 128 bits.
struct WorkerTimeouts {
  let handshake, header, body, idle, write, drainIdle, heartbeat: UInt64

  init(_ timeouts: ServerConfiguration.Timeouts) {
    handshake = UInt64(timeouts.handshake.nanosecondsWhole)
    header = UInt64(timeouts.header.nanosecondsWhole)
    body = UInt64(timeouts.body.nanosecondsWhole)
    idle = UInt64(timeouts.idle.nanosecondsWhole)
    write = UInt64(timeouts.write.nanosecondsWhole)
    drainIdle = UInt64(timeouts.drainIdle.nanosecondsWhole)
    heartbeat = UInt64(timeouts.heartbeat.nanosecondsWhole)
  }
}

/// What a timer of a worker is about: 1 bit for the kind, 23 for the slot, 40 for the generation of its use.
struct WorkerTimer {
  enum Kind: UInt64 {
    case connection, request
  }
  let kind: Kind
  let slot: Int
  let generation: UInt64

  init(_ kind: Kind, slot: Int, generation: UInt64) {
    self.kind = kind
    self.slot = slot
    self.generation = generation & 0xFF_FFFF_FFFF
  }

  init(payload: UInt64) {
    kind = payload >> 63 == 0 ? .connection : .request
    slot = Int(payload >> 40 & 0x7F_FFFF)
    generation = payload & 0xFF_FFFF_FFFF
  }

  var payload: UInt64 { kind.rawValue << 63 | UInt64(slot) << 40 | generation }
}
