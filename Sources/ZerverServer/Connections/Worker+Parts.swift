@_spi(Server) import ZerverCore

// Bodies in parts: `input stream T`. The request is admitted when its head is there. Its body is read only as far as the flow
// takes it: what else arrives waits in the connection's input, and when that is full in the kernel, until the client has to
// wait itself.
extension Worker where Backend: ~Copyable {
  /// A request is there whose flow takes the body in parts. Its head stands at the front of the input.
  mutating func admitParts(
    _ slot: Int, _ bytes: UnsafeRawBufferPointer, _ flow: UnsafePointer<BoundFlow>, isAlias: Bool, route: Int
  ) {
    let connection = connections[slot]
    let head = connection.pointee.parser.head
    let isHeadAlone = bytes.count == connection.pointee.parser.headBytes
    guard head.contentLength ?? 0 <= configuration.http.streamBodyBytesMax else { return refuse(slot, .bodyTooLarge) }
    connection.pointee.phase = .parts
    let framing: IncomingParts.Framing =
      if connection.pointee.parent >= 0 {
        .stream
      } else if head.isChunked {
        .chunked(ChunkedDecoder(bodyBytesMax: configuration.http.streamBodyBytesMax, limits: httpLimits))
      } else {
        .length(head.contentLength ?? 0)
      }
    connection.pointee.incoming = IncomingParts(
      framing, bytesMax: configuration.http.streamBodyBytesMax, lineBytesMax: configuration.http.streamLineBytesMax)
    metrics.inputStreamBegan()
    // Whatever becomes of the request: the connection ends with it when the rest of its body is not read.
    connection.pointee.isCutShort = true
    setDeadline(slot, Instant(nanoseconds: .max))
    admit(flow, isAlias: isAlias, route: route, bodyBytes: 0, bytes, of: slot)
    guard connection.pointee.request >= 0, head.expectsContinue, isHeadAlone else { return }
    writeContinue(slot)
  }

  /// The head of such a request is decoded.
  mutating func beginParts(_ slot: Int) {
    requests[slot].pointee.unread = .parts
    requests[slot].pointee.context.linesRead = 0
  }

  // MARK: What the flow asks for

  /// The flow of a request waits for the next part.
  mutating func askForPart(_ slot: Int) {
    let connection = requests[slot].pointee.connection
    connections[connection].pointee.waitsForPart = true
    setDeadline(connection, now.advanced(byNanoseconds: timeouts.body))
    // The request runs, so that it cannot be given up here: the timer does it.
    if connections[connection].pointee.hasEnded, lacksEnd(connection) { return setDeadline(connection, now) }
    if givePart(to: slot, of: connection) { return }
    if connections[connection].pointee.isHeldBack { resumeReceiving(connection) }
  }

  /// Why a step may not take a part; `nil` when it may.
  mutating func misuse(ofTakeBy use: Plan.Use, _ slot: Int) -> FlowFailure? {
    guard use.takesParts else {
      return .internalError("step \(use.step) takes a part of the input, and its line declares no `stream`")
    }
    guard requests[slot].pointee.unread == .parts else { return .noFurtherPart(step: use.step) }
    return nil
  }

  /// Bytes of a body in parts have arrived, or its end.
  mutating func bodyArrived(_ slot: Int) {
    let connection = connections[slot]
    let request = connection.pointee.request
    guard connection.pointee.waitsForPart else {
      if !countParts(slot) { connection.pointee.incoming?.refuse(.outOfMemory) }
      return
    }
    if givePart(to: request, of: slot) { enqueue(request) }
  }

  /// The client has sent its last byte, and the body may lack its end: nobody can carry out what was not said.
  mutating func bodyCutOff(_ slot: Int) {
    // Before the head is decoded it stands before the body. Then this is found out when the flow asks for a part.
    if requests[connections[slot].pointee.request].pointee.unread == .parts, lacksEnd(slot) { close(slot) }
  }

  /// Nothing more comes, and what has come is not the whole body.
  private mutating func lacksEnd(_ slot: Int) -> Bool {
    guard let parts = connections[slot].pointee.incoming else { return false }
    decodeInput(of: slot, parts, atMost: .max)
    return !parts.hasEnded && parts.refusal == nil
  }

  /// The next part has not come in time, or the client has gone in the middle.
  mutating func partIsLate(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.waitsForPart else { return }
    if connection.pointee.hasEnded { return close(slot) }
    let request = connection.pointee.request
    partFailed(HTTPRefusal.requestTimeout.failure, request, of: slot)
    enqueue(request)
  }

  // MARK: Parts

  /// Gives the flow the next part when there is one, or tells it why there will be none. `false` when more has to come.
  private mutating func givePart(to slot: Int, of number: Int) -> Bool {
    guard let parts = connections[number].pointee.incoming else { preconditionFailure("a body in parts is on its way") }
    let request = requests[slot]
    while true {
      decodeInput(of: number, parts, atMost: parts.cutter.bytesMax)
      let buffer = buffers.buffer(parts.buffer)
      switch parts.cutter.next(buffer.pointee.view, hasEnded: parts.hasEnded) {
      case .part(let bytes, let isLast):
        request.pointee.context.body = UnsafeRawBufferPointer(rebasing: buffer.pointee.view.prefix(bytes))
        request.pointee.context.isLastPart = isLast
        let outcome = request.pointee.flow.pointee.decodePart(into: &request.pointee.context) ?? .failed
        request.pointee.context.body = UnsafeRawBufferPointer(start: nil, count: 0)
        buffer.pointee.consume(first: bytes)
        // Nothing but white space: the step is not asked.
        if outcome == .continued, !isLast, !request.pointee.context.partHasElements { continue }
        if outcome == .continued { metrics.inputStreamPart(bytes: bytes) }
        if isLast, outcome == .continued { bodyIsRead(by: slot, of: number, .whole) } else { countParts(number) }
        partArrived(outcome, slot, of: number)
        return true
      case .lineTooLong:
        let line = request.pointee.context.linesRead + 1
        partFailed(.lineTooLong(line, bytesMax: parts.cutter.lineBytesMax), slot, of: number)
        return true
      case .needMore:
        if let refusal = parts.refusal {
          partFailed(refusal.failure, slot, of: number)
          return true
        }
        guard countParts(number) else {
          partFailed(HTTPRefusal.outOfMemory.failure, slot, of: number)
          return true
        }
        return false
      }
    }
  }

  /// Decodes of the input what a part needs.
  private mutating func decodeInput(of slot: Int, _ parts: IncomingParts, atMost bytesMax: Int) {
    let connection = connections[slot]
    if parts.buffer < 0 { parts.buffer = buffers.take() }
    let buffer = buffers.buffer(parts.buffer)
    while true {
      let room = bytesMax - buffer.pointee.count
      guard room > 0, !parts.hasEnded else { return }
      let taken = parts.decode(input(slot), atMost: room, isAll: connection.pointee.hasEnded, into: &buffer.pointee)
      if taken == 0 { return }
      consume(slot, taken)
      giveWindowBack(slot, taken)
    }
  }

  private mutating func partArrived(_ outcome: StepOutcome, _ slot: Int, of connection: Int) {
    connections[connection].pointee.waitsForPart = false
    if outcome != .continued { connections[connection].pointee.incoming?.isRefused = true }
    setDeadline(connection, Instant(nanoseconds: .max))
    renewVersion(of: slot)
    let request = requests[slot]
    let flow = request.pointee.flow
    request.pointee.machine.partArrived(
      outcome, deadline: now.advanced(byNanoseconds: flow.pointee.deadlineNanoseconds), in: flow.pointee.plan)
  }

  private mutating func partFailed(_ failure: FlowFailure, _ slot: Int, of connection: Int) {
    _ = requests[slot].pointee.context.fail(failure)
    partArrived(.failed, slot, of: connection)
  }

  /// Counts what the connection holds of the body. `false` when the worker holds too much.
  @discardableResult
  private mutating func countParts(_ slot: Int) -> Bool {
    guard let parts = connections[slot].pointee.incoming else { return true }
    return bodyGrew(slot, to: input(slot).count + (parts.buffer < 0 ? 0 : buffers.buffer(parts.buffer).pointee.count))
  }

  // MARK: The end

  /// The last part is given. What stands in the input behind it is the next request.
  private mutating func bodyIsRead(by slot: Int, of connection: Int, _ end: WorkerMetrics.InputStreamEnd) {
    requests[slot].pointee.unread = .nothing
    connections[connection].pointee.phase = .busy
    connections[connection].pointee.isCutShort = false
    dropParts(connection, end)
    bodyIsGone(connection)
    if !inputIsEmpty(connection) { connections[connection].pointee.began = now }
  }

  /// The request is answered without the rest of its body. When that is there already it is thrown away; otherwise the connection
  /// ends with the answer, since nobody knows how much more would come.
  mutating func leaveParts(of slot: Int) {
    let request = requests[slot]
    request.pointee.unread = .nothing
    let number = request.pointee.connection
    guard number >= 0, let parts = connections[number].pointee.incoming else { return }
    let connection = connections[number]
    connection.pointee.waitsForPart = false
    body.removeAll()
    while !parts.hasEnded {
      let taken = parts.decode(input(number), atMost: parts.cutter.bytesMax, isAll: connection.pointee.hasEnded, into: &body)
      body.removeAll()
      if taken == 0 { break }
      consume(number, taken)
      giveWindowBack(number, taken)
    }
    let end = parts.isRefused ? WorkerMetrics.InputStreamEnd.refused : .left
    if parts.hasEnded {
      bodyIsRead(by: slot, of: number, end)
    } else {
      connection.pointee.phase = .busy
      request.pointee.read.head.flags.remove(.keepsAlive)
      dropParts(number, end)
      bodyIsGone(number)
    }
  }

  /// Nothing more of the body is read.
  mutating func dropParts(_ slot: Int, _ end: WorkerMetrics.InputStreamEnd) {
    guard let parts = connections[slot].pointee.incoming else { return }
    if parts.buffer >= 0 { buffers.give(parts.buffer) }
    connections[slot].pointee.incoming = nil
    metrics.inputStreamEnded(end)
  }
}

extension HTTPRefusal {
  /// The same as the end of a request that is in flight already.
  var failure: FlowFailure { FlowFailure(code: code, status: status, detail: reason.description) }
}

extension FlowFailure {
  fileprivate static func lineTooLong(_ line: Int, bytesMax: Int) -> FlowFailure {
    FlowFailure(
      code: "content-too-large", status: 413, detail: "line \(line): a line may have \(bytesMax) bytes",
      members: [Member("line", .int(line))])
  }
}
