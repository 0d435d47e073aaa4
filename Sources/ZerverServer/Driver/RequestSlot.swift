import ZerverCore

/// One request while it is in flight: its machine, its values, and what its response needs to know of it.
struct RequestSlot: ~Copyable {
  /// Which use of this slot: part of every operation's id, never repeated.
  var version: UInt64 = 0
  var machine = RequestMachine()
  var context = RequestContext()
  /// By strand: what a parked step waits for, and what it will be resumed with.
  var parked: [ParkedStep] = []

  /// The flow; the router keeps it alive as long as the worker lives.
  var flow: UnsafePointer<BoundFlow>!
  /// The connection that waits for the answer; -1 when the client has gone.
  var connection = -1
  /// The first byte of the request came in at this instant.
  var started = Instant(nanoseconds: 0)
  var timer: TimerHandle?
  var isQueued = false
  /// The input's bytes are still needed: `decode` has not run.
  var needsInput = false
  var isHead = false
  var keepAlive = true
  var isHTTP10 = false
  /// The request came by an alias that answers in place.
  var isServedAlias = false
  /// Where the query stands, counted from the first byte of the request.
  var queryOffset = 0
  var queryBytes = 0

  init() {}
}

/// What a strand of a request waits for.
struct ParkedStep {
  var round = 0
  var need: Need?
  var outcomes: [EffectOutcome?] = []
  var progress: Progress?
  /// The step has parked or yielded, and runs again.
  var isResumable = false

  mutating func clear() {
    round = 0
    need = nil
    outcomes.removeAll(keepingCapacity: true)
    progress = nil
    isResumable = false
  }
}
