import Glibc
@_spi(Server) import ZerverCore

// Answers in parts: `output stream T`. The head goes out with the first part, each further one when the client has taken
// enough of those before.
extension Worker where Backend: ~Copyable {
  /// Bytes of a connection that may wait to be sent before the step of its answer is asked for more.
  static var streamBytesMax: Int { 64 << 10 }

  /// A step has given a part of the answer: sends it, and lets the step go on when there is room for more.
  mutating func emitted(_ slot: Int, strand: Int) {
    let request = requests[slot]
    if !request.pointee.isStreaming { beginStream(of: slot) }
    let isHead = request.pointee.read.head.isHead
    if isHead { request.pointee.context.output.removeAll() }
    // A server that stops gives what it has, and the client of events connects again to the next one.
    if isHead || isDraining && request.pointee.context.streamForm == .events {
      request.pointee.endsWithDrain = !isHead
      request.pointee.machine.stepDecided(.done, strand: strand, at: now, in: request.pointee.flow.pointee.plan)
      return
    }
    request.pointee.machine.stepDecided(.emitted, strand: strand, at: now, in: request.pointee.flow.pointee.plan)
    appendPart(of: slot)
    let connection = request.pointee.connection
    connections[connection].pointee.waitsForRoom = true
    makeRoomIfThereIsAny(connection)
  }

  /// Whoever answers this connection in parts goes on when enough has been sent.
  @inline(__always)
  mutating func makeRoomIfThereIsAny(_ slot: Int) {
    let connection = connections[slot]
    if connection.pointee.waitsForRoom, bytesUnsent(slot) < Self.streamBytesMax { makeRoom(slot) }
  }

  private mutating func makeRoom(_ slot: Int) {
    connections[slot].pointee.waitsForRoom = false
    if connections[slot].pointee.file != nil { return continueFile(slot) }
    let number = connections[slot].pointee.request
    let request = requests[number]
    renewVersion(of: number)
    request.pointee.machine.roomMade(deadline: now.advanced(byNanoseconds: request.pointee.flow.pointee.deadlineNanoseconds))
    enqueue(number)
  }

  /// An endless stream would use up the names of its operations: with a new version of the slot all of them are free.
  mutating func renewVersion(of slot: Int) {
    let request = requests[slot]
    guard request.pointee.machine.mayForgetTokens, request.pointee.version + 1 < OperationID.versionsMax else { return }
    request.pointee.machine.forgetTokens()
    request.pointee.version += 1
    if let timer = request.pointee.timer { timers.cancel(timer) }
    request.pointee.timer = nil
  }

  mutating func bytesUnsent(_ slot: Int) -> Int {
    let connection = connections[slot]
    let waiting = connection.pointee.output < 0 ? 0 : buffers.buffer(connection.pointee.output).pointee.count
    let sending = connection.pointee.sending < 0 ? 0 : buffers.buffer(connection.pointee.sending).pointee.count
    return waiting + sending
  }

  // MARK: Writing

  private mutating func beginStream(of slot: Int) {
    let request = requests[slot]
    request.pointee.isStreaming = true
    metrics.streamBegan()
    consumeRequest(slot)
    let out = output(request.pointee.connection)
    let head = request.pointee.read.head
    // A client of HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    if !head.isVersion11 { connections[request.pointee.connection].pointee.mustClose = true }
    let answer = ResponseHead(
      status: request.pointee.context.status, contentType: request.pointee.context.contentType,
      body: head.isVersion11 ? .chunked : .untilClose, connection: head.isVersion11 ? connectionField(head) : .close)
    answer.begin(in: &out.pointee, date: date)
    beginCompressedStream(of: slot, to: out)
    appendFlowLines(of: slot, to: out)
    ResponseHead.end(in: &out.pointee)
  }

  /// Appends what an answer in parts says to caches, whether or not it came as one.
  mutating func appendStreamLines(of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    out.pointee.append("Vary: Accept\r\n")
    if requests[slot].pointee.context.streamForm == .events {
      // Events are news: nobody is to keep them, and no proxy to collect them before it passes them on.
      out.pointee.append("Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n")
    }
  }

  private mutating func appendPart(of slot: Int, isLast: Bool = false) {
    let request = requests[slot]
    let connection = request.pointee.connection
    request.pointee.context.output.withBytes { part in
      if !part.isEmpty { metrics.streamPart(bytes: part.count) }
      append(part: part, of: slot, isLast: isLast)
    }
    request.pointee.context.output.removeAll(keepingAtMost: Self.streamBytesMax)
    if request.pointee.context.streamForm == .events { setDeadlineForPhase(connection) }
  }

  private mutating func append(part: UnsafeRawBufferPointer, of slot: Int, isLast: Bool = false) {
    let connection = requests[slot].pointee.connection
    guard let compressor = requests[slot].pointee.compressor else { return append(part: part, to: connection) }
    guard !part.isEmpty || isLast else { return }
    // A library that gives up has written nothing that could be read: the client sees a body that does not decode.
    _ = compressPart(part, compressor, isLast ? .end : .part)
    append(part: body.view, to: connection)
  }

  private mutating func append(part: UnsafeRawBufferPointer, to connection: Int) {
    guard !part.isEmpty else { return }
    let out = output(connection)
    if connections[connection].pointee.mustClose {
      out.pointee.append(contentsOf: part)
    } else {
      ChunkedWriter.append(part, to: &out.pointee)
    }
  }

  /// Writes the last part. The answer is whole then.
  mutating func finishStream(of slot: Int) {
    let request = requests[slot]
    guard !request.pointee.read.head.isHead else { return }
    appendPart(of: slot, isLast: true)
    let connection = request.pointee.connection
    if !connections[connection].pointee.mustClose { ChunkedWriter.finish(&output(connection).pointee) }
  }

  // MARK: Ends before the end

  /// The answer cannot be finished. The client has the status already, so that all that can tell it is a body without an
  /// end (RFC 9112 §8).
  mutating func breakStream(_ connection: Int) {
    connections[connection].pointee.request = -1
    connections[connection].pointee.waitsForRoom = false
    guard connections[connection].pointee.mustClose else { return end(connection, cleanly: false) }
    closeByReset(connection)
    close(connection)
  }

  /// Where the end of the connection ends the body, only a reset says that something is missing.
  mutating func closeByReset(_ connection: Int) {
    guard connections[connection].pointee.mustClose else { return }
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      connections[connection].pointee.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// The server stops. A client of events connects again by itself, so it need not wait for the deadline of the drain.
  mutating func endEventStreams() {
    for slot in 0..<requests.capacity where requests[slot].pointee.isStreaming && requests[slot].pointee.connection >= 0 {
      let request = requests[slot]
      guard request.pointee.context.streamForm == .events else { continue }
      let connection = request.pointee.connection
      finishStream(of: slot)
      connections[connection].pointee.request = -1
      connections[connection].pointee.waitsForRoom = false
      abandon(slot, status: request.pointee.context.status, .drain)
      answered(connection, keepAlive: false)
    }
  }

  // MARK: Heartbeat

  /// When the client of the request in flight has to hear something; never for most.
  mutating func heartbeatAt(_ slot: Int) -> Instant {
    let number = connections[slot].pointee.request
    guard number >= 0, requests[number].pointee.isStreaming, requests[number].pointee.context.streamForm == .events else {
      return Instant(nanoseconds: .max)
    }
    return now.advanced(byNanoseconds: timeouts.heartbeat)
  }

  /// Nothing has happened for a while: a comment tells proxies that the connection is alive, and the kernel whether the
  /// client is.
  mutating func sendHeartbeat(_ slot: Int) {
    guard heartbeatAt(slot) < Instant(nanoseconds: .max) else { return }
    if !connections[slot].pointee.isSending {
      metrics.streamHeartbeat()
      let comment: StaticString = ":\n\n"
      comment.withUTF8Buffer { append(part: UnsafeRawBufferPointer($0), of: connections[slot].pointee.request) }
    }
    setDeadlineForPhase(slot)
  }
}
