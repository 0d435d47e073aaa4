@_spi(Server) import ZerverCore

/// One request while it is in flight: its machine, its values, and what its response needs to know of it.
struct RequestSlot: ~Copyable {
  /// Which use of this slot: part of every operation's id, never repeated.
  var version: UInt64 = 0
  var machine = RequestMachine()
  var context = RequestContext()
  /// By strand. Empty until a step parks.
  var parked: [ParkedStep] = []

  /// The connection that waits for the answer; -1 when the client has gone.
  var connection = -1
  /// When the first byte of the request came in.
  var started = Instant(nanoseconds: 0)
  var timer: TimerHandle?
  var isQueued = false
  /// What of the request still stands in the connection's input, or is on its way.
  enum Unread {
    case nothing
    /// All of it: `decode` has not run.
    case request
    /// The rest of a body in parts.
    case parts
  }
  var unread = Unread.nothing
  /// What was read of the request. No optional: to read one of its fields, the compiler would copy all of them.
  var read = AdmittedRequest()

  /// What is answered when the compensations have run.
  private(set) var keptFailure: FlowFailure?
  /// The head of an answer in parts has been written.
  var isStreaming = false
  /// The server stops, so that the part that was given is the last.
  var endsWithDrain = false
  /// Compresses the parts of the answer.
  var compressor: Compressor?
  /// Conditions and range of the request; few have any.
  private(set) var conditions: RequestConditions?
  // To ask whether an optional is `nil` that holds references copies it, in 150 instructions. Most requests have neither.
  private(set) var hasConditions = false
  private var hasKeptFailure = false
  /// Its claim of an `Idempotency-Key`; `nil` for a request without one, and before it has made one.
  var keyed: KeyedRequest?

  /// The router keeps it alive as long as the worker lives.
  var flow: UnsafePointer<BoundFlow> { read.flow }

  init() {}

  mutating func keep(_ failure: FlowFailure) {
    keptFailure = failure
    hasKeptFailure = true
  }

  mutating func set(conditions: RequestConditions?) {
    self.conditions = conditions
    hasConditions = conditions != nil
  }

  /// Forgets what few requests have.
  mutating func dropRareParts() {
    if hasKeptFailure {
      keptFailure = nil
      hasKeptFailure = false
    }
    if hasConditions {
      conditions = nil
      hasConditions = false
    }
    if keyed != nil { keyed = nil }
  }

  mutating func makeRoom(forStrand strand: Int) {
    while parked.count <= strand { parked.append(ParkedStep()) }
  }

  /// What the client is told about the end of a request.
  mutating func failure(of cause: RequestMachine.Cause) -> FlowFailure {
    switch cause {
    case .failure:
      guard let failure = context.failure else { preconditionFailure("a failed step says why") }
      return failure
    case .effect(let strand, let effect):
      guard case .failed(let failure)? = parked[strand].outcome(effect) else {
        return .internalError("a join failed without a failed effect")
      }
      return FlowFailure(failure)
    case .stepTimedOut(let use):
      return FlowFailure(
        code: "step-timed-out", status: 504, detail: "A part of the request did not finish in time.",
        logDetail: "step \(flow.pointee.plan.uses[use].step) ran into its timeout")
    case .deadlinePassed:
      return FlowFailure(code: "deadline-exceeded", status: 504, detail: "The request did not finish in time.")
    case .tooManyEffects(let use):
      return .internalError(
        "step \(flow.pointee.plan.uses[use].step) needs more effects than a request may have")
    case .serverStopped:
      return FlowFailure(
        code: "server-stopped", status: 503, detail: "The server is shutting down.", logDetail: "the server has stopped before")
    case .planEnded:
      return .internalError("the plan ended without a response")
    }
  }
}
