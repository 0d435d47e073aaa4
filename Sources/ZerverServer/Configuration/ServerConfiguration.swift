public import Logging
public import ZerverCatalog
@_spi(Server) public import ZerverCore

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
  /// Several places to listen, each with TLS or without; ``host`` and ``port`` count for nothing then. Default: none, which
  /// means ``host`` and ``port``, with TLS when there are certificates.
  public var listen: [ListenAddress] = []
  public var tls = TLS()
  public var proxies = Proxies()
  /// Threads, each with its own listener, connections and queues. `nil` (the default): one for each CPU that the process
  /// may run on, see ``workerCount``.
  public var workers: Int?
  /// Default: automatic.
  public var proactor = ProactorChoice.automatic
  public var http = HTTP()
  public var http2 = HTTP2()
  /// Pages of other origins. Default: nothing is said about them, so that browsers keep them out.
  public var cors = CORS()
  public var timeouts = Timeouts()
  public var profiles = Profiles()
  public var classes = Classes()
  public var requests = Requests()
  public var idempotency = Idempotency()
  public var callers = Callers()
  public var files = Files()
  public var log = Log()
  public var database = Database()

  public init() {}

  /// How the server proves who it is, and whether clients have to. TLS 1.2 with forward secrecy and authenticated encryption
  /// only, and TLS 1.3.
  public struct TLS: Equatable, Sendable {
    /// The first is for clients that name no server, or one that no certificate holds for. Default: none.
    public var certificates: [CertificateFiles] = []
    /// Whether clients are asked for a certificate. Default: none.
    public var clientCertificates = ClientCertificates.none
    /// A PEM file with the authorities whose client certificates are believed. `nil` (the default) when none are asked for.
    public var clientAuthorities: String?
    /// Default: TLS 1.2.
    public var versionMin = TLSVersion.v12
    /// How often ``Server/run(started:)`` looks whether the files have changed, and reads them again then; SIGHUP asks for
    /// the same at once. Default 1 min.
    public var checkInterval = Duration.seconds(60)
    public init() {}
  }

  /// Proxies in front of the server, and what they are believed.
  public struct Proxies: Equatable, Sendable {
    /// Where trusted proxies are. Default: none.
    public var trusted: [Network] = []
    /// Which header of theirs says who the client is. The proxies must set it or remove it in every request: what a client has
    /// written there itself would be believed otherwise. Default: none.
    public var header = ForwardedHeader.none
    public init() {}
  }

  public enum ForwardedHeader: String, CaseIterable, Equatable, Sendable {
    case none
    /// `Forwarded` (RFC 7239).
    case forwarded
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    case xForwardedFor = "x-forwarded-for"
  }

  /// One certificate of the server. As a text, `chain.pem:key.pem`, or one path when one file holds both.
  public struct CertificateFiles: Equatable, Sendable, LosslessStringConvertible {
    /// A PEM file: the certificate, then those between it and its authority.
    public var chain: String
    /// A PEM file with the private key, without a password.
    public var key: String

    public init(chain: String, key: String) {
      self.chain = chain
      self.key = key
    }

    /// `nil` for a text without a path.
    public init?(_ description: String) {
      let parts = description.split(separator: ":", omittingEmptySubsequences: false)
      guard let chain = parts.first, let key = parts.last, parts.count <= 2, !chain.isEmpty, !key.isEmpty else { return nil }
      self.init(chain: String(chain), key: String(key))
    }

    public var description: String { chain == key ? chain : "\(chain):\(key)" }
  }

  public enum ClientCertificates: String, CaseIterable, Equatable, Sendable {
    /// Clients are not asked.
    case none
    /// A client that sends a certificate must send one that is believed.
    case optional
    /// A client without a certificate that is believed is refused in the handshake.
    case required
  }

  public enum TLSVersion: String, CaseIterable, Equatable, Sendable {
    case v12 = "1.2"
    case v13 = "1.3"
  }

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
    /// Body of a flow with `input stream`, in bytes, after transfer coding: all parts together. Longer: 413. Default 1 GiB. No
    /// more of it than a part is in memory.
    public var streamBodyBytesMax = 1 << 30
    /// One line of such a body, without its end. Longer: 413. Default 64 KiB.
    public var streamLineBytesMax = 64 << 10
    /// All trailer fields of a chunked body together, in bytes. Longer: 431. Default 8 KiB.
    public var trailerBytesMax = 8 << 10
    /// All chunk extensions of a body together, in bytes. Longer: 400. Default 16 KiB.
    public var chunkExtensionBytesMax = 16 << 10
    /// Bytes of request bodies that are on their way, and of answers that wait to be sent, which one worker holds at once.
    /// A request beyond: 503. Default 256 MiB.
    public var bufferedBytesMax = 256 << 20
    /// Bytes of one connection that are read ahead of a request that is not answered yet; the rest waits in the socket.
    /// Default 64 KiB.
    public var readAheadBytesMax = 64 << 10
    /// Answers of one connection that wait to be sent before its next request is read; the rest of what the client has
    /// pipelined waits. Default 256.
    public var pipelinedRequestsMax = 256
    /// Requests that one connection may bring; the last answer closes it. Default 1,000,000: often enough that clients
    /// spread over new workers and new processes again, and too seldom to cost anything.
    public var requestsPerConnectionMax = 1_000_000
    /// Open connections of one worker. One more is answered with 503 and closed. Default 16,384.
    public var connectionsMax = 16_384
    /// Open connections of one client address in the whole server; of IPv6, of one /64 network. One more is answered with
    /// 429 and closed. Default 1,000,000, which is no limit: behind a load balancer all clients have one address.
    public var connectionsPerAddressMax = 1_000_000
    /// Which answers of flows carry an `ETag`, so that a client that has them gets 304. Default: explicit.
    public var entityTags = EntityTags.explicit
    public init() {}
  }

  /// What one connection of HTTP/2 may do. Limits on requests are those of ``HTTP-swift.struct``.
  public struct HTTP2: Equatable, Sendable {
    /// Whether HTTP/2 is offered where TLS is spoken. Default: offered.
    public var alpn = HTTP2Offer.offered
    /// Requests of one connection at the same time. Default 100, the least that RFC 9113 §6.5.2 recommends.
    public var streamsMax = 100
    /// Bytes of a request's body that may come before the server has said that it wants more. Default 256 KiB.
    public var streamWindowBytes = 256 << 10
    /// The same for all bodies of a connection together. Default 1 MiB.
    public var connectionWindowBytes = 1 << 20
    /// Requests that a client may give up, or make the server give up, at once and again in each half minute. More: the
    /// connection ends. Default 200: twice what may be open.
    public var resetsMax = 200
    /// PING, SETTINGS, PRIORITY and empty DATA frames that a client may send at once and again in each half minute. More: the
    /// connection ends. Default 1,000.
    public var controlFramesMax = 1000
    public init() {}
  }

  public enum HTTP2Offer: String, CaseIterable, Equatable, Sendable {
    case offered
    /// HTTP/1.1 alone.
    case none
  }

  /// Where the entity tags of answers come from.
  public enum EntityTags: String, CaseIterable, Equatable, Sendable {
    /// From steps alone: a ``Response`` with a header `ETag`.
    case explicit
    /// And from the body: every answer with status 200 to a GET carries a hash of it. Costs a pass over each body, about a
    /// nanosecond for each byte.
    case automatic
  }

  public struct Timeouts: Equatable, Sendable {
    /// From the first byte of a request to the end of its header, and from the accept to the first byte. Then: 408 and
    /// close. Default 10 s.
    public var header = Duration.seconds(10)
    /// From the accept to the end of the TLS handshake. Then: close. Default 10 s.
    public var handshake = Duration.seconds(10)
    /// From the end of the header to the end of the body. Then: 408 and close. Default 30 s.
    public var body = Duration.seconds(30)
    /// Between two requests of a connection. Then: close. Default 75 s, more than the 60 s after which common load
    /// balancers give a connection up: the side that has requests to send should be the one that closes.
    public var idle = Duration.seconds(75)
    /// For how long a client may not take the next 256 KiB of its responses. Then: close. Default 30 s.
    public var write = Duration.seconds(30)
    /// How long requests in flight may take to finish after SIGTERM. Then they are cut off. Default 25 s: within the
    /// 30 s that orchestrators usually grant before they kill.
    public var drain = Duration.seconds(25)
    /// What one attempt of an `undo` may take. The failed request is answered after it. Default 5 s.
    public var undo = Duration.seconds(5)
    /// What a detached step may take, further attempts included. Default 30 s.
    public var detached = Duration.seconds(30)
    /// For how long a connection that is idle at SIGTERM stays open, in case its next request is on the way. That one is
    /// answered, and its answer closes the connection. Default 500 ms.
    public var drainIdle = Duration.milliseconds(500)
    /// After how long without an event a client of server-sent events gets a comment. It keeps proxies from giving the
    /// connection up, and finds out when the client has gone. Default 15 s.
    public var heartbeat = Duration.seconds(15)
    public init() {}
  }

  /// The policies that flows name with `profile`.
  public struct Profiles: Equatable, Sendable {
    /// A person waits. Default: deadline 2 s.
    public var interactive = Profile(priority: .interactive, deadline: .seconds(2))
    /// A program waits. Default: deadline 10 s.
    public var `default` = Profile(priority: .default, deadline: .seconds(10))
    /// Nobody waits. Default: deadline 60 s.
    public var batch = Profile(priority: .batch, deadline: .seconds(60))
    public init() {}

    public subscript(profile: FlowProfile) -> Profile {
      switch profile.priorityClass {
      case .interactive: interactive
      case .default: `default`
      case .batch: batch
      }
    }
  }

  public struct Profile: Equatable, Sendable {
    /// The class whose queue and quantum flows of this profile use. Default: the class of the profile's name.
    public var priority: PriorityClass
    /// For a flow that sets no deadline: from the first byte of the request to the answer. Then: 504.
    public var deadline: Duration
    /// Which answers are compressed.
    public var compression = Compression()

    public init(priority: PriorityClass, deadline: Duration) {
      self.priority = priority
      self.deadline = deadline
    }
  }

  /// How a worker shares its thread among the priority classes.
  public struct Classes: Equatable, Sendable {
    /// Default: 2,048 queued, quantum 2 ms. Interactive requests do not age: nothing goes before them but what has aged.
    public var interactive = Class(queuedMax: 2048, quantum: .milliseconds(2), aging: .seconds(3600))
    /// Default: 2,048 queued, quantum 5 ms, aging 50 ms.
    public var `default` = Class(queuedMax: 2048, quantum: .milliseconds(5), aging: .milliseconds(50))
    /// Default: 256 queued, quantum 20 ms, aging 250 ms.
    public var batch = Class(queuedMax: 256, quantum: .milliseconds(20), aging: .milliseconds(250))
    public init() {}

    public subscript(priority: PriorityClass) -> Class {
      switch priority {
      case .interactive: interactive
      case .default: `default`
      case .batch: batch
      }
    }
  }

  public struct Class: Equatable, Sendable {
    /// Requests that may wait in a worker's run queue. More: 503 at once.
    ///
    /// It bounds a time, not memory: what a request holds counts for ``Requests/inFlightMax`` and ``HTTP/bufferedBytesMax``,
    /// whether it waits here or for an effect. The longest wait is this number times the processor time of one turn, and a
    /// request that needs an effect waits once more behind it. With turns of 50 µs, 2,048 requests are 0.1 s; where turns take
    /// a millisecond, a smaller number refuses at once what would only run into its deadline. Half of the requests in flight by
    /// default, so that a burst of one class leaves places to the others.
    public var queuedMax: Int
    /// How long steps of one request may keep the thread before it goes to the next request. A step is not interrupted;
    /// one that takes longer is counted as an overrun.
    public var quantum: Duration
    /// After this long at the head of its queue, a request goes before those of higher classes.
    public var aging: Duration

    public init(queuedMax: Int, quantum: Duration, aging: Duration) {
      self.queuedMax = queuedMax
      self.quantum = quantum
      self.aging = aging
    }
  }

  /// Limits on requests that are admitted.
  public struct Requests: Equatable, Sendable {
    /// Requests that one worker works on at the same time, waiting ones included. More: 503. Default 4,096.
    public var inFlightMax = 4096
    /// Requests of one tenant that one worker works on at the same time, of flows that know their callers. More: 429, so that
    /// one tenant does not take the room of the others. Default 65,536, which is no limit: it is more than a worker has.
    public var inFlightPerTenantMax = 65_536
    /// Steps of one request that run or wait at the same time; further branches start when one has ended. Default 16.
    public var parallelStepsMax = 16
    /// Effects of one request in flight; further ones wait. Default 32.
    public var effectsInFlightMax = 32
    /// What `Retry-After` says on 429 and 503, in whole seconds. Default 1 s.
    public var retryAfter = Duration.seconds(1)
    public init() {}
  }

  /// The records of flows with `idempotency`, which stand in the database of the `db` capability.
  public struct Idempotency: Equatable, Sendable {
    /// Header lines and body of an answer that is kept for repetitions, in bytes. A larger one is given and not kept:
    /// repetitions are answered 409. Default 256 KiB.
    public var answerBytesMax = 256 << 10
    /// How long an answer waits to be kept. Then it is given without, which is logged as an error. Default 5 s.
    public var storeTimeout = Duration.seconds(5)
    public init() {}
  }

  /// How the server finds out who has sent a request.
  public struct Callers: Equatable, Sendable {
    /// A file with bearer tokens in the text form of ``BearerTokens/init(text:)``, read when the server is made. `nil` (the
    /// default): the app passes its own ``Authenticator``, or no flow asks for its caller.
    public var tokensFile: String?
    public init() {}
  }

  /// Files that flows answer with: `output file`.
  public struct Files: Equatable, Sendable {
    /// The folder below which they lie. `nil` (the default): no flow answers with files.
    public var root: String?
    /// Files that one worker sends at the same time; one more is answered with 503. `nil` (the default): a quarter of the
    /// descriptors that the process may have, shared by the workers.
    public var inFlightMax: Int?
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

  var readyQueueLimits: ReadyQueue.Limits {
    var limits = ReadyQueue.Limits()
    limits.requestsMax = PriorityClass.allCases.map { classes[$0].queuedMax }
    limits.aging = PriorityClass.allCases.map { classes[$0].aging }
    return limits
  }
}
