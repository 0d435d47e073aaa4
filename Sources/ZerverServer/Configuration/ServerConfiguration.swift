public import Logging

/// Everything about a server that is not its flows.
///
/// Every value has a default that serves; an app changes what it needs, or loads the values with
/// ``load(flags:environment:)`` from flags, environment and a JSON file.
///
/// ```swift
/// var configuration = ServerConfiguration()
/// configuration.port = 8081
/// configuration.http.bodyBytesMax = 64 << 10
/// ```
public struct ServerConfiguration: Equatable, Sendable {
  /// The address to listen on, IPv4 or IPv6. Loopback by default: a server is not open to a network unless somebody says
  /// so. `0.0.0.0` or `::` listens on every interface.
  public var host = "127.0.0.1"
  /// The TCP port. With 0 the system chooses one, and the start line in the log names it. Default 8080.
  public var port = 8080
  /// Threads, each with its own listener, connections and queues. `nil` (the default): one for each CPU that the process
  /// may run on, see ``workerCount``.
  public var workers: Int?
  /// Default: automatic.
  public var proactor = ProactorChoice.automatic
  public var http = HTTP()
  public var timeouts = Timeouts()
  public var profiles = Profiles()
  public var requests = Requests()
  public var log = Log()
  public var database = Database()

  public init() {}

  /// Limits on what a client may send. Each is per request, except where it says otherwise.
  public struct HTTP: Equatable, Sendable {
    /// Request line in bytes, its end excluded. Longer: 414. Default 8 KiB: what RFC 9112 §3 recommends as the least.
    public var requestLineBytesMax = 8 << 10
    /// All header fields together, in bytes. Longer: 431. Default 32 KiB.
    public var headerBytesMax = 32 << 10
    /// Header fields. More: 431. Default 100.
    public var headerCountMax = 100
    /// Body in bytes, after transfer coding. Longer: 413. Default 1 MiB.
    public var bodyBytesMax = 1 << 20
    /// Requests of one connection that are read ahead while an earlier one is not answered yet; the rest waits in the
    /// socket. Default 64.
    public var pipelinedRequestsMax = 64
    /// Open connections of one worker. More are closed as soon as they are accepted. Default 16,384.
    public var connectionsMax = 16_384
    public init() {}
  }

  public struct Timeouts: Equatable, Sendable {
    /// From the first byte of a request to the end of its header, and from the accept to the first byte. Then: 408 and
    /// close. Default 10 s.
    public var header = Duration.seconds(10)
    /// From the end of the header to the end of the body. Then: 408 and close. Default 30 s.
    public var body = Duration.seconds(30)
    /// Between two requests of a connection. Then: close. Default 75 s, more than the 60 s after which common load
    /// balancers give a connection up: the side that has requests to send should be the one that closes.
    public var idle = Duration.seconds(75)
    /// For how long a client may take no byte of its response. Then: close. Default 30 s.
    public var write = Duration.seconds(30)
    /// How long requests in flight may take to finish after SIGTERM. Then they are cut off. Default 25 s: within the
    /// 30 s that orchestrators usually grant before they kill.
    public var drain = Duration.seconds(25)
    public init() {}
  }

  /// The policies that flows name with `profile`. Each profile runs in the priority class of its name.
  public struct Profiles: Equatable, Sendable {
    /// A person waits. Default: quantum 2 ms, deadline 2 s.
    public var interactive = Profile(quantum: .milliseconds(2), deadline: .seconds(2))
    /// A program waits. Default: quantum 5 ms, deadline 10 s.
    public var `default` = Profile(quantum: .milliseconds(5), deadline: .seconds(10))
    /// Nobody waits. Default: quantum 20 ms, deadline 60 s.
    public var batch = Profile(quantum: .milliseconds(20), deadline: .seconds(60))
    public init() {}
  }

  public struct Profile: Equatable, Sendable {
    /// Requests of this class that may wait in a worker's run queue. More: 503 at once. Default 1,024.
    public var queuedMax = 1024
    /// How long steps of this class may keep the thread before it goes to the next request. A step is not interrupted;
    /// one that takes longer is counted as an overrun.
    public var quantum: Duration
    /// For a flow that sets no deadline: from the first byte of the request to the answer. Then: 504.
    public var deadline: Duration

    public init(quantum: Duration, deadline: Duration) {
      self.quantum = quantum
      self.deadline = deadline
    }
  }

  /// Limits on requests that are admitted.
  public struct Requests: Equatable, Sendable {
    /// Requests that one worker works on at the same time, waiting ones included. More: 503. Default 4,096.
    public var inFlightMax = 4096
    /// Steps of one request that run or wait at the same time; further branches start when one has ended. Default 16.
    public var parallelStepsMax = 16
    /// Effects of one request in flight; further ones wait. Default 32.
    public var effectsInFlightMax = 32
    /// After this long in its queue, a request is served before those of a higher class that came later. Default 100 ms.
    public var aging = Duration.milliseconds(100)
    /// What `Retry-After` says on 429 and 503, in whole seconds. Default 1 s.
    public var retryAfter = Duration.seconds(1)
    public init() {}
  }

  public struct Log: Equatable, Sendable {
    /// Default: info. The app passes it to its log handler.
    public var level = Logger.Level.info
    /// Default: errors.
    public var requests = RequestLogMode.errors
    public init() {}
  }

  public struct Database: Equatable, Sendable {
    /// `postgresql://user@host/name` or `sqlite:path`. May hold a password, so it is never logged. `nil` (the default):
    /// the app decides.
    public var url: String?
    public init() {}
  }

  /// The number of workers to start: ``workers``, or else one for each available CPU.
  public var workerCount: Int { workers ?? availableProcessors() }
}
