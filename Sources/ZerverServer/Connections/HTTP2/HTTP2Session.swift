import CNGHTTP2
@_spi(Server) import ZerverCore

/// One connection of HTTP/2: turns frames into what has happened, and answers into frames.
///
/// nghttp2 calls back while it reads or writes, when the worker is busy with this very call. So everything is noted in
/// ``events``, and the worker looks there afterwards. What is read in the callbacks does not belong to the worker's own
/// memory: the bodies of answers stand in buffers of its pool, which stay where they are.
final class HTTP2Session {
  enum Event {
    /// The head of a request stands in ``heads``.
    case request(stream: Int32, Range<Int>, isWhole: Bool)
    /// Its head is larger than anything that could be served.
    case headTooLarge(stream: Int32)
    /// The bytes belong to those that were received.
    case data(stream: Int32, UnsafeRawBufferPointer)
    case requestEnded(stream: Int32)
    /// The buffer of an answer has been taken to its end, or another slice of it.
    case taken(slot: Int, isAll: Bool)
    case responseEnded(stream: Int32)
    case closed(stream: Int32)
  }

  /// What a client does too often, or not as RFC 9113 says.
  enum Fault: Int, CaseIterable {
    /// Streams that are given up, by the client or because of what it does to them.
    case resets
    /// PING, SETTINGS, PRIORITY, empty DATA.
    case controlFrames
    /// Anything that ends a connection with an error.
    case protocolError
  }

  /// A request, by the slot that serves it.
  private struct Stream {
    let id: Int32
    let slot: Int
    /// What is to be sent of the answer. Belongs to the slot, which takes it back before it gives it to the pool.
    var outgoing: UnsafeMutablePointer<ByteBuffer>?
    /// Nothing comes behind `outgoing`.
    var isLast = false
    /// Bytes since the client was last known to take them.
    var bytesTaken = 0
  }

  private(set) var events: [Event] = []
  /// Heads of requests in `events`, one behind the other.
  private(set) var heads = ByteBuffer()
  /// Found while frames were read or written.
  private(set) var fault: Fault?
  /// Between the first frame of a header block and its last.
  private(set) var isInHead = false
  private var headOf: Int32 = 0
  private var isTrailer = false
  /// Requests with a higher number are not served: the farewell promises it to the client, which may send them elsewhere.
  private var lastServed = Int32.max
  /// When there was a request last, or the connection had begun.
  private(set) var idleSince: Instant

  /// Freed with this object.
  private var session: OpaquePointer!
  private var streams: [Stream] = []
  private var writer: RequestHeadWriter
  private var fields = ResponseFields()
  private var resets: FrameBudget
  /// Streams that we have refused for reasons of our own, until the client hears of it.
  private var refused: Set<Int32> = []
  private var controlFrames: FrameBudget
  private var now: Instant
  /// Where frames go, during ``send(into:at:)``.
  private var output: UnsafeMutablePointer<ByteBuffer>?
  private let limits: HTTP2Limits

  /// `nil` when there is no memory.
  init?(_ limits: HTTP2Limits, at now: Instant) {
    self.limits = limits
    writer = RequestHeadWriter(bytesMax: limits.headBytesMax)
    resets = FrameBudget(framesMax: limits.resetsMax, at: now)
    controlFrames = FrameBudget(framesMax: limits.controlFramesMax, at: now)
    self.now = now
    idleSince = now
    var own = zerver_h2_limits(
      streams_max: UInt32(limits.streamsMax), stream_window_bytes: UInt32(limits.streamWindowBytes),
      connection_window_bytes: UInt32(limits.connectionWindowBytes), header_list_bytes: UInt32(limits.headBytesMax))
    guard let made = zerver_h2_new(Self.callbacks, Unmanaged.passUnretained(self).toOpaque(), &own) else { return nil }
    session = made
  }

  deinit { if let session { zerver_h2_free(session) } }

  // MARK: Frames

  /// Reads all of the bytes. They stay as they are until ``forgetEvents()``. `false` when the connection cannot go on.
  func receive(_ bytes: UnsafeRawBufferPointer, at now: Instant) -> Bool {
    self.now = now
    guard zerver_h2_receive(session, bytes.baseAddress, bytes.count) else {
      fault = fault ?? .protocolError
      return false
    }
    return fault == nil
  }

  /// Appends what there is to say, until the buffer is as full as it may be. `false` when the connection cannot go on.
  func send(into output: UnsafeMutablePointer<ByteBuffer>, at now: Instant) -> Bool {
    self.now = now
    self.output = output
    defer { self.output = nil }
    return zerver_h2_send(session)
  }

  func forgetEvents() {
    events.removeAll(keepingCapacity: true)
    heads.removeAll(keepingAtMost: 64 << 10)
  }

  var wantsWrite: Bool { zerver_h2_wants_write(session) }
  /// Both have said that nothing more will come.
  var isOver: Bool { zerver_h2_is_over(session) }

  // MARK: Streams

  var hasStreams: Bool { !streams.isEmpty }
  var streamCount: Int { streams.count }
  /// The slot of the stream at this place, when something of it waits for the client.
  func waitingSlot(at index: Int) -> Int? { streams[index].outgoing == nil ? nil : streams[index].slot }
  /// The slots of all requests.
  var slots: [Int] { streams.map(\.slot) }

  func add(_ id: Int32, slot: Int) { streams.append(Stream(id: id, slot: slot)) }

  func slot(of id: Int32) -> Int? { index(of: id).map { streams[$0].slot } }

  /// The stream has no slot any more.
  func remove(_ id: Int32, at now: Instant) {
    guard let index = index(of: id) else { return }
    streams.swapAt(index, streams.count - 1)
    streams.removeLast()
    if streams.isEmpty { idleSince = now }
  }

  /// The latest are asked about most.
  private func index(of id: Int32) -> Int? { streams.lastIndex { $0.id == id } }

  // MARK: Answers

  /// Sends the head of an answer. Returns its length; `nil` when it cannot be sent.
  func respond(_ id: Int32, _ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int? {
    guard let headBytes = fields.read(bytes) else { return nil }
    let hasBody = !isLast || bytes.count > headBytes
    let isTaken = fields.fields.withUnsafeBufferPointer {
      zerver_h2_respond(session, id, $0.baseAddress, $0.count, hasBody)
    }
    return isTaken ? headBytes : nil
  }

  /// Sends the bytes of a buffer, as fast as the client takes them. Nothing comes behind them when they are the last.
  func send(_ buffer: UnsafeMutablePointer<ByteBuffer>, of id: Int32, isLast: Bool) {
    guard let index = index(of: id) else { return }
    streams[index].outgoing = buffer
    streams[index].isLast = isLast
    zerver_h2_resume(session, id)
  }

  /// What was sent before was the last.
  func finish(_ id: Int32) {
    guard let index = index(of: id), !streams[index].isLast else { return }
    streams[index].isLast = true
    zerver_h2_resume(session, id)
  }

  /// Gives the buffer back to its slot.
  func takeBack(_ id: Int32) {
    if let index = index(of: id) { streams[index].outgoing = nil }
  }

  /// Bytes of a body do not have to be kept any more: the client may send as many again on this stream. For the connection as a
  /// whole it may as soon as they have come, so that a stream that waits holds up no other.
  func giveBack(_ bytes: Int, of id: Int32) { zerver_h2_give_back(session, id, bytes) }

  func sendContinue(_ id: Int32) { zerver_h2_continue(session, id) }

  func setUrgency(_ urgency: UInt32, of id: Int32) { zerver_h2_set_urgency(session, id, urgency) }

  func reset(_ id: Int32, _ error: zerver_h2_error) { zerver_h2_reset(session, id, error) }

  /// There is no room for the request. The client may try again, and is not to blame.
  func refuse(_ id: Int32) {
    refused.insert(id)
    reset(id, ZERVER_H2_REFUSED_STREAM)
  }

  // MARK: The end

  /// Asks for no more requests. Those on their way are served.
  func announceEnd() { zerver_h2_announce_end(session) }

  /// Requests that come from now on are not served. The client hears of it when there is room for another frame, and what it
  /// sends until then is dropped.
  func refuseMore() {
    guard !hasRefusedMore else { return }
    lastServed = zerver_h2_refuse_more(session)
  }

  var hasRefusedMore: Bool { lastServed < .max }

  /// Ends the connection, with the reason for the client.
  func terminate(_ error: zerver_h2_error) { zerver_h2_terminate(session, error) }

  // MARK: What nghttp2 calls

  /// Trailers are read and dropped, as those of HTTP/1.1, but counted like a head.
  private func headerCame(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    if isTrailer { writer.count(name, value) } else { writer.add(name, value) }
    guard writer.isFarTooLarge else { return true }
    // A few bytes can stand for very many (RFC 7541 §7.3). Nobody gets far with it.
    if !resets.spend(1, at: now) { fault = fault ?? .resets }
    return false
  }

  private func headersBegan(_ id: Int32, isRequest: Bool) {
    headOf = id
    isInHead = true
    isTrailer = !isRequest
    writer.begin()
  }

  private func headersEnded(_ id: Int32, isRequest: Bool, isLast: Bool) {
    isInHead = false
    guard isRequest else {
      if isLast { events.append(.requestEnded(stream: id)) }
      return
    }
    guard id <= lastServed else { return }
    if writer.isTooLarge { return events.append(.headTooLarge(stream: id)) }
    let start = heads.count
    heads.append(contentsOf: writer.finish())
    events.append(.request(stream: id, start..<heads.count, isWhole: isLast))
  }

  private func streamClosed(_ id: Int32) {
    // A head with a field that is not allowed has no end.
    if id == headOf { isInHead = false }
    events.append(.closed(stream: id))
  }

  private func frameCame(_ frame: zerver_h2_frame, _ id: Int32) {
    if frame == ZERVER_H2_RESET {
      if refused.remove(id) != nil { return }
      if !resets.spend(1, at: now) { fault = fault ?? .resets }
    } else if !controlFrames.spend(1, at: now) {
      fault = fault ?? .controlFrames
    }
  }

  private func produce(_ id: Int32, _ capacity: Int, _ isLast: UnsafeMutablePointer<Bool>?) -> Int {
    guard let index = index(of: id) else { return 0 }
    let there = streams[index].outgoing?.pointee.count ?? 0
    let count = min(there, capacity)
    isLast?.pointee = streams[index].isLast && count == there
    return count
  }

  private func write(_ id: Int32, header: UnsafeRawBufferPointer, bytes: Int) -> zerver_h2_written {
    guard let output, output.pointee.count < limits.outputBytesMax else { return ZERVER_H2_FULL }
    guard let index = index(of: id), bytes == 0 || streams[index].outgoing != nil else { return ZERVER_H2_GONE }
    output.pointee.append(contentsOf: header)
    guard bytes > 0, let outgoing = streams[index].outgoing else { return ZERVER_H2_WRITTEN }
    output.pointee.append(contentsOf: UnsafeRawBufferPointer(rebasing: outgoing.pointee.view.prefix(bytes)))
    outgoing.pointee.consume(first: bytes)
    streams[index].bytesTaken += bytes
    let isAll = outgoing.pointee.isEmpty
    if isAll { streams[index].outgoing = nil }
    if isAll || streams[index].bytesTaken >= limits.sliceBytes {
      streams[index].bytesTaken = 0
      events.append(.taken(slot: streams[index].slot, isAll: isAll))
    }
    return ZERVER_H2_WRITTEN
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let output, output.pointee.count < limits.outputBytesMax else { return false }
    output.pointee.append(contentsOf: bytes)
    return true
  }

  /// Lives as long as the process: every session reads it.
  nonisolated(unsafe) private static let callbacks: UnsafePointer<zerver_h2_events> = {
    let callbacks = UnsafeMutablePointer<zerver_h2_events>.allocate(capacity: 1)
    callbacks.initialize(to: zerver_h2_events(
      headers_began: { user, id, isRequest in HTTP2Session.from(user).headersBegan(id, isRequest: isRequest) },
      header: { user, _, name, nameBytes, value, valueBytes in
        HTTP2Session.from(user).headerCame(
          UnsafeRawBufferPointer(start: name, count: nameBytes), UnsafeRawBufferPointer(start: value, count: valueBytes))
      },
      headers_ended: { user, id, isRequest, isLast in HTTP2Session.from(user).headersEnded(id, isRequest: isRequest, isLast: isLast) },
      data: { user, id, bytes, count in
        HTTP2Session.from(user).events.append(.data(stream: id, UnsafeRawBufferPointer(start: bytes, count: count)))
      },
      request_ended: { user, id in HTTP2Session.from(user).events.append(.requestEnded(stream: id)) },
      response_ended: { user, id in HTTP2Session.from(user).events.append(.responseEnded(stream: id)) },
      stream_closed: { user, id in HTTP2Session.from(user).streamClosed(id) },
      frame: { user, frame, id in HTTP2Session.from(user).frameCame(frame, id) },
      failed: { user, _ in
        let session = HTTP2Session.from(user)
        session.fault = session.fault ?? .protocolError
      },
      produce: { user, id, capacity, isLast in HTTP2Session.from(user).produce(id, capacity, isLast) },
      write_data: { user, id, header, headerBytes, bytes in
        HTTP2Session.from(user).write(id, header: UnsafeRawBufferPointer(start: header, count: headerBytes), bytes: bytes)
      },
      write: { user, bytes, count in HTTP2Session.from(user).write(UnsafeRawBufferPointer(start: bytes, count: count)) }))
    return UnsafePointer(callbacks)
  }()

  private static func from(_ user: UnsafeMutableRawPointer?) -> HTTP2Session {
    Unmanaged<HTTP2Session>.fromOpaque(user.unsafelyUnwrapped).takeUnretainedValue()
  }
}
