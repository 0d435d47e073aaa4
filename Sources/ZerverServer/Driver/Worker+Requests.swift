import Logging
import ZerverCatalog
@_spi(Server) import ZerverCore

// Carries out what the machine of a request asks for. One worker owns a request from admission to answer.
extension Worker where Backend: ~Copyable {
  // MARK: Admission

  /// Takes a request in, or refuses it at once when there is no room. The request's bytes stay in the connection's input
  /// until the flow has decoded them.
  ///
  /// - Parameter route: the bound path by its number in the router; -1 for the flow's own.
  mutating func admit(
    _ flow: UnsafePointer<BoundFlow>, isAlias: Bool, route: Int, bodyBytes: Int, _ bytes: UnsafeRawBufferPointer,
    of connection: Int
  ) {
    if let reason = reasonToRefuse(flow) { return refuse(connection, reason, flow, bodyBytes: bodyBytes) }
    guard let slot = takeRequest() else { return refuse(connection, .slotsFull, flow, bodyBytes: bodyBytes) }
    if flow.pointee.takesParts { requestsWithParts += 1 }
    let asking = connections[connection]
    let new = requests[slot]
    new.pointee.connection = connection
    new.pointee.started = asking.pointee.began
    new.pointee.unread = .request
    new.pointee.read.flow = flow
    new.pointee.read.isServedAlias = isAlias
    new.pointee.read.route = route
    new.pointee.read.head = asking.pointee.parser.head
    new.pointee.read.bodyBytes = bodyBytes
    new.pointee.read.accepted = acceptedTypes(asking.pointee.parser.head, bytes)
    new.pointee.read.alias = isAlias ? aliasNumber(flow, asking.pointee.parser.head, bytes) : -1
    new.pointee.read.coding = flow.pointee.compression.flatMap { coding(of: $0.settings, asking.pointee.parser.head, bytes) }
    new.pointee.context.frame.reserve(flow.pointee.frameBytes)
    new.pointee.machine.started(deadline: new.pointee.started.advanced(byNanoseconds: flow.pointee.deadlineNanoseconds), limits: machineLimits)
    if flow.pointee.cap >= 0 { inFlightOfCap[flow.pointee.cap] += 1 }
    asking.pointee.phase = flow.pointee.takesParts ? .parts : .busy
    asking.pointee.request = slot
    asking.pointee.bytesOfRequest = new.pointee.read.bytes
    new.pointee.context.hasJSONBody = hasJSONBody(asking.pointee.parser.head, bytes)
    if flow.pointee.asksForCaller {
      new.pointee.context.set(caller: caller)
      tenants.entered(caller?.tenant)
    }
    if flow.pointee.isStream, let form = streamForm(asking.pointee.parser.head, bytes) {
      new.pointee.context.set(streamForm: form)
    }
    // The bytes of the head are gone when the answer is known.
    if asking.pointee.parser.head.flags.contains(.hasConditions) {
      let conditions = RequestConditions(asking.pointee.parser.head, in: bytes)
      if flow.pointee.readsPrecondition, !asking.pointee.parser.head.method.isSafe, let conditions {
        new.pointee.context.set(precondition: conditions.precondition)
      }
      new.pointee.set(conditions: conditions)
    }
    if asking.pointee.parent >= 0 { setUrgency(of: connection, flow.pointee.priority) }
    metrics.requestStarted()
    enqueue(slot)
  }

  /// Why a request of the flow may not have a slot.
  @inline(__always)
  private mutating func reasonToRefuse(_ flow: UnsafePointer<BoundFlow>) -> WorkerMetrics.Refusal? {
    if bufferedBytes > configuration.http.bufferedBytesMax { return .memoryFull }
    if flow.pointee.cap >= 0, inFlightOfCap[flow.pointee.cap] >= router.caps[flow.pointee.cap] { return .profileFull }
    if flow.pointee.asksForCaller, tenants.isFull(caller?.tenant) { return .tenantFull }
    if !ready.hasRoom(in: flow.pointee.priority) { return .queueFull }
    return flow.pointee.takesParts && requestsWithParts >= max(1, requests.slotsMax / 2) ? .slotsFull : nil
  }

  /// A free slot with a new version. A slot whose versions are used up is not used again.
  @inline(__always)
  private mutating func takeRequest() -> Int? {
    while let slot = requests.take() {
      if requests[slot].pointee.version + 1 < OperationID.versionsMax {
        requests[slot].pointee.version += 1
        return slot
      }
    }
    return nil
  }

  @inline(__always)
  mutating func enqueue(_ slot: Int) {
    guard !requests[slot].pointee.isQueued else { return }
    requests[slot].pointee.isQueued = true
    ready.push(slot, requests[slot].pointee.flow.pointee.priority, at: now)
  }

  // MARK: Driving

  /// Runs a request until it parks, ends, or has had its share of the thread.
  mutating func drive(_ slot: Int) {
    let request = requests[slot]
    request.pointee.isQueued = false
    // Given up while it waited in the queue.
    guard !request.pointee.machine.isIdle else { return free(slot) }
    let flow = request.pointee.flow
    let began = now
    // Expired work is dropped, never run.
    request.pointee.machine.timePassed(now, in: flow.pointee.plan)
    while true {
      switch request.pointee.machine.next(in: flow.pointee.plan) {
      case .decode: decode(slot)
      case .receive: askForPart(slot)
      case .run(let strand, let use, let isResuming):
        run(slot, strand: strand, use: use, isResuming: isResuming)
        if hasUsedUpItsQuantum(slot, since: began) { return enqueue(slot) }
      case .test(let strand, let condition):
        let holds = flow.pointee.test(condition, request.pointee.context)
        request.pointee.machine.tested(holds, strand: strand, in: flow.pointee.plan)
      case .submit(let strand, let effect, let token, let deadline):
        submit(slot, strand: strand, effect: effect, token: token, deadline: deadline)
      case .cancel(let strand, let effect, let token): cancel(slot, strand: strand, effect: effect, token: token)
      case .draw(let strand):
        request.pointee.machine.drawn(randomNumbers.next(), strand: strand, at: now, in: flow.pointee.plan)
      case .note(let note):
        record(note, of: slot)
        switch note {
        case .undone, .undoFailed: renewLease(slot)
        case .retried, .fellBack, .detachedEnded, .detachedFailed: break
        }
      case .keepFailure(let cause):
        request.pointee.keep(request.pointee.failure(of: cause))
        renewLease(slot)
      case .settle(let cause): settle(slot, cause)
      case .requeue: return enqueue(slot)
      case .park: return park(slot)
      case .respond:
        // The slot may serve the connection's next request as soon as it is free.
        let lingers = !request.pointee.machine.isIdle
        respond(slot)
        guard lingers else { return }
      case .refuse(let cause):
        let lingers = !request.pointee.machine.isIdle
        fail(slot, cause)
        guard lingers else { return }
      case .discard: return free(slot)
      }
    }
  }

  private mutating func decode(_ slot: Int) {
    let request = requests[slot]
    let bytes = requestBytes(request.pointee.connection)
    request.pointee.context.query = request.pointee.read.head.query.of(bytes)
    request.pointee.context.body = UnsafeRawBufferPointer(rebasing: bytes[request.pointee.read.headBytes..<request.pointee.read.bytes])
    let outcome = request.pointee.read.route < 0 ? request.pointee.flow.pointee.decode(into: &request.pointee.context) : decodeWithPath(slot, bytes)
    let isHeld = request.pointee.flow.pointee.idempotency != nil && outcome == .continued && claimKey(slot, bytes)
    dropHeadAndBody(of: slot)
    if request.pointee.flow.pointee.takesParts { beginParts(slot) }
    request.pointee.machine.decoded(outcome, isHeld: isHeld)
  }

  private mutating func decodeWithPath(_ slot: Int, _ bytes: UnsafeRawBufferPointer) -> StepOutcome {
    let request = requests[slot]
    if let failure = joinPath(of: slot, bytes) { return request.pointee.context.fail(failure) }
    let outcome = request.pointee.flow.pointee.decode(into: &request.pointee.context)
    guard let failure = request.pointee.context.failure else { return outcome }
    return request.pointee.context.fail(router.routes[request.pointee.read.route].input.explained(failure))
  }

  /// The request's bytes are not needed any more.
  @inline(__always)
  mutating func consumeRequest(_ slot: Int) {
    let request = requests[slot]
    switch request.pointee.unread {
    case .nothing: return
    case .request:
      dropHeadAndBody(of: slot)
      // It ends before it was decoded, and its body is on its way still.
      if request.pointee.flow.pointee.takesParts { leaveParts(of: slot) }
    case .parts: leaveParts(of: slot)
    }
  }

  /// Drops the bytes of the request that stand in one piece: for a body in parts, the head.
  @inline(__always)
  private mutating func dropHeadAndBody(of slot: Int) {
    let request = requests[slot]
    request.pointee.unread = .nothing
    request.pointee.context.query = UnsafeRawBufferPointer(start: nil, count: 0)
    request.pointee.context.body = UnsafeRawBufferPointer(start: nil, count: 0)
    let connection = request.pointee.connection
    guard connection >= 0 else { return }
    consumeRequest(of: connection, request.pointee.read.bytes)
  }

  private mutating func run(_ slot: Int, strand: Int, use: Int, isResuming: Bool) {
    let request = requests[slot]
    let flow = request.pointee.flow
    if isResuming {
      request.pointee.context.resumption = request.pointee.parked[strand].resume()
    }
    let outcome = flow.pointee.run(use, &request.pointee.context)
    if isResuming { request.pointee.context.resumption = nil }
    switch outcome {
    case .needs:
      guard let need = request.pointee.context.need else { preconditionFailure("a step that needs effects names them") }
      request.pointee.context.need = nil
      if let kind = undeclaredKind(in: need, of: flow.pointee.plan.uses[use]) {
        let step = flow.pointee.plan.uses[use].step
        _ = request.pointee.context.fail(
          .internalError("step \(step) needs \(kind.name), which its line does not declare"))
        return decided(slot, .failed, strand, nil)
      }
      request.pointee.makeRoom(forStrand: strand)
      request.pointee.parked[strand].wait(for: need, isFirst: !isResuming)
      decided(slot, .needs, strand, NeedShape(need))
    case .yielded:
      guard let progress = request.pointee.context.progress else { preconditionFailure("a step that yields has progress") }
      request.pointee.context.progress = nil
      guard flow.pointee.plan.uses[use].isCooperative else {
        let step = flow.pointee.plan.uses[use].step
        _ = request.pointee.context.fail(.internalError("step \(step) yields, which its line does not declare"))
        return decided(slot, .failed, strand, nil)
      }
      request.pointee.makeRoom(forStrand: strand)
      request.pointee.parked[strand].yield(progress, isFirst: !isResuming)
      decided(slot, .yielded, strand, nil)
    case .emitted:
      guard let progress = request.pointee.context.progress else { preconditionFailure("a step that gives a part has progress") }
      request.pointee.context.progress = nil
      request.pointee.makeRoom(forStrand: strand)
      request.pointee.parked[strand].yield(progress, isFirst: !isResuming)
      emitted(slot, strand: strand)
    case .taken:
      guard let progress = request.pointee.context.progress else { preconditionFailure("a step that takes a part has progress") }
      request.pointee.context.progress = nil
      if let failure = misuse(ofTakeBy: flow.pointee.plan.uses[use], slot) {
        _ = request.pointee.context.fail(failure)
        return decided(slot, .failed, strand, nil)
      }
      request.pointee.makeRoom(forStrand: strand)
      request.pointee.parked[strand].yield(progress, isFirst: !isResuming)
      decided(slot, .taken, strand, nil)
    case .continued, .inserted, .replaced, .done, .failed:
      if isResuming { request.pointee.parked[strand].clear() }
      decided(slot, outcome, strand, nil)
    }
  }

  @inline(__always)
  private mutating func decided(_ slot: Int, _ outcome: StepOutcome, _ strand: Int, _ need: NeedShape?) {
    let request = requests[slot]
    var isTransient = false
    if case .failed = outcome { isTransient = request.pointee.context.failure?.isTransient ?? false }
    request.pointee.machine.stepDecided(
      outcome, strand: strand, need: need, isTransient: isTransient, at: now, in: request.pointee.flow.pointee.plan)
  }

  private mutating func undeclaredKind(in need: Need, of use: Plan.Use) -> EffectKind? {
    for effect in need.effects where !use.needs.contains(effect.kind) { return effect.kind }
    return nil
  }

  /// Whether the request goes to the back of its queue. A step is not interrupted, so one that took longer than the whole
  /// quantum is counted.
  private mutating func hasUsedUpItsQuantum(_ slot: Int, since began: Instant) -> Bool {
    let request = requests[slot]
    let before = now
    now = MonotonicClock.now
    let quantum = quanta[Int(request.pointee.flow.pointee.priority.rawValue)]
    if now.nanoseconds &- before.nanoseconds > quantum { metrics.quantumOverrun(flow: request.pointee.flow.pointee.index) }
    return now.nanoseconds &- began.nanoseconds > quantum && !request.pointee.machine.hasEnded
  }

  private mutating func park(_ slot: Int) {
    let request = requests[slot]
    var wakeAt = request.pointee.machine.wakeAt
    if let keyed = request.pointee.keyed, let again = keyed.again { wakeAt = min(wakeAt, again) }
    guard wakeAt.nanoseconds < .max else {
      if let timer = request.pointee.timer { timers.cancel(timer) }
      request.pointee.timer = nil
      return
    }
    if let timer = request.pointee.timer, timers.reschedule(timer, at: wakeAt) { return }
    let timer = WorkerTimer(.request, slot: slot, generation: request.pointee.version)
    request.pointee.timer = timers.schedule(at: wakeAt, payload: timer.payload)
  }

  mutating func requestTimerFired(_ slot: Int, version: UInt64) {
    let request = requests[slot]
    guard request.pointee.version & 0xFF_FFFF_FFFF == version, !request.pointee.machine.isIdle else { return }
    request.pointee.timer = nil
    request.pointee.machine.timePassed(now, in: request.pointee.flow.pointee.plan)
    if request.pointee.keyed != nil { settleAgain(slot) }
    enqueue(slot)
  }

  // MARK: Effects

  private mutating func submit(_ slot: Int, strand: Int, effect: Int, token: Int, deadline: Instant) {
    let request = requests[slot]
    guard let need = request.pointee.parked[strand].need else { preconditionFailure("only a parked step submits") }
    let operation = OperationID(slot: slot, version: request.pointee.version, token: token)
    let effect = need.effects[effect]
    guard let capability = capabilityOfKind[Int(effect.kind.rawValue)] else {
      return hub.complete(
        operation, with: .failed(EffectFailure(.unsupported, detail: "this server has no capability for \(effect.kind.name)")))
    }
    capability.submit(effect, as: operation, deadline: deadline)
  }

  private mutating func cancel(_ slot: Int, strand: Int, effect: Int, token: Int) {
    let request = requests[slot]
    guard let need = request.pointee.parked[strand].need else { preconditionFailure("only a parked step submits") }
    if request.pointee.keyed != nil { noteUncertainty(of: need.effects[effect], strand: strand, slot) }
    capabilityOfKind[Int(need.effects[effect].kind.rawValue)]?
      .cancel(OperationID(slot: slot, version: request.pointee.version, token: token))
  }

  mutating func effectCompleted(_ operation: OperationID, _ outcome: EffectOutcome) {
    let slot = operation.slot
    if operation.token >= OperationID.planTokensMax { return keyOperationCompleted(operation, outcome) }
    guard slot < requests.capacity, requests[slot].pointee.version == operation.version,
      let recipient = requests[slot].pointee.machine.recipient(ofToken: operation.token)
    else { return metrics.staleCompletionDropped() }
    let request = requests[slot]
    var hasChanged = false
    if request.pointee.keyed != nil {
      noteUncertainty(of: outcome, recipient, slot)
      hasChanged =
        outcome.isSuccess && request.pointee.parked[recipient.strand].need?.effects[recipient.effect].mayChangeSomething == true
    }
    let kind = request.pointee.parked[recipient.strand].received(outcome, effect: recipient.effect)
    metrics.effectCompleted(kind, outcome)
    request.pointee.machine.effectCompleted(
      strand: recipient.strand, effect: recipient.effect, succeeded: outcome.isSuccess, isTransient: outcome.isTransient,
      hasChanged: hasChanged, in: request.pointee.flow.pointee.plan)
    enqueue(slot)
  }

  // MARK: The end of a request

  /// The client has gone: cancels what it waited for and answers nobody. Compensations and detached uses go on.
  mutating func abandon(_ slot: Int, status: UInt16 = 499, _ end: WorkerMetrics.StreamEnd = .clientGone) {
    let request = requests[slot]
    // The connection discards its input itself.
    request.pointee.unread = .nothing
    request.pointee.connection = -1
    request.pointee.machine.abandoned()
    finished(slot, status: status, failure: nil, end)
    if request.pointee.machine.outlivesClient { return enqueue(slot) }
    handOutRest(slot)
  }

  /// The server stops: nothing of the request runs any more.
  mutating func cut(_ slot: Int) {
    let request = requests[slot]
    let connection = request.pointee.connection
    if connection >= 0 {
      if request.pointee.isStreaming { closeByReset(connection) }
      connections[connection].pointee.request = -1
      request.pointee.unread = .nothing
      request.pointee.connection = -1
      finished(slot, status: 499, failure: nil, .drain)
    }
    request.pointee.machine.cut(in: request.pointee.flow.pointee.plan)
    handOutRest(slot)
  }

  /// What a machine still asks for when nothing of its request runs any more.
  private mutating func handOutRest(_ slot: Int) {
    let request = requests[slot]
    while !request.pointee.machine.isIdle {
      switch request.pointee.machine.next(in: request.pointee.flow.pointee.plan) {
      case .cancel(let strand, let effect, let token): cancel(slot, strand: strand, effect: effect, token: token)
      case .note(let note): record(note, of: slot)
      case .discard: break
      case .decode, .run, .receive, .test, .submit, .draw, .requeue, .park, .keepFailure, .settle, .respond, .refuse:
        preconditionFailure("nothing runs any more")
      }
    }
    // One that waits in the run queue is freed when its turn comes.
    if !request.pointee.isQueued { free(slot) }
  }

  private mutating func respond(_ slot: Int) {
    consumeRequest(slot)
    let status = writeResponse(of: slot)
    finished(slot, status: status, failure: nil, requests[slot].pointee.endsWithDrain ? .drain : .whole)
    release(slot)
  }

  private mutating func fail(_ slot: Int, _ cause: RequestMachine.Cause) {
    let request = requests[slot]
    consumeRequest(slot)
    let failure = request.pointee.keptFailure ?? request.pointee.failure(of: cause)
    let status = self.status(of: failure, request.pointee.flow)
    guard !request.pointee.isStreaming else {
      let connection = request.pointee.connection
      finished(slot, status: status, failure: failure, .failure)
      request.pointee.connection = -1
      if request.pointee.machine.isIdle { free(slot) }
      return breakStream(connection)
    }
    writeProblem(failure, status: status, of: slot)
    finished(slot, status: status, failure: failure, .failure)
    release(slot)
  }

  mutating func status(of failure: FlowFailure, _ flow: UnsafePointer<BoundFlow>) -> UInt16 {
    failure.status ?? flow.pointee.status(ofError: failure.code) ?? 500
  }

  /// The connection has its answer. The slot stays while detached uses are at work.
  private mutating func release(_ slot: Int) {
    let request = requests[slot]
    let connection = request.pointee.connection
    let keepAlive = request.pointee.read.head.keepsAlive && !connections[connection].pointee.mustClose
    request.pointee.connection = -1
    if request.pointee.machine.isIdle { free(slot) }
    guard connections[connection].pointee.file == nil else { return beginFile(connection) }
    answered(connection, keepAlive: keepAlive)
    processInput(connection)
  }

  /// - Parameter end: what has become of an answer in parts, if it is one.
  private mutating func finished(_ slot: Int, status: UInt16, failure: FlowFailure?, _ end: WorkerMetrics.StreamEnd) {
    let request = requests[slot]
    if request.pointee.isStreaming { metrics.streamEnded(end) }
    let nanoseconds = now.nanoseconds(since: request.pointee.started)
    let flow = request.pointee.flow
    metrics.requestFinished(flow: flow.pointee.index, status: status, nanoseconds: nanoseconds)
    guard requestLog.records(status: status) else { return }
    let entry = flow.pointee.entry
    let alias = request.pointee.read.alias
    requestLog.record(
      RequestLog.Entry(
        method: entry.method.rawValue, flow: (entry.slug.text, entry.version.number),
        alias: alias < 0 ? nil : entry.aliases[alias].slug.text, caller: request.pointee.context.caller, status: status,
        duration: .nanoseconds(Int64(nanoseconds)), problem: failure?.code, detail: failure?.logDetail ?? ""),
      at: now)
  }

  // MARK: What no answer tells

  private mutating func record(_ note: RequestMachine.Note, of slot: Int) {
    let request = requests[slot]
    metrics.noted(FlowEvent(note), flow: request.pointee.flow.pointee.index)
    switch note {
    case .retried, .undone, .detachedEnded: break
    case .fellBack(let use, let cause):
      let failure = request.pointee.failure(of: cause)
      // That the plan can do without a resource is planned; that a step is wrong is not.
      if failure.status == 500 { log("step has failed, the plan goes on", failure, use: use, of: slot) }
    case .undoFailed(let use, let cause):
      request.pointee.keyed?.isUncertain = true
      // Somebody has to look after this by hand, so each one is written, whatever the log leaves out otherwise.
      logger.error(
        "undo has failed", metadata: RequestLog.metadata(of: request.pointee.failure(of: cause), step: step(use, of: slot)))
    case .detachedFailed(let use, let cause):
      log("detached step has failed", request.pointee.failure(of: cause), use: use, of: slot)
    }
  }

  private mutating func log(_ message: Logger.Message, _ failure: FlowFailure, use: Int, of slot: Int) {
    requestLog.record(message, failure, step: step(use, of: slot), at: now)
  }

  private mutating func step(_ use: Int, of slot: Int) -> RequestLog.Step {
    let flow = requests[slot].pointee.flow
    return RequestLog.Step(
      name: flow.pointee.plan.uses[use].step, line: flow.pointee.plan.uses[use].line, flow: flow.pointee.entry.reference)
  }

  private mutating func free(_ slot: Int) {
    let request = requests[slot]
    let flow = request.pointee.flow
    flow.pointee.release(&request.pointee.context)
    if flow.pointee.cap >= 0 { inFlightOfCap[flow.pointee.cap] -= 1 }
    if flow.pointee.takesParts { requestsWithParts -= 1 }
    if flow.pointee.asksForCaller { tenants.left(request.pointee.context.caller?.tenant) }
    request.pointee.context.reset()
    for strand in request.pointee.parked.indices { request.pointee.parked[strand].clear() }
    if let timer = request.pointee.timer { timers.cancel(timer) }
    request.pointee.timer = nil
    request.pointee.connection = -1
    request.pointee.dropRareParts()
    if request.pointee.isStreaming {
      request.pointee.isStreaming = false
      request.pointee.endsWithDrain = false
      dropCompressor(of: slot)
    }
    requests.give(slot)
  }
}

/// What admission has to know of a request that has been read.
struct AdmittedRequest {
  /// `nil` in a slot that was never used.
  var flow: UnsafePointer<BoundFlow>! = nil
  /// The request came by an alias that answers in place.
  var isServedAlias = false
  /// That alias, by its number in the flow's entry; -1 for none.
  var alias = -1
  /// The bound path that the request came by, by its number in the router; -1 for the flow's own.
  var route = -1
  var head = HTTPRequestHead()
  var bodyBytes = 0
  /// What the client takes of the framework's own types.
  var accepted = AcceptedTypes.all
  /// How the client likes an answer compressed that may be; `nil` for not at all.
  var coding: ContentCoding?

  /// The empty line included.
  var headBytes: Int { head.headers.end + 2 }
  /// Bytes of the request in the connection's input.
  var bytes: Int { headBytes + bodyBytes }
}
