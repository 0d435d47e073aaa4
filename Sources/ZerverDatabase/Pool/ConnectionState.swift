import ZerverCore

/// What one connection of the pool is doing, and which answers are still to come on it.
struct ConnectionState {
  enum Phase: Equatable {
    /// Not connected until then. Can become: connecting.
    case waiting(until: Instant)
    /// libpq is at work. Can become: configuring, or waiting when it fails or takes longer than this.
    case connecting(until: Instant)
    /// Connected; the session's settings are on their way. Can become: ready, waiting.
    case configuring(until: Instant)
    /// Takes operations. Can become: reserved, waiting.
    case ready
    /// A guarded transaction is open on it; nothing else may be sent. Can become: ready, waiting.
    case reserved(OperationKey)
  }

  /// What the server will answer next. Every entry but a sync brings one result; the adapter takes the terminators.
  enum Expected: Equatable {
    case settings
    case prepare(statement: Int)
    case read(OperationKey, statement: Int)
    case write(OperationKey, statement: Int)
    case begin(OperationKey)
    case commit(OperationKey)
    case rollback(OperationKey)
    case sync(Segment)
  }

  /// What a sync ends.
  enum Segment: Equatable {
    case settings
    case prepare
    case reads
    /// The whole write.
    case write(OperationKey)
    /// The statements of a guarded transaction: now it is decided.
    case conditions(OperationKey)
    /// The `COMMIT` or `ROLLBACK` of a guarded transaction.
    case end(OperationKey)
  }

  /// How far a statement is prepared on this connection.
  struct Preparation: Equatable {
    /// The prepare was sent, and has not failed since.
    var isSent = false
    /// Goes into the statement's name: a plan that went stale is prepared anew under another name.
    var generation = 0
    /// Why the last prepare failed.
    var failure: EffectFailure?
  }

  var phase: Phase
  /// Attempts that have failed since the last one that worked.
  var failures = 0
  var expected = FIFO<Expected>()
  /// Operations sent and not finished.
  var inFlight = 0
  /// Reads since the last sync. They wait for the sync at the end of the turn.
  var openReads = 0
  /// By statement number.
  var preparations: [Preparation] = []

  init(phase: Phase) { self.phase = phase }

  var isConnected: Bool {
    switch phase {
    case .configuring, .ready, .reserved: true
    case .waiting, .connecting: false
    }
  }

  /// Forgets everything that ended with the connection.
  mutating func reset(to phase: Phase) {
    self.phase = phase
    expected.removeAll()
    inFlight = 0
    openReads = 0
    preparations.removeAll(keepingCapacity: true)
  }
}
