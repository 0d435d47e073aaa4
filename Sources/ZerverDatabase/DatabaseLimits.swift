/// Bounds of the database effect. Whatever does not fit is refused at once, so no queue grows without end.
public struct DatabaseLimits: Equatable, Sendable {
  /// PostgreSQL: connections that each worker opens. Four keep a small server's cores busy; the server's own
  /// `max_connections` must hold workers × this number.
  public var connectionsPerWorker = 4
  /// PostgreSQL: operations sent and not yet answered on one connection.
  public var inFlightPerConnectionMax = 64
  /// Operations that wait for a connection (PostgreSQL, per worker) or for a thread (SQLite, per kind of thread). The
  /// next one fails with ``EffectFailure/Reason/unavailable``.
  public var queuedMax = 1024
  /// PostgreSQL: longest run of one statement before the server cancels it. The deadline of a request usually comes
  /// earlier; this ends what goes on at the server after the request has gone.
  public var statementTimeout: Duration = .seconds(30)
  /// Time to establish a connection, authentication included.
  public var connectTimeout: Duration = .seconds(5)
  /// A lost connection is tried again after a random part of this time; every failure doubles it…
  public var reconnectBackoffFirst: Duration = .milliseconds(50)
  /// …up to this one.
  public var reconnectBackoffMax: Duration = .seconds(5)
  /// Seed of the random parts. `nil` takes a fresh one for each worker, so that workers do not knock in step.
  public var jitterSeed: UInt64?

  /// SQLite: threads that read, shared by all workers. One more thread writes.
  public var readerThreads = 2
  /// SQLite: how long a statement waits for a lock that another process holds.
  public var busyTimeout: Duration = .seconds(5)
  /// SQLite: what a write has survived when it is answered.
  public var durability = Durability.full

  /// What an answered write survives.
  public enum Durability: Equatable, Sendable {
    /// A power failure: the log is forced to disk before the answer (`synchronous=FULL`). Writes that wait together share
    /// one such force.
    case full
    /// A crash of the process, and the last moments before a power failure may be lost (`synchronous=NORMAL`).
    case processCrash
  }

  public init() {}
}
