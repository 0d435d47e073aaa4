import CNGHTTP2
@_spi(Server) import ZerverCore

// Connections of HTTP/2. Each request of one is served in a connection slot of its own, without a socket, by the same code as
// a request of HTTP/1.1 whose answer ends its connection: its head is written as HTTP/1.1 has it, and what is put out for it
// goes to the session instead of the kernel.
extension Worker where Backend: ~Copyable {
  /// The client speaks HTTP/2 from here on.
  mutating func beginHTTP2(_ slot: Int) {
    guard let session = HTTP2Session(http2Limits, at: now) else { return close(slot) }
    let connection = connections[slot]
    connection.pointee.session = session
    connection.pointee.isMultiplexed = true
    connection.pointee.phase = .frames
    metrics.http2Began()
    if isDraining { session.announceEnd() }
    markDirty(slot)
  }

  /// What the first bytes of a plain connection say about its protocol (RFC 9113 §3.4); `nil` when more have to come.
  mutating func startsWithPreface(_ slot: Int) -> Bool? {
    let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    let bytes = input(slot)
    let isPreface = preface.withUTF8Buffer { zip($0, bytes).allSatisfy { $0 == $1 } }
    return isPreface && bytes.count < preface.utf8CodeUnitCount ? nil : isPreface
  }

  // MARK: Frames

  /// Reads the frames that have arrived.
  mutating func receiveFrames(_ slot: Int) {
    let connection = connections[slot]
    guard let session = connection.pointee.session else { preconditionFailure("frames belong to a session") }
    // Who takes no frames is not given more reasons to be sent some.
    while connection.pointee.phase == .frames, !inputIsEmpty(slot), !outputIsFull(slot) {
      let bytes = input(slot)
      let goesOn = session.receive(bytes, at: now)
      handleEvents(of: slot, session)
      guard connection.pointee.phase == .frames else { return }
      consume(slot, bytes.count)
      guard goesOn else { return failFrames(slot, session) }
    }
    if session.wantsWrite { markDirty(slot) }
    setFramesDeadline(slot)
  }

  /// Takes from the session what is to be sent next. The end of the connection may come of it.
  mutating func pullFrames(_ slot: Int) {
    let connection = connections[slot]
    guard let session = connection.pointee.session else { preconditionFailure("frames belong to a session") }
    var goesOn = true
    while goesOn, connection.pointee.phase != .closing, connection.pointee.phase != .free {
      if connection.pointee.output < 0 { connection.pointee.output = buffers.take() }
      goesOn = session.send(into: buffers.buffer(connection.pointee.output), at: now)
      // What has been taken of one answer may make room for the next part of it.
      let hasNews = !session.events.isEmpty
      handleEvents(of: slot, session)
      if !hasNews { break }
    }
    if connection.pointee.output >= 0, buffers.buffer(connection.pointee.output).pointee.isEmpty {
      buffers.give(connection.pointee.output)
      connection.pointee.output = -1
    }
    guard connection.pointee.phase == .frames else { return }
    if !goesOn || session.fault != nil { return failFrames(slot, session) }
    if session.isOver || session.hasRefusedMore && !session.hasStreams { return end(slot, cleanly: true) }
    armStreams(of: session)
  }

  /// The client must take what waits for it.
  private mutating func armStreams(of session: HTTP2Session) {
    for index in 0..<session.streamCount {
      if let slot = session.waitingSlot(at: index) { arm(slot, connections[slot].pointee.writeDeadline) }
    }
  }

  /// The client does too much of something, or not what RFC 9113 says. It is told so, and that is all.
  private mutating func failFrames(_ slot: Int, _ session: HTTP2Session) {
    let fault = session.fault ?? .protocolError
    metrics.http2Failed(fault)
    switch fault {
    case .resets, .controlFrames: session.terminate(ZERVER_H2_ENHANCE_YOUR_CALM)
    // The session has said what is wrong, if it can say anything.
    case .protocolError: break
    }
    endFrames(slot, session, cleanly: false)
  }

  /// Ends the connection behind what the session has to say still.
  private mutating func endFrames(_ slot: Int, _ session: HTTP2Session, cleanly: Bool) {
    let connection = connections[slot]
    closeStreams(of: session)
    connection.pointee.phase = .ending
    if !connection.pointee.isSending { pullFrames(slot) }
    if connection.pointee.output >= 0 { markDirty(slot) }
    end(slot, cleanly: cleanly)
  }

  private mutating func handleEvents(of parent: Int, _ session: HTTP2Session) {
    var index = 0
    while index < session.events.count {
      // The connection may end in between, and its requests with it.
      guard connections[parent].pointee.phase != .closing, connections[parent].pointee.session === session else { return }
      switch session.events[index] {
      case .request(let id, let range, let isWhole):
        openStream(id, of: parent, session, UnsafeRawBufferPointer(rebasing: session.heads.view[range]), isWhole: isWhole)
      case .headTooLarge(let id): refuseHead(of: id, parent, session)
      case .data(let id, let bytes):
        guard let slot = session.slot(of: id) else { break }
        // What a flow takes in parts makes room when it is taken.
        if connections[slot].pointee.phase != .parts { session.giveBack(bytes.count, of: id) }
        bodyArrived(bytes, slot)
      case .requestEnded(let id):
        if let slot = session.slot(of: id) { requestEnded(slot) }
      case .taken(let slot, let isAll):
        if connections[slot].pointee.parent == parent { taken(slot, isAll: isAll) }
      case .responseEnded(let id):
        guard let slot = session.slot(of: id) else { break }
        // The rest of its request is of no use to anybody (RFC 9113 §8.1).
        closeStream(slot, connections[slot].pointee.hasEnded ? nil : ZERVER_H2_NO_ERROR)
      case .closed(let id):
        if let slot = session.slot(of: id) { closeStream(slot, nil) }
      }
      index += 1
    }
    session.forgetEvents()
  }

  // MARK: Requests

  private mutating func openStream(
    _ id: Int32, of parent: Int, _ session: HTTP2Session, _ head: UnsafeRawBufferPointer, isWhole: Bool
  ) {
    guard let slot = takeStream(id, of: parent, session) else { return }
    let stream = connections[slot]
    stream.pointee.hasEnded = isWhole
    buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: head)
    switch stream.pointee.parser.parse(input(slot)) {
    case .complete:
      // The stream serves one request, and a body of unknown length ends with it: as a connection of HTTP/1.0.
      stream.pointee.parser.head.flags.remove([.keepsAlive, .isVersion11])
      if !isWhole, stream.pointee.parser.head.contentLength == nil { stream.pointee.parser.head.flags.insert(.isChunked) }
      begin(slot, input(slot))
    case .refused(let refusal): refuse(slot, refusal)
    case .needMore: refuse(slot, .incompleteHead)
    }
    // A head that waits for its body counts with it: a few bytes of a client can stand for a large one (RFC 7541 §7.3).
    if !isWhole { inputRanOut(slot) }
    connections[parent].pointee.requestsBegun += 1
    if connections[parent].pointee.requestsBegun >= configuration.http.requestsPerConnectionMax { session.refuseMore() }
  }

  private mutating func refuseHead(of id: Int32, _ parent: Int, _ session: HTTP2Session) {
    guard let slot = takeStream(id, of: parent, session) else { return }
    refuse(slot, .headTooLarge)
  }

  /// A slot for a request. `nil` when there is none: the client may try again.
  private mutating func takeStream(_ id: Int32, of parent: Int, _ session: HTTP2Session) -> Int? {
    guard streamsOpen < Self.streamsMax, let slot = connections.take() else {
      session.refuse(id)
      return nil
    }
    let stream = connections[slot]
    streamsOpen += 1
    stream.pointee.generation += 1
    stream.pointee.parent = parent
    stream.pointee.stream = id
    stream.pointee.phase = .head
    stream.pointee.began = now
    session.add(id, slot: slot)
    metrics.http2StreamOpened()
    return slot
  }

  /// Requests of HTTP/2 in one worker, answered or not. One more may be tried again.
  static var streamsMax: Int { 65_536 }

  private mutating func bodyArrived(_ bytes: UnsafeRawBufferPointer, _ slot: Int) {
    let stream = connections[slot]
    switch stream.pointee.phase {
    case .body:
      buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: bytes)
      processInput(slot)
    case .chunks:
      let request = buffers.buffer(stream.pointee.chunkedRequest)
      request.pointee.append(contentsOf: bytes)
      guard request.pointee.count - stream.pointee.parser.headBytes <= configuration.http.bodyBytesMax else { return refuse(slot, .bodyTooLarge) }
      guard bodyGrew(slot, to: request.pointee.count) else { return refuse(slot, .outOfMemory) }
    case .parts:
      buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: bytes)
      processInput(slot)
    // It has been refused, or answered without the rest.
    case .free, .proxyHeader, .handshake, .head, .busy, .frames, .ending, .lingering, .closing: break
    }
  }

  private mutating func requestEnded(_ slot: Int) {
    let stream = connections[slot]
    stream.pointee.hasEnded = true
    if stream.pointee.phase == .parts { return processInput(slot) }
    guard stream.pointee.phase == .chunks else { return }
    let request = buffers.buffer(stream.pointee.chunkedRequest).pointee.view
    dispatch(slot, bodyBytes: request.count - stream.pointee.parser.headBytes, request)
  }

  /// Bytes of a body in parts have been taken from the input: the client may send as many again.
  mutating func giveWindowBack(_ slot: Int, _ bytes: Int) {
    let stream = connections[slot]
    guard stream.pointee.parent >= 0, let session = connections[stream.pointee.parent].pointee.session else { return }
    session.giveBack(bytes, of: stream.pointee.stream)
    if session.wantsWrite { markDirty(stream.pointee.parent) }
  }

  /// Of the answers that wait, those of urgent flows go first.
  mutating func setUrgency(of slot: Int, _ priority: PriorityClass) {
    let stream = connections[slot]
    let urgency: UInt32? =
      switch priority {
      case .interactive: 2
      case .default: nil
      case .batch: 6
      }
    if let urgency { connections[stream.pointee.parent].pointee.session?.setUrgency(urgency, of: stream.pointee.stream) }
  }

  // MARK: Answers

  /// Hands what a stream has to say to its session.
  mutating func sendToSession(_ slot: Int) {
    let stream = connections[slot]
    guard stream.pointee.output >= 0, !stream.pointee.isSending, stream.pointee.phase != .closing, stream.pointee.phase != .free,
      let session = connections[stream.pointee.parent].pointee.session
    else { return }
    stream.pointee.sending = stream.pointee.output
    stream.pointee.output = -1
    stream.pointee.answersUnsent = 0
    let buffer = buffers.buffer(stream.pointee.sending)
    let isLast = stream.pointee.phase == .ending
    if !stream.pointee.isHeadSent {
      stream.pointee.isHeadSent = true
      guard let headBytes = session.respond(stream.pointee.stream, buffer.pointee.view, isLast: isLast) else {
        return closeStream(slot, ZERVER_H2_INTERNAL_ERROR)
      }
      buffer.pointee.consume(first: headBytes)
    }
    markDirty(stream.pointee.parent)
    stream.pointee.sliceBytes = buffer.pointee.count
    guard stream.pointee.sliceBytes > 0 else { return giveSendingBuffer(slot) }
    bufferedBytes += stream.pointee.sliceBytes
    stream.pointee.isSending = true
    stream.pointee.writeDeadline = now.advanced(byNanoseconds: timeouts.write)
    session.send(buffer, of: stream.pointee.stream, isLast: isLast)
  }

  /// The session has taken all of the buffer of a stream, or so much that the client has earned more time.
  private mutating func taken(_ slot: Int, isAll: Bool) {
    let stream = connections[slot]
    guard stream.pointee.isSending else { return }
    guard isAll else { return stream.pointee.writeDeadline = now.advanced(byNanoseconds: timeouts.write) }
    stream.pointee.isSending = false
    stream.pointee.writeDeadline = Instant(nanoseconds: .max)
    giveStreamBuffer(slot)
    if stream.pointee.output >= 0 {
      sendToSession(slot)
    } else if stream.pointee.phase == .ending {
      finishAnswer(slot)
    } else {
      setDeadlineForPhase(slot)
    }
    makeRoomIfThereIsAny(slot)
  }

  /// Everything of the answer has been said but its end.
  mutating func finishAnswer(_ slot: Int) {
    let stream = connections[slot]
    guard stream.pointee.isHeadSent else { return closeStream(slot, ZERVER_H2_INTERNAL_ERROR) }
    connections[stream.pointee.parent].pointee.session?.finish(stream.pointee.stream)
    markDirty(stream.pointee.parent)
  }

  private mutating func giveStreamBuffer(_ slot: Int) {
    let stream = connections[slot]
    guard stream.pointee.sending >= 0 else { return }
    bufferedBytes -= stream.pointee.sliceBytes
    stream.pointee.sliceBytes = 0
    buffers.give(stream.pointee.sending)
    stream.pointee.sending = -1
  }

  // MARK: The end

  /// Gives a stream up. A request of it is cancelled.
  ///
  /// - Parameter error: what the client is told; `nil` when it knows.
  mutating func closeStream(_ slot: Int, _ error: zerver_h2_error?) {
    let stream = connections[slot]
    guard stream.pointee.phase != .closing, stream.pointee.phase != .free else { return }
    stream.pointee.phase = .closing
    let parent = stream.pointee.parent
    if let session = connections[parent].pointee.session {
      session.takeBack(stream.pointee.stream)
      if let error { session.reset(stream.pointee.stream, error) }
      session.remove(stream.pointee.stream, at: now)
      if session.wantsWrite || session.hasRefusedMore { markDirty(parent) }
      if !session.hasStreams, connections[parent].pointee.phase == .frames { setFramesDeadline(parent) }
    }
    stream.pointee.isSending = false
    giveStreamBuffer(slot)
    dropUnsent(slot)
    freeIfDone(slot)
  }

  /// Before their connection ends.
  mutating func closeStreams(of session: HTTP2Session) {
    for slot in session.slots { closeStream(slot, nil) }
  }

  /// When the connection is late.
  mutating func setFramesDeadline(_ slot: Int) {
    let connection = connections[slot]
    guard let session = connection.pointee.session else { return }
    if session.isInHead {
      // From its first frame on.
      if !connection.pointee.waitsForHead { setDeadline(slot, now.advanced(byNanoseconds: timeouts.header)) }
      connection.pointee.waitsForHead = true
      return
    }
    connection.pointee.waitsForHead = false
    // The deadline of the drain stands.
    if isDraining { return }
    // A client that does nothing but PING is as idle as one that is silent.
    setDeadline(slot, session.hasStreams ? Instant(nanoseconds: .max) : session.idleSince.advanced(byNanoseconds: timeouts.idle))
  }

  mutating func framesTimerFired(_ slot: Int) {
    guard let session = connections[slot].pointee.session else { return }
    if session.isInHead {
      metrics.http2Failed(.protocolError)
      session.terminate(ZERVER_H2_ENHANCE_YOUR_CALM)
      return endFrames(slot, session, cleanly: false)
    }
    // Idle, or the second step of a drain: what the client had on its way has come.
    session.refuseMore()
    if session.hasStreams { markDirty(slot) } else { endFrames(slot, session, cleanly: true) }
  }

  /// The server stops: the client is to bring its next requests elsewhere, and what it has sent by then is served.
  mutating func drainFrames(_ slot: Int) {
    connections[slot].pointee.session?.announceEnd()
    markDirty(slot)
    setDeadline(slot, now.advanced(byNanoseconds: timeouts.drainIdle))
  }
}

extension HTTPRefusal {
  static var incompleteHead: HTTPRefusal { HTTPRefusal(400, "The head of the request is not one.") }
  static var headTooLarge: HTTPRefusal { HTTPRefusal(431, "The header fields are larger than this server takes.") }
}
