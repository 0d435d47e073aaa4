import Synchronization
@_spi(Server) import ZerverCore

/// The counters of one worker. Its methods are events, called on the worker's thread only; `value` and `flows` are for
/// any thread.
final class WorkerMetrics: Sendable {
  /// The counts that are not of a flow.
  enum Counter: Int, CaseIterable {
    case connectionsAccepted, connectionsClosed, connectionsRefused
    case requestsStarted, requestsFinished
    case staleCompletions
    case bytesReceived, bytesSent
    case recordsRefused, recordsTruncated
    case http2Connections, http2Streams
    case streamsBegun, streamParts, streamBytes, streamHeartbeats
    case inputStreamsBegun, inputStreamParts, inputStreamBytes
  }

  /// How an answer in parts has ended.
  enum StreamEnd: Int, CaseIterable {
    /// With its last part.
    case whole
    /// Its client has gone, or has not taken what it was sent.
    case clientGone
    /// A step has failed, or its deadline has passed: the client has an answer without an end.
    case failure
    /// The server stops: a stream of events has ended early, another one was cut off.
    case drain
  }

  /// How a body in parts has ended.
  enum InputStreamEnd: Int, CaseIterable {
    /// The flow has taken all of it.
    case whole
    /// The request was answered without the rest.
    case left
    /// It was not what it should be, too large or too slow, or the server had no room for the request.
    case refused
    /// The connection has ended first.
    case closed
  }

  /// What became of the beginning of an encrypted connection.
  enum Handshake: Int, CaseIterable {
    /// With the signature of the server.
    case full
    /// With the keys of an earlier connection.
    case resumed
    /// Not TLS, nothing in common, or a client that has not proved who it is.
    case failed
    case timedOut
  }

  /// Why a request was refused before it ran.
  enum Refusal: Int, CaseIterable {
    /// 503: the queue of the request's class is full.
    case queueFull
    /// 503: the worker has no free request slot.
    case slotsFull
    /// 503: the worker holds as many bytes of bodies and answers as it may.
    case memoryFull
    /// 503: the profile of the flow has as many requests in flight as it may.
    case profileFull
    /// 429: the tenant has as many requests in flight as it may.
    case tenantFull

    var status: UInt16 {
      switch self {
      case .queueFull, .slotsFull, .memoryFull, .profileFull: 503
      case .tenantFull: 429
      }
    }
  }

  /// What comes of requests with an `Idempotency-Key`.
  enum KeyEvent: Int, CaseIterable {
    /// A request has got its key, and runs.
    case claimed
    /// It has got it from one that has not come to its end.
    case takenOver
    /// Answered with the answer of an earlier request.
    case replayed
    /// 409: another request has the key.
    case conflict
    /// 422: the key was used for another request.
    case mismatch
    /// The answer of a request is kept.
    case stored
    /// It was one that is not kept, and the key is free again.
    case released
    /// It was too large, so that its repetitions learn no more than that it was given.
    case tooLarge
    /// It could not be kept, or came after another request had taken over.
    case failed
  }

  /// Counts by flow, the unrouted one last.
  let flows: [FlowMetrics]
  private let borrowed: [Unmanaged<FlowMetrics>]

  private let counters: Cells<19>
  private let streamEnds: Cells<4>
  private let inputStreamEnds: Cells<4>
  private let handshakes: Cells<4>
  private let http2Faults: Cells<3>
  private let refusals: Cells<5>
  private let queueDepths: Cells<3>
  /// Eight results for each of three kinds.
  private let effects: Cells<24>
  private let keyEvents: Cells<9>

  init(flows count: Int) {
    flows = (0..<count).map { _ in FlowMetrics() }
    borrowed = flows.map { Unmanaged.passUnretained($0) }
    counters = Cells()
    streamEnds = Cells()
    inputStreamEnds = Cells()
    handshakes = Cells()
    http2Faults = Cells()
    refusals = Cells()
    queueDepths = Cells()
    effects = Cells()
    keyEvents = Cells()
  }

  // MARK: Events

  func connectionAccepted() { counters.add(1, to: Counter.connectionsAccepted.rawValue) }
  func connectionClosed() { counters.add(1, to: Counter.connectionsClosed.rawValue) }
  /// Accepted and closed at once, because the worker has as many as it may have.
  func connectionRefused() { counters.add(1, to: Counter.connectionsRefused.rawValue) }

  func received(bytes: Int) { counters.add(UInt64(bytes), to: Counter.bytesReceived.rawValue) }
  func sent(bytes: Int) { counters.add(UInt64(bytes), to: Counter.bytesSent.rawValue) }

  func handshakeEnded(_ handshake: Handshake) { handshakes.add(1, to: handshake.rawValue) }
  /// A record came that the client cannot have sealed.
  func recordRefused() { counters.add(1, to: Counter.recordsRefused.rawValue) }
  /// An encrypted connection ended without a word, and something was under way.
  func recordsTruncated() { counters.add(1, to: Counter.recordsTruncated.rawValue) }

  /// A connection carries HTTP/2.
  func http2Began() { counters.add(1, to: Counter.http2Connections.rawValue) }
  func http2StreamOpened() { counters.add(1, to: Counter.http2Streams.rawValue) }
  /// A connection of HTTP/2 was ended for what its client did.
  func http2Failed(_ fault: HTTP2Session.Fault) { http2Faults.add(1, to: fault.rawValue) }

  /// The head of an answer in parts has been written: there was more than one.
  func streamBegan() { counters.add(1, to: Counter.streamsBegun.rawValue) }
  /// A part of it, as its step has given it: before it is compressed and framed.
  func streamPart(bytes: Int) {
    counters.add(1, to: Counter.streamParts.rawValue)
    counters.add(UInt64(bytes), to: Counter.streamBytes.rawValue)
  }
  func streamHeartbeat() { counters.add(1, to: Counter.streamHeartbeats.rawValue) }
  /// Every one that has begun ends once.
  func streamEnded(_ end: StreamEnd) { streamEnds.add(1, to: end.rawValue) }

  /// A request has come whose flow takes the body in parts.
  func inputStreamBegan() { counters.add(1, to: Counter.inputStreamsBegun.rawValue) }
  /// Its step is given a part of so many bytes, with their line ends.
  func inputStreamPart(bytes: Int) {
    counters.add(1, to: Counter.inputStreamParts.rawValue)
    counters.add(UInt64(bytes), to: Counter.inputStreamBytes.rawValue)
  }
  /// Every one that has begun ends once.
  func inputStreamEnded(_ end: InputStreamEnd) { inputStreamEnds.add(1, to: end.rawValue) }

  /// The header of a request has been read, or as much of it as can be answered.
  func requestStarted() { counters.add(1, to: Counter.requestsStarted.rawValue) }

  /// A request has been answered, or its client is gone (status 499). Every request that has started finishes once,
  /// refused ones too.
  ///
  /// - Parameter flow: the flow's index, or ``Metrics/unrouted``.
  @inline(__always)
  func requestFinished(flow: Int, status: UInt16, nanoseconds: UInt64) {
    counters.add(1, to: Counter.requestsFinished.rawValue)
    // The array keeps them alive, and nobody changes it: two atomic operations less than to retain and to release one.
    borrowed[flow]._withUnsafeGuaranteedRef { $0.requestFinished(status: status, nanoseconds: nanoseconds) }
  }

  func requestRefused(_ reason: Refusal) { refusals.add(1, to: reason.rawValue) }

  /// A completion came for a request that has gone.
  func staleCompletionDropped() { counters.add(1, to: Counter.staleCompletions.rawValue) }

  /// Steps of a request kept the thread for longer than the quantum of their class.
  func quantumOverrun(flow: Int) { flows[flow].quantumOverrun() }

  func noted(_ event: FlowEvent, flow: Int) { flows[flow].noted(event) }

  func queueDepthChanged(_ priority: PriorityClass, to depth: Int) {
    queueDepths.set(UInt64(depth), at: Int(priority.rawValue))
  }

  func effectCompleted(_ kind: EffectKind, _ outcome: EffectOutcome) {
    effects.add(1, to: Self.cell(kind, EffectResult(outcome)))
  }

  func keyed(_ event: KeyEvent) { keyEvents.add(1, to: event.rawValue) }

  // MARK: For readers

  func value(_ event: KeyEvent) -> UInt64 { keyEvents[event.rawValue] }
  func value(_ counter: Counter) -> UInt64 { counters[counter.rawValue] }
  func value(_ end: StreamEnd) -> UInt64 { streamEnds[end.rawValue] }
  func value(_ end: InputStreamEnd) -> UInt64 { inputStreamEnds[end.rawValue] }
  func value(_ handshake: Handshake) -> UInt64 { handshakes[handshake.rawValue] }
  func value(_ fault: HTTP2Session.Fault) -> UInt64 { http2Faults[fault.rawValue] }
  func value(_ refusal: Refusal) -> UInt64 { refusals[refusal.rawValue] }
  func queueDepth(_ priority: PriorityClass) -> UInt64 { queueDepths[Int(priority.rawValue)] }
  func value(_ kind: EffectKind, _ result: EffectResult) -> UInt64 { effects[Self.cell(kind, result)] }

  private static func cell(_ kind: EffectKind, _ result: EffectResult) -> Int {
    Int(kind.rawValue) * EffectResult.count + result.rawValue
  }
}

/// The outcome of an effect, as a label.
enum EffectResult: Int, CaseIterable {
  case success, unavailable, timedOut, conditionNotMet, constraintViolated, outcomeUnknown, refused, unsupported

  static var count: Int { 8 }

  init(_ outcome: EffectOutcome) {
    guard case .failed(let failure) = outcome else {
      self = .success
      return
    }
    self =
      switch failure.reason {
      case .unavailable: .unavailable
      case .timedOut: .timedOut
      case .conditionNotMet: .conditionNotMet
      case .constraintViolated: .constraintViolated
      case .outcomeUnknown: .outcomeUnknown
      case .refused: .refused
      case .unsupported: .unsupported
      }
  }
}
