@_spi(Server) import ZerverCore

/// One client connection of a worker.
///
/// Its slot is freed when the last operation in the kernel has completed, never before: a late completion would otherwise
/// reach the connection that came after.
struct Connection: ~Copyable {
  enum Phase: Equatable {
    /// The slot is free.
    case free
    /// Waits for what a proxy says about the client.
    case proxyHeader
    /// Agrees with the client on how to encrypt.
    case handshake
    /// Waits for a request, or for the rest of its head.
    case head
    /// Waits until the input holds this many bytes: a head and its body.
    case body(bytesNeeded: Int)
    /// Decodes a chunked body.
    case chunks
    /// Carries HTTP/2: each of its requests has a slot of its own.
    case frames
    /// A request is in flight whose flow takes the body in parts, and the body has not come to its end.
    case parts
    /// A request is in flight. What arrives meanwhile stays in the input.
    case busy
    /// The last response is written. Nothing more is read from the input; the connection closes when it is sent.
    case ending
    /// Our side is shut down. What arrives is thrown away until the client closes, because closing on unread bytes would
    /// reset the connection and with it the response (RFC 9112 §9.6).
    case lingering
    /// Waits for its operations in the kernel, then closes.
    case closing
  }

  /// Buffers of the pool that a connection can hold: `input`, `output`, `sending`, `records`, `recordsSending`, `chunkedRequest`,
  /// and one for a body in parts.
  static var buffersMax: Int { 7 }

  // An idle connection costs what stands here: the largest first, then numbers in four bytes, then flags.

  /// What the request line and the header lines have said so far. Restarted when the request is consumed, and when the
  /// connection ends.
  var parser: RequestHeadParser
  /// Who the client is, when a proxy has said so for the whole connection.
  var clientAddress: IPAddress?
  var phase = Phase.free
  var generation: UInt64 = 0
  /// What the answer to the request says about the page that has sent it.
  var originLines = CORSPolicy.Lines.none

  /// Bytes that stand in a receive buffer of the proactor. Given back at the end of the turn at the latest.
  var heldBytes = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Bytes of the request in flight that still stand in the input, because the flow has not decoded them.
  var bytesOfRequest = 0
  /// Bytes of a body on its way that count against the worker's budget.
  var bodyBytesHeld = 0
  /// Requests whose head has been read.
  var requestsBegun = 0
  /// Bytes of the response that are in the kernel.
  var sliceBytes = 0

  /// When the first byte of the request came in that is read now.
  var began = Instant(nanoseconds: 0)
  /// When the connection is given up, unless it makes progress. Put off by writing this field; the timer notices.
  var deadline = Instant(nanoseconds: .max)
  /// When the client must have taken the slice that is being sent.
  var writeDeadline = Instant(nanoseconds: .max)
  /// When the timer fires. Not later than the two deadlines.
  var timerAt = Instant(nanoseconds: .max)
  var timer: TimerHandle?

  /// Of a connection that carries HTTP/2.
  var session: HTTP2Session?
  var tls: TLSSession?
  /// What is left of an answer whose body is a file. The connection stays `busy` until it is sent.
  var file: OutgoingFile?
  /// Made when a body first comes later than its head, and kept: a connection without one costs no memory for it.
  private var body: IncomingBody?
  /// Who counts the connection as one of its own, when anybody counts.
  var client: ConnectionCensus.Client?

  var descriptor: Int32 = -1
  /// Bytes in a buffer of the pool; -1 for none. Never at the same time as `held`.
  @Compact var input = -1
  /// Responses that wait to be sent, and those that the kernel is sending; -1 for none.
  @Compact var output = -1
  @Compact var sending = -1
  /// Records of TLS that wait to be sent, and those that the kernel is sending; -1 for none. `output` and `sending` hold
  /// what is not sealed yet.
  @Compact var records = -1
  @Compact var recordsSending = -1
  /// A request with a chunked body, head and decoded body in one piece; -1 for none.
  @Compact var chunkedRequest = -1
  /// The request in flight; -1 for none.
  @Compact var request = -1
  /// A request of HTTP/2 has the slot of its connection here, and its number there; -1 for a connection of its own. Such a slot
  /// has no socket.
  @Compact var parent = -1
  var stream: Int32 = 0
  /// Answers in `output`.
  @Compact var answersUnsent = 0
  /// Operations in the kernel: at most a receive, and a send or a wait for room.
  @Compact var operations = 0

  /// The receive buffer of `heldBytes`.
  var held: BufferID?
  var isReceiving = false
  var isSending = false
  /// The receive was cancelled because the client sends faster than it is served.
  var isHeldBack = false
  /// The client has sent its last byte.
  var hasEnded = false
  /// The response has no length: its end is the connection's.
  var mustClose = false
  /// A part of the request's body was never read, so that nobody knows where the next request begins.
  var isCutShort = false
  /// The connection is one too many: it is open only to be told so.
  var isRefused = false
  /// The whole answer before `ending` was given to a request that was read to its end: no need to linger.
  var closesCleanly = false
  /// `session` is there. A flag of its own, because most connections ask nothing else of it.
  var isMultiplexed = false
  /// The first bytes may say that the connection carries HTTP/2.
  var mayBecomeMultiplexed = false
  /// A head has begun, and frames of it are missing.
  var waitsForHead = false
  /// The head of the answer has gone to the session.
  var isHeadSent = false
  /// `tls` is there.
  var isEncrypted = false
  /// TLS begins behind the header of the proxy.
  var startsEncrypted = false
  var isInDirtyList = false
  var isInHeldList = false
  /// The request in flight is answered in parts, and its step waits until enough has been sent. Or the rest of `file` waits.
  var waitsForRoom = false
  /// The request in flight waits for the next part of its body.
  var waitsForPart = false

  var chunkDecoder: ChunkedDecoder? {
    get { body?.decoder }
    set {
      guard newValue != nil || body != nil else { return }
      if body == nil { body = IncomingBody() }
      body?.decoder = newValue
    }
  }

  /// Of a request whose flow takes the body in parts, as long as there is more of it.
  var incoming: IncomingParts? {
    get { body?.parts }
    set {
      guard newValue != nil || body != nil else { return }
      if body == nil { body = IncomingBody() }
      body?.parts = newValue
    }
  }

  /// The next connection in this slot may never have a body.
  mutating func forgetBody() { body = nil }

  init(limits: HTTPLimits) { parser = RequestHeadParser(limits: limits) }
}

/// What a connection has to remember while the body of a request is on the way.
final class IncomingBody {
  /// Of a chunked body.
  var decoder: ChunkedDecoder?
  var parts: IncomingParts?
}
