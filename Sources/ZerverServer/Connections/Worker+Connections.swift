import Glibc
import Logging
import ZerverCore

// Accepting, receiving, sending and closing. What the bytes mean is the business of `Worker+HTTP`.
extension Worker where Backend: ~Copyable {
  /// Bytes of responses that may wait to be sent before the connection's next request is read.
  static var outputBytesMax: Int { 256 << 10 }
  /// Bytes of one send.
  static var sliceBytesMax: Int { 256 << 10 }

  // MARK: Accepting

  mutating func startAccepting() {
    guard !isAccepting, !isDraining, listener >= 0 else { return }
    isAccepting = true
    proactor.accept(listener: listener, token: ProactorToken(.accept, slot: 0, generation: 0))
  }

  /// The listener is closed when the accept has ended: connections that the kernel has accepted meanwhile are served.
  mutating func stopAccepting() {
    acceptAgainAt = nil
    if isAccepting { proactor.cancel(ProactorToken(.accept, slot: 0, generation: 0)) } else { closeListener() }
  }

  private mutating func closeListener() {
    guard listener >= 0 else { return }
    // Who waits in the backlog of a socket that is closed gets a reset. A socket that another process listens on as well
    // stays, and so do those who wait.
    if !listenerIsShared {
      for descriptor in Listener.acceptWaiting(on: listener) { accepted(descriptor) }
    }
    proactor.close(descriptor: listener)
    listener = -1
  }

  mutating func accepted(_ completion: Completion) {
    if !completion.hasMore { isAccepting = false }
    defer { if isDraining && !isAccepting { closeListener() } }
    let descriptor = completion.result
    guard descriptor >= 0 else {
      switch -descriptor {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // Nothing will change before something is closed; asking at once would only burn the processor.
        acceptAgainAt = now + .milliseconds(100)
        logger.warning(
          "accepting again later",
          metadata: ["reason": "\(ProactorError(operation: "accept", errno: -descriptor))", "worker": "\(index)"])
      case ECANCELED: break
      default: startAccepting()
      }
      return
    }
    if !completion.hasMore { startAccepting() }
    accepted(descriptor)
  }

  private mutating func accepted(_ descriptor: Int32) {
    // A connection that came before the drain began is served: its client knows nothing of it.
    guard let slot = connections.take() else {
      metrics.connectionRefused()
      proactor.close(descriptor: descriptor)
      return
    }
    open(slot, descriptor)
  }

  private mutating func open(_ slot: Int, _ descriptor: Int32) {
    let connection = connections[slot]
    connection.pointee.generation += 1
    connection.pointee.phase = .head
    connection.pointee.descriptor = descriptor
    connection.pointee.began = now
    if let refusal = connectionRefusal(slot) {
      metrics.connectionRefused()
      connection.pointee.isRefused = true
      refusedConnections += 1
      return refusedConnections <= Self.refusedConnectionsMax ? refuse(slot, refusal) : close(slot)
    }
    metrics.connectionAccepted()
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
      ended(slot)
    } else {
      switch -completion.result {
      case ENOBUFS: starved.append(Int32(slot))
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
    case .head, .body, .chunks, .busy: break
    }
    if inputIsEmpty(slot), connection.pointee.phase == .busy { connection.pointee.began = now }
    if inputIsEmpty(slot), connection.pointee.phase == .head {
      connection.pointee.began = now
      setDeadline(slot, now.advanced(byNanoseconds: timeouts.header))
    }
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
    processInput(slot)
    holdBack(slot)
  }

  /// Stops receiving from a client that sends faster than it is served.
  private mutating func holdBack(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.isReceiving, !connection.pointee.isHeldBack,
      connection.pointee.phase == .busy || outputIsFull(slot)
    else { return }
    if input(slot).count > configuration.http.readAheadBytesMax + connection.pointee.bytesOfRequest {
      connection.pointee.isHeldBack = true
      proactor.cancel(token(.receive, slot))
    }
  }

  private mutating func resumeReceiving(_ slot: Int) {
    let connection = connections[slot]
    guard !connection.pointee.isReceiving, !connection.pointee.hasEnded else { return }
    if connection.pointee.isHeldBack {
      let cannotGoOn = connection.pointee.phase == .busy || outputIsFull(slot)
      guard !cannotGoOn || input(slot).count <= configuration.http.readAheadBytesMax / 2 else { return }
      connection.pointee.isHeldBack = false
    }
    receive(slot)
  }

  /// The client has sent its last byte. A request in flight is answered still: the client may have closed one direction
  /// only (RFC 9112 §9.6 lets it).
  private mutating func ended(_ slot: Int) {
    let connection = connections[slot]
    connection.pointee.hasEnded = true
    switch connection.pointee.phase {
    case .busy, .ending: break
    // Requests that are there already are answered still.
    case .head where !inputIsEmpty(slot): processInput(slot)
    case .head, .body, .chunks:
      if connection.pointee.output < 0 && !connection.pointee.isSending { close(slot) } else { end(slot, cleanly: true) }
    case .lingering: close(slot)
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
  mutating func input(_ slot: Int) -> UnsafeRawBufferPointer {
    let connection = connections[slot]
    if connection.pointee.held != nil { return connection.pointee.heldBytes }
    if connection.pointee.input >= 0 { return buffers.buffer(connection.pointee.input).pointee.view }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

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
      if pooled.pointee.isEmpty {
        buffers.give(connection.pointee.input)
        connection.pointee.input = -1
      }
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

  private mutating func inputBuffer(_ slot: Int) -> Int {
    let connection = connections[slot]
    if connection.pointee.input < 0 { connection.pointee.input = buffers.take() }
    return connection.pointee.input
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
      default: resumeReceiving(Int(slot))
      }
    }
    starved.removeAll(keepingCapacity: true)
  }

  // MARK: Output

  /// Where the connection's next response goes.
  mutating func output(_ slot: Int) -> UnsafeMutablePointer<ByteBuffer> {
    let connection = connections[slot]
    if connection.pointee.output < 0 { connection.pointee.output = buffers.take() }
    if !connection.pointee.isInDirtyList {
      connection.pointee.isInDirtyList = true
      dirty.append(Int32(slot))
    }
    return buffers.buffer(connection.pointee.output)
  }

  mutating func outputIsFull(_ slot: Int) -> Bool {
    let index = connections[slot].pointee.output
    return index >= 0
      && (buffers.buffer(index).pointee.count > Self.outputBytesMax
        || connections[slot].pointee.answersUnsent >= configuration.http.pipelinedRequestsMax)
  }

  /// One send for each connection with output, however many responses that is.
  mutating func sendOutput() {
    for slot in dirty {
      connections[Int(slot)].pointee.isInDirtyList = false
      send(Int(slot))
    }
    dirty.removeAll(keepingCapacity: true)
  }

  private mutating func send(_ slot: Int) {
    let connection = connections[slot]
    guard !connection.pointee.isSending, connection.pointee.output >= 0, connection.pointee.phase != .closing else { return }
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
    connection.pointee.isSending = true
    connection.pointee.operations += 1
    let bytes = buffers.buffer(connection.pointee.sending).pointee.view.prefix(Self.sliceBytesMax)
    connection.pointee.sliceBytes = bytes.count
    proactor.send(
      descriptor: connection.pointee.descriptor, bytes: UnsafeRawBufferPointer(rebasing: bytes), token: token(.send, slot))
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
    let isWhole = Int(completion.result) == connection.pointee.sliceBytes
    let buffer = buffers.buffer(connection.pointee.sending)
    if isWhole {
      buffer.pointee.consume(first: connection.pointee.sliceBytes)
      bufferedBytes -= connection.pointee.sliceBytes
    }
    if isWhole, !buffer.pointee.isEmpty, connection.pointee.phase != .closing { return sendSlice(slot) }
    bufferedBytes -= buffer.pointee.count
    buffers.give(connection.pointee.sending)
    connection.pointee.sending = -1
    if connection.pointee.phase == .closing { return freeIfDone(slot) }
    guard isWhole else { return reset(slot) }
    if connection.pointee.output >= 0 {
      send(slot)
    } else if connection.pointee.phase == .ending {
      finishEnding(slot)
    } else {
      setDeadlineForPhase(slot)
    }
    // A client that had not taken its responses was not read any further.
    if connection.pointee.phase == .head, !inputIsEmpty(slot) { processInput(slot) }
    if connection.pointee.isHeldBack { resumeReceiving(slot) }
    makeRoomIfThereIsAny(slot)
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
    if connection.pointee.output < 0 && !connection.pointee.isSending { finishEnding(slot) }
  }

  private mutating func finishEnding(_ slot: Int) {
    let connection = connections[slot]
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
    if connection.pointee.input >= 0 {
      buffers.give(connection.pointee.input)
      connection.pointee.input = -1
    }
    if connection.pointee.chunkedRequest >= 0 {
      buffers.give(connection.pointee.chunkedRequest)
      connection.pointee.chunkedRequest = -1
    }
    connection.pointee.head = nil
    connection.pointee.chunkDecoder = nil
    bodyIsGone(slot)
  }

  /// Gives the connection up now. A request of it is cancelled.
  mutating func close(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.phase != .closing, connection.pointee.phase != .free else { return }
    connection.pointee.phase = .closing
    if connection.pointee.request >= 0 {
      let request = connection.pointee.request
      connection.pointee.request = -1
      connection.pointee.waitsForRoom = false
      abandon(request)
    }
    discardInput(slot)
    if connection.pointee.output >= 0 {
      buffers.give(connection.pointee.output)
      connection.pointee.output = -1
    }
    if connection.pointee.isReceiving { proactor.cancel(token(.receive, slot)) }
    if connection.pointee.isSending { proactor.cancel(token(.send, slot)) }
    freeIfDone(slot)
  }

  private mutating func freeIfDone(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.phase == .closing, connection.pointee.operations == 0 else { return }
    proactor.close(descriptor: connection.pointee.descriptor)
    if let timer = connection.pointee.timer { timers.cancel(timer) }
    connection.pointee.timer = nil
    connection.pointee.timerAt = Instant(nanoseconds: .max)
    connection.pointee.deadline = Instant(nanoseconds: .max)
    connection.pointee.writeDeadline = Instant(nanoseconds: .max)
    connection.pointee.descriptor = -1
    connection.pointee.isHeldBack = false
    connection.pointee.hasEnded = false
    connection.pointee.closesCleanly = false
    connection.pointee.mustClose = false
    connection.pointee.parser = RequestHeadParser(limits: httpLimits)
    connection.pointee.requestsBegun = 0
    connection.pointee.answersUnsent = 0
    connection.pointee.phase = .free
    leaveCensus(slot)
    // Those that were refused have their own count.
    if connection.pointee.isRefused { refusedConnections -= 1 } else { metrics.connectionClosed() }
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
    case .body, .chunks: break
    case .busy: setDeadline(slot, heartbeatAt(slot))
    case .ending, .lingering, .closing, .free: break
    }
  }

  mutating func setDeadline(_ slot: Int, _ deadline: Instant) {
    let connection = connections[slot]
    connection.pointee.deadline = deadline
    arm(slot, deadline)
  }

  /// Makes sure that the timer fires at this instant or before.
  private mutating func arm(_ slot: Int, _ deadline: Instant) {
    let connection = connections[slot]
    guard deadline < connection.pointee.timerAt else { return }
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
    case .head where inputIsEmpty(slot): close(slot)
    case .head, .body, .chunks: refuse(slot, .requestTimeout)
    case .ending, .lingering: close(slot)
    case .busy: sendHeartbeat(slot)
    case .closing, .free: break
    }
  }

  private mutating func token(_ kind: ProactorToken.Kind, _ slot: Int) -> ProactorToken {
    ProactorToken(kind, slot: slot, generation: connections[slot].pointee.generation)
  }
}
