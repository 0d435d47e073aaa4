import CNGHTTP2
import Glibc
import Logging
@_spi(Server) import ZerverCore

// Accepting, receiving, sending and closing. What the bytes mean is the business of `Worker+HTTP`.
extension Worker where Backend: ~Copyable {
  /// Bytes of responses that may wait to be sent before the connection's next request is read.
  static var outputBytesMax: Int { 256 << 10 }
  /// Bytes of one send.
  static var sliceBytesMax: Int { 256 << 10 }

  // MARK: Accepting

  mutating func startAccepting() {
    for index in listeners.indices { startAccepting(index) }
  }

  private mutating func startAccepting(_ index: Int) {
    guard !listeners[index].isAccepting, !isDraining, listeners[index].descriptor >= 0 else { return }
    listeners[index].isAccepting = true
    proactor.accept(
      listener: listeners[index].descriptor, token: ProactorToken(.accept, slot: index, generation: 0))
  }

  /// A listener is closed when its accept has ended: connections that the kernel has accepted meanwhile are served.
  mutating func stopAccepting() {
    acceptAgainAt = nil
    for index in listeners.indices {
      if listeners[index].isAccepting {
        proactor.cancel(ProactorToken(.accept, slot: index, generation: 0))
      } else {
        closeListener(index)
      }
    }
  }

  private mutating func closeListener(_ index: Int) {
    let descriptor = listeners[index].descriptor
    guard descriptor >= 0 else { return }
    if listeners[index].isShared, Backend.wakesOneAccept, Listener.hasWaiting(descriptor), listeners[index].lastAccepts < 100 {
      // The one that waits may have woken the accept that has just been cancelled, and nobody else. An accept that finds it
      // there takes it at once; what comes after its end wakes the other process.
      listeners[index].lastAccepts += 1
      listeners[index].isAccepting = true
      let token = ProactorToken(.accept, slot: index, generation: 0)
      proactor.accept(listener: descriptor, token: token)
      return proactor.cancel(token)
    }
    // Who waits in the backlog of a socket that is closed gets a reset. A socket that another process listens on as well
    // stays, and so do those who wait.
    if !listeners[index].isShared {
      for connection in Listener.acceptWaiting(on: descriptor) { accepted(connection, on: index) }
    }
    proactor.close(descriptor: descriptor)
    listeners[index].descriptor = -1
  }

  mutating func accepted(_ completion: Completion) {
    let index = completion.token.slot
    if !completion.hasMore { listeners[index].isAccepting = false }
    defer { if isDraining && !listeners[index].isAccepting { closeListener(index) } }
    let descriptor = completion.result
    guard descriptor >= 0 else {
      switch -descriptor {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // Nothing will change before something is closed; asking at once would only burn the processor.
        acceptAgainAt = now + .milliseconds(100)
        logger.warning(
          "accepting again later",
          metadata: ["reason": "\(ProactorError(operation: "accept", errno: -descriptor))", "worker": "\(self.index)"])
      case ECANCELED: break
      default: startAccepting(index)
      }
      return
    }
    if !completion.hasMore { startAccepting(index) }
    accepted(descriptor, on: index)
  }

  private mutating func accepted(_ descriptor: Int32, on listener: Int) {
    // A connection that came before the drain began is served: its client knows nothing of it.
    guard let slot = connections.take() else {
      metrics.connectionRefused()
      proactor.close(descriptor: descriptor)
      return
    }
    open(slot, descriptor, listeners[listener])
  }

  private mutating func open(_ slot: Int, _ descriptor: Int32, _ listener: WorkerListener) {
    let connection = connections[slot]
    connection.pointee.generation += 1
    connection.pointee.phase = .head
    connection.pointee.descriptor = descriptor
    connection.pointee.began = now
    if let refusal = connectionRefusal(slot, isProxied: listener.expectsProxyHeader) {
      metrics.connectionRefused()
      connection.pointee.isRefused = true
      refusedConnections += 1
      // Who expects TLS cannot read a refusal, and a handshake costs more than the refusal saves.
      if listener.isEncrypted { return close(slot) }
      return refusedConnections <= Self.refusedConnectionsMax ? refuse(slot, refusal) : close(slot)
    }
    metrics.connectionAccepted()
    connection.pointee.mayBecomeMultiplexed = listener.allowsHTTP2
    if listener.expectsProxyHeader {
      connection.pointee.startsEncrypted = listener.isEncrypted
      guard awaitProxyHeader(slot) else { return close(slot) }
      return receive(slot)
    }
    if listener.isEncrypted {
      guard beginHandshake(slot) else { return close(slot) }
      return receive(slot)
    }
    receive(slot)
    let wait = isDraining ? min(timeouts.header, timeouts.drainIdle) : timeouts.header
    setDeadline(slot, now.advanced(byNanoseconds: wait))
  }

  // MARK: Receiving

  private mutating func receive(_ slot: Int) {
    let connection = connections[slot]
    connection.pointee.isReceiving = true
    connection.pointee.operations += 1
    proactor.receive(descriptor: connection.pointee.descriptor, token: token(.receive, slot))
  }

  mutating func received(_ completion: Completion) {
    let slot = completion.token.slot
    let connection = connections[slot]
    precondition(
      connection.pointee.generation & 0xF_FFFF_FFFF == completion.token.generation && connection.pointee.phase != .free,
      "a slot is free only when nothing of it is in the kernel")
    if !completion.hasMore {
      connection.pointee.isReceiving = false
      connection.pointee.operations -= 1
    }
    if completion.result > 0 {
      take(completion, for: slot)
    } else if completion.result == 0 {
      if connection.pointee.isEncrypted { recordsEnded(slot) } else { ended(slot) }
    } else {
      switch -completion.result {
      case ENOBUFS: if connection.pointee.phase != .closing { starved.append(Int32(slot)) }
      // The client was held back, and may have been served meanwhile.
      case ECANCELED: if connection.pointee.phase != .closing { resumeReceiving(slot) }
      default: reset(slot)
      }
    }
    guard connection.pointee.phase != .closing else { return freeIfDone(slot) }
    // A multishot receive may end for reasons of its own.
    if completion.result > 0, !connection.pointee.isReceiving, connection.pointee.phase != .free { resumeReceiving(slot) }
  }

  /// Files the bytes of a receive, and reads on.
  private mutating func take(_ completion: Completion, for slot: Int) {
    let connection = connections[slot]
    let bytes = proactor.bytes(of: completion)
    guard let buffer = completion.buffer else { preconditionFailure("received bytes stand in a buffer") }
    metrics.received(bytes: bytes.count)
    switch connection.pointee.phase {
    case .ending, .lingering, .closing, .free:
      proactor.release(buffer)
      return
    case .proxyHeader:
      takeProxyHeader(bytes, of: slot)
      return proactor.release(buffer)
    case .handshake, .head, .body, .chunks, .frames, .parts, .busy: break
    }
    if connection.pointee.isEncrypted {
      takeRecords(bytes, of: slot)
      return proactor.release(buffer)
    }
    let isFirst = inputIsEmpty(slot)
    if connection.pointee.held == nil, connection.pointee.input < 0 {
      connection.pointee.held = buffer
      connection.pointee.heldBytes = bytes
      if !connection.pointee.isInHeldList {
        connection.pointee.isInHeldList = true
        holding.append(Int32(slot))
      }
    } else {
      spill(slot)
      buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: bytes)
      proactor.release(buffer)
    }
    inputArrived(slot, isFirst: isFirst)
  }

  /// Bytes have come.
  ///
  /// - Parameter isFirst: there were none before, so these begin a request.
  @inline(__always)
  mutating func inputArrived(_ slot: Int, isFirst: Bool) {
    let connection = connections[slot]
    if isFirst {
      if connection.pointee.phase == .busy { connection.pointee.began = now }
      if connection.pointee.phase == .head {
        connection.pointee.began = now
        setDeadline(slot, now.advanced(byNanoseconds: timeouts.header))
      }
    }
    processInput(slot)
    holdBack(slot)
  }

  /// Stops receiving from a client that sends faster than it is served.
  private mutating func holdBack(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.isReceiving, !connection.pointee.isHeldBack, cannotGoOn(slot) else { return }
    if input(slot).count > configuration.http.readAheadBytesMax + connection.pointee.bytesOfRequest {
      connection.pointee.isHeldBack = true
      proactor.cancel(token(.receive, slot))
    }
  }

  /// What arrives is of no use before something else has happened.
  @inline(__always)
  private mutating func cannotGoOn(_ slot: Int) -> Bool {
    let connection = connections[slot]
    return connection.pointee.phase == .busy || connection.pointee.phase == .parts && !connection.pointee.waitsForPart || outputIsFull(slot)
  }

  mutating func resumeReceiving(_ slot: Int) {
    let connection = connections[slot]
    guard !connection.pointee.isReceiving, !connection.pointee.hasEnded else { return }
    if connection.pointee.isHeldBack {
      guard !cannotGoOn(slot) || input(slot).count <= configuration.http.readAheadBytesMax / 2 else { return }
      connection.pointee.isHeldBack = false
    }
    receive(slot)
  }

  /// The client has sent its last byte. A request in flight is answered still: the client may have closed one direction
  /// only (RFC 9112 §9.6 lets it).
  mutating func ended(_ slot: Int) {
    let connection = connections[slot]
    connection.pointee.hasEnded = true
    switch connection.pointee.phase {
    case .busy, .ending: break
    case .parts: bodyCutOff(slot)
    // Requests that are there already are answered still.
    case .head where !inputIsEmpty(slot): processInput(slot)
    case .head, .body, .chunks:
      let hasNothingToSay = connection.pointee.output < 0 && !connection.pointee.isSending && !connection.pointee.isEncrypted
      if hasNothingToSay { close(slot) } else { end(slot, cleanly: true) }
    case .frames:
      // Nobody half closes a connection that carries several requests.
      if connection.pointee.isEncrypted { end(slot, cleanly: true) } else { close(slot) }
    case .proxyHeader, .handshake, .lingering: close(slot)
    case .closing, .free: break
    }
  }

  /// The connection is broken: whoever waits at its end has gone.
  private mutating func reset(_ slot: Int) {
    connections[slot].pointee.hasEnded = true
    close(slot)
  }

  // MARK: Input

  /// The bytes that have arrived and were not consumed. Valid until input is consumed or added.
  @inline(__always)
  mutating func input(_ slot: Int) -> UnsafeRawBufferPointer {
    let connection = connections[slot]
    if connection.pointee.held != nil { return connection.pointee.heldBytes }
    if connection.pointee.input >= 0 { return buffers.buffer(connection.pointee.input).pointee.view }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  @inline(__always)
  mutating func inputIsEmpty(_ slot: Int) -> Bool { connections[slot].pointee.held == nil && connections[slot].pointee.input < 0 }

  mutating func consume(_ slot: Int, _ bytes: Int) {
    let connection = connections[slot]
    if let buffer = connection.pointee.held {
      let rest = UnsafeRawBufferPointer(rebasing: connection.pointee.heldBytes[bytes...])
      connection.pointee.heldBytes = rest
      if rest.isEmpty {
        connection.pointee.held = nil
        proactor.release(buffer)
      }
    } else if connection.pointee.input >= 0 {
      let pooled = buffers.buffer(connection.pointee.input)
      pooled.pointee.consume(first: bytes)
      if pooled.pointee.isEmpty { giveInputBuffer(slot) }
      if connection.pointee.isHeldBack { resumeReceiving(slot) }
    }
  }

  /// Moves what stands in a receive buffer to a buffer of the connection's own, and gives the receive buffer back.
  private mutating func spill(_ slot: Int) {
    let connection = connections[slot]
    guard let buffer = connection.pointee.held else { return }
    connection.pointee.held = nil
    buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: connection.pointee.heldBytes)
    proactor.release(buffer)
  }

  mutating func inputBuffer(_ slot: Int) -> Int {
    let connection = connections[slot]
    if connection.pointee.input < 0 { connection.pointee.input = buffers.take() }
    return connection.pointee.input
  }

  mutating func giveInputBuffer(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.input >= 0 else { return }
    buffers.give(connection.pointee.input)
    connection.pointee.input = -1
  }

  mutating func releaseHeldBuffers() {
    for slot in holding {
      connections[Int(slot)].pointee.isInHeldList = false
      spill(Int(slot))
    }
    holding.removeAll(keepingCapacity: true)
    for slot in starved {
      let connection = connections[Int(slot)]
      switch connection.pointee.phase {
      case .free, .closing: break
      // The connection may have ended meanwhile, and its slot may have gone to a request of HTTP/2, which has no socket.
      default: if connection.pointee.parent < 0 { resumeReceiving(Int(slot)) }
      }
    }
    starved.removeAll(keepingCapacity: true)
  }

  // MARK: Output

  /// Where the connection's next response goes.
  @inline(__always)
  mutating func output(_ slot: Int) -> UnsafeMutablePointer<ByteBuffer> {
    let connection = connections[slot]
    if connection.pointee.output < 0 { connection.pointee.output = buffers.take() }
    markDirty(slot)
    return buffers.buffer(connection.pointee.output)
  }

  /// The connection has something to send at the end of the turn.
  @inline(__always)
  mutating func markDirty(_ slot: Int) {
    let connection = connections[slot]
    guard !connection.pointee.isInDirtyList else { return }
    connection.pointee.isInDirtyList = true
    dirty.append(Int32(slot))
  }

  @inline(__always)
  mutating func outputIsFull(_ slot: Int) -> Bool {
    let index = connections[slot].pointee.output
    return index >= 0
      && (buffers.buffer(index).pointee.count > Self.outputBytesMax
        || connections[slot].pointee.answersUnsent >= configuration.http.pipelinedRequestsMax)
  }

  /// One send for each connection with output, however many responses that is.
  mutating func sendOutput() {
    // What streams have to say goes out with the frames of their connections.
    if streamsOpen > 0 { sendDirty(streamsOnly: true) }
    sendDirty(streamsOnly: false)
    dirty.removeAll(keepingCapacity: true)
  }

  private mutating func sendDirty(streamsOnly: Bool) {
    // To send may make another connection dirty.
    var index = 0
    while index < dirty.count {
      let slot = Int(dirty[index])
      index += 1
      guard connections[slot].pointee.isInDirtyList, !streamsOnly || connections[slot].pointee.parent >= 0 else { continue }
      connections[slot].pointee.isInDirtyList = false
      send(slot)
    }
  }

  private mutating func send(_ slot: Int) {
    let connection = connections[slot]
    if connection.pointee.parent >= 0 { return sendToSession(slot) }
    guard !connection.pointee.isSending, connection.pointee.phase != .closing, connection.pointee.phase != .free else { return }
    if connection.pointee.isMultiplexed {
      pullFrames(slot)
      guard !connection.pointee.isSending, connection.pointee.phase != .closing, connection.pointee.phase != .free else { return }
    }
    guard connection.pointee.output >= 0 else {
      if connection.pointee.records >= 0 { sendSlice(slot) }
      return
    }
    connection.pointee.sending = connection.pointee.output
    connection.pointee.output = -1
    connection.pointee.answersUnsent = 0
    bufferedBytes += buffers.buffer(connection.pointee.sending).pointee.count
    sendSlice(slot)
  }

  /// Sends the next slice of what the connection has begun to send. Each slice has its own time, so a client that takes
  /// a large response slowly is not given up, and one that takes nothing is.
  private mutating func sendSlice(_ slot: Int) {
    let connection = connections[slot]
    let bytes: UnsafeRawBufferPointer
    if connection.pointee.isEncrypted {
      guard let sealed = seal(slot) else { return close(slot) }
      bytes = sealed.records
      connection.pointee.sliceBytes = sealed.bytes
    } else {
      let slice = buffers.buffer(connection.pointee.sending).pointee.view.prefix(Self.sliceBytesMax)
      bytes = UnsafeRawBufferPointer(rebasing: slice)
      connection.pointee.sliceBytes = bytes.count
    }
    connection.pointee.isSending = true
    connection.pointee.operations += 1
    proactor.send(descriptor: connection.pointee.descriptor, bytes: bytes, token: token(.send, slot))
    connection.pointee.writeDeadline = now.advanced(byNanoseconds: timeouts.write)
    arm(slot, connection.pointee.writeDeadline)
  }

  mutating func sent(_ completion: Completion) {
    let slot = completion.token.slot
    let connection = connections[slot]
    precondition(
      connection.pointee.generation & 0xF_FFFF_FFFF == completion.token.generation && connection.pointee.isSending,
      "a slot is free only when nothing of it is in the kernel")
    connection.pointee.isSending = false
    connection.pointee.operations -= 1
    connection.pointee.writeDeadline = Instant(nanoseconds: .max)
    if completion.result > 0 { metrics.sent(bytes: Int(completion.result)) }
    var bytesGiven = connection.pointee.sliceBytes
    if connection.pointee.isEncrypted {
      bytesGiven = buffers.buffer(connection.pointee.recordsSending).pointee.count
      buffers.give(connection.pointee.recordsSending)
      connection.pointee.recordsSending = -1
    }
    let isWhole = Int(completion.result) == bytesGiven
    if connection.pointee.sending >= 0 {
      let buffer = buffers.buffer(connection.pointee.sending)
      if isWhole {
        buffer.pointee.consume(first: connection.pointee.sliceBytes)
        bufferedBytes -= connection.pointee.sliceBytes
      }
      if isWhole, !buffer.pointee.isEmpty, connection.pointee.phase != .closing { return sendSlice(slot) }
      giveSendingBuffer(slot)
    }
    if connection.pointee.phase == .closing { return freeIfDone(slot) }
    guard isWhole else { return reset(slot) }
    if hasOutput(slot) || connection.pointee.isMultiplexed { send(slot) }
    if !connection.pointee.isSending, !hasOutput(slot) {
      if connection.pointee.phase == .ending { finishEnding(slot) } else { setDeadlineForPhase(slot) }
    }
    // A client that had not taken its responses was not read any further.
    switch connection.pointee.phase {
    case .head where !inputIsEmpty(slot), .frames where !inputIsEmpty(slot): processInput(slot)
    default: break
    }
    if connection.pointee.isHeldBack { resumeReceiving(slot) }
    makeRoomIfThereIsAny(slot)
  }

  mutating func giveSendingBuffer(_ slot: Int) {
    let connection = connections[slot]
    bufferedBytes -= buffers.buffer(connection.pointee.sending).pointee.count
    buffers.give(connection.pointee.sending)
    connection.pointee.sending = -1
  }

  // MARK: Ending and closing

  /// The last response has been written. Closes when it is sent.
  mutating func end(_ slot: Int, cleanly: Bool) {
    let connection = connections[slot]
    connection.pointee.phase = .ending
    connection.pointee.closesCleanly = cleanly
    // The time of the request that was refused may end before its refusal is sent. What is sent has its own.
    connection.pointee.deadline = Instant(nanoseconds: .max)
    discardInput(slot)
    if let session = connection.pointee.session { closeStreams(of: session) }
    if !hasOutput(slot), !connection.pointee.isSending { finishEnding(slot) }
  }

  /// Something has not gone to the kernel.
  @inline(__always)
  private mutating func hasOutput(_ slot: Int) -> Bool {
    connections[slot].pointee.output >= 0 || connections[slot].pointee.records >= 0
  }

  private mutating func finishEnding(_ slot: Int) {
    let connection = connections[slot]
    if connection.pointee.parent >= 0 { return finishAnswer(slot) }
    if connection.pointee.isEncrypted, sayGoodbye(slot) { return }
    if connection.pointee.closesCleanly || connection.pointee.hasEnded { return close(slot) }
    connection.pointee.phase = .lingering
    shutdown(connection.pointee.descriptor, Int32(SHUT_WR))
    setDeadline(slot, now + .seconds(1))
    resumeReceiving(slot)
  }

  private mutating func discardInput(_ slot: Int) {
    let connection = connections[slot]
    if let buffer = connection.pointee.held {
      connection.pointee.held = nil
      proactor.release(buffer)
    }
    giveInputBuffer(slot)
    if connection.pointee.chunkedRequest >= 0 {
      buffers.give(connection.pointee.chunkedRequest)
      connection.pointee.chunkedRequest = -1
    }
    connection.pointee.chunkDecoder = nil
    dropParts(slot, .closed)
    bodyIsGone(slot)
  }

  /// Gives the connection up now. A request of it is cancelled.
  mutating func close(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.phase != .closing, connection.pointee.phase != .free else { return }
    if connection.pointee.parent >= 0 { return closeStream(slot, ZERVER_H2_INTERNAL_ERROR) }
    connection.pointee.phase = .closing
    if let session = connection.pointee.session { closeStreams(of: session) }
    if connection.pointee.file?.isPolling == true { proactor.cancel(token(.writable, slot)) }
    dropUnsent(slot)
    if connection.pointee.isEncrypted { giveRecordBuffer(slot) }
    // Left over when the next part of it could not be sealed.
    if connection.pointee.sending >= 0, !connection.pointee.isSending { giveSendingBuffer(slot) }
    if connection.pointee.isReceiving { proactor.cancel(token(.receive, slot)) }
    if connection.pointee.isSending { proactor.cancel(token(.send, slot)) }
    freeIfDone(slot)
  }

  /// Nobody waits for anything any more that has not gone to the kernel.
  mutating func dropUnsent(_ slot: Int) {
    let connection = connections[slot]
    abandonRequest(of: slot)
    discardInput(slot)
    guard connection.pointee.output >= 0 else { return }
    buffers.give(connection.pointee.output)
    connection.pointee.output = -1
  }

  /// Nobody waits for the connection's request any more.
  mutating func abandonRequest(of slot: Int) {
    connections[slot].pointee.file = nil
    connections[slot].pointee.waitsForRoom = false
    let request = connections[slot].pointee.request
    guard request >= 0 else { return }
    connections[slot].pointee.request = -1
    connections[slot].pointee.waitsForPart = false
    if requests[request].pointee.isStreaming { closeByReset(slot) }
    abandon(request)
  }

  mutating func freeIfDone(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.phase == .closing, connection.pointee.operations == 0 else { return }
    let isStream = connection.pointee.parent >= 0
    if !isStream { proactor.close(descriptor: connection.pointee.descriptor) }
    if let timer = connection.pointee.timer { timers.cancel(timer) }
    connection.pointee.timer = nil
    connection.pointee.timerAt = Instant(nanoseconds: .max)
    connection.pointee.deadline = Instant(nanoseconds: .max)
    connection.pointee.writeDeadline = Instant(nanoseconds: .max)
    connection.pointee.descriptor = -1
    if connection.pointee.isEncrypted {
      connection.pointee.tls = nil
      connection.pointee.isEncrypted = false
    }
    if connection.pointee.isMultiplexed {
      connection.pointee.session = nil
      connection.pointee.isMultiplexed = false
      connection.pointee.waitsForHead = false
    }
    if isStream {
      streamsOpen -= 1
      connection.pointee.parent = -1
      connection.pointee.isHeadSent = false
    }
    connection.pointee.mayBecomeMultiplexed = false
    connection.pointee.clientAddress = nil
    connection.pointee.isHeldBack = false
    connection.pointee.hasEnded = false
    connection.pointee.closesCleanly = false
    connection.pointee.mustClose = false
    connection.pointee.isCutShort = false
    connection.pointee.parser.restart()
    connection.pointee.forgetBody()
    connection.pointee.requestsBegun = 0
    connection.pointee.originLines = .none
    connection.pointee.answersUnsent = 0
    connection.pointee.sliceBytes = 0
    connection.pointee.phase = .free
    leaveCensus(slot)
    // Those that were refused have their own count.
    if connection.pointee.isRefused {
      refusedConnections -= 1
    } else if !isStream {
      metrics.connectionClosed()
    }
    connection.pointee.isRefused = false
    connections.give(slot)
  }

  // MARK: Time

  /// When the connection is late in its phase. While a request is in flight, its own deadline counts.
  mutating func setDeadlineForPhase(_ slot: Int) {
    let connection = connections[slot]
    switch connection.pointee.phase {
    // The client is busy with its answer.
    case .head where inputIsEmpty(slot) && connection.pointee.isSending: setDeadline(slot, Instant(nanoseconds: .max))
    case .head where inputIsEmpty(slot):
      setDeadline(slot, now.advanced(byNanoseconds: isDraining ? timeouts.drainIdle : timeouts.idle))
    case .head: setDeadline(slot, connection.pointee.began.advanced(byNanoseconds: timeouts.header))
    case .frames: setFramesDeadline(slot)
    case .proxyHeader, .handshake, .body, .chunks, .parts: break
    case .busy: setDeadline(slot, heartbeatAt(slot))
    case .ending, .lingering, .closing, .free: break
    }
  }

  @inline(__always)
  mutating func setDeadline(_ slot: Int, _ deadline: Instant) {
    let connection = connections[slot]
    connection.pointee.deadline = deadline
    arm(slot, deadline)
  }

  /// Makes sure that the timer fires at this instant or before.
  @inline(__always)
  mutating func arm(_ slot: Int, _ deadline: Instant) {
    if deadline < connections[slot].pointee.timerAt { schedule(slot, deadline) }
  }

  @inline(never)
  private mutating func schedule(_ slot: Int, _ deadline: Instant) {
    let connection = connections[slot]
    connection.pointee.timerAt = deadline
    if let timer = connection.pointee.timer, timers.reschedule(timer, at: deadline) { return }
    let timer = WorkerTimer(.connection, slot: slot, generation: connection.pointee.generation)
    connection.pointee.timer = timers.schedule(at: deadline, payload: timer.payload)
  }

  mutating func connectionTimerFired(_ slot: Int, generation: UInt64) {
    let connection = connections[slot]
    guard connection.pointee.generation & 0xFF_FFFF_FFFF == generation, connection.pointee.phase != .free else { return }
    connection.pointee.timer = nil
    connection.pointee.timerAt = Instant(nanoseconds: .max)
    let deadline = min(connection.pointee.deadline, connection.pointee.writeDeadline)
    // Put off meanwhile.
    guard now >= deadline else { return arm(slot, deadline) }
    if now >= connection.pointee.writeDeadline { return close(slot) }
    // The phase is late, or its deadline was left from before; what is being sent keeps its own.
    arm(slot, connection.pointee.writeDeadline)
    switch connection.pointee.phase {
    case .handshake:
      metrics.handshakeEnded(.timedOut)
      close(slot)
    case .proxyHeader: close(slot)
    case .frames: framesTimerFired(slot)
    case .head where inputIsEmpty(slot) && connection.pointee.isEncrypted: end(slot, cleanly: true)
    case .head where inputIsEmpty(slot): close(slot)
    case .head, .body, .chunks: refuse(slot, .requestTimeout)
    case .ending, .lingering: close(slot)
    case .parts: partIsLate(slot)
    case .busy: sendHeartbeat(slot)
    case .closing, .free: break
    }
  }

  mutating func token(_ kind: ProactorToken.Kind, _ slot: Int) -> ProactorToken {
    ProactorToken(kind, slot: slot, generation: connections[slot].pointee.generation)
  }
}
