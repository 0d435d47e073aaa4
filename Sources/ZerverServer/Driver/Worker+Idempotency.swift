import Logging
import ZerverCatalog
@_spi(Server) import ZerverCore

// Carries out what the machine of an `Idempotency-Key` asks for.
extension Worker where Backend: ~Copyable {
  // MARK: The key

  /// The answer to a request whose key is missing or none; `nil` when its flow may be asked.
  mutating func keyRefusal(
    of flow: UnsafePointer<BoundFlow>, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> ImmediateAnswer? {
    switch idempotencyKey(head, bytes) {
    case .key: nil
    case .malformed(let reason): .keyRefused(flow, .idempotencyKeyMalformed(reason))
    case nil: flow.pointee.idempotency?.mode == .required ? .keyRefused(flow, .idempotencyKeyMissing) : nil
    }
  }

  private mutating func idempotencyKey(
    _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> IdempotencyKey.Reading? {
    head.list(of: "idempotency-key", in: bytes).map { value in value.withUnsafeBytes { IdempotencyKey.read($0) } }
  }

  // MARK: The claim

  /// Lays claim to the key of a request that has been decoded and whose bytes are still there. `false` when it has none.
  mutating func claimKey(_ slot: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let request = requests[slot]
    let flow = request.pointee.flow
    guard let idempotency = flow.pointee.idempotency, case .key(let key)? = idempotencyKey(request.pointee.read.head, bytes)
    else { return false }
    let name = flow.pointee.entry.reference.description
    let claim = IdempotencyClaim(
      id: IdempotencyDigest.id(key: key, flow: name, caller: request.pointee.context.caller), flow: name,
      fingerprint: IdempotencyDigest.fingerprint(
        flow: name, method: flow.pointee.method.rawValue, query: request.pointee.context.query,
        body: request.pointee.context.body),
      owner: claimOwner(), now: Int(wallSeconds),
      leaseSeconds: Int(flow.pointee.deadlineNanoseconds / 1_000_000_000) + reserveSeconds(of: flow),
      ttlSeconds: idempotency.ttlNanoseconds / 1_000_000_000)
    let keyed = KeyedRequest(IdempotencyMachine(claim))
    request.pointee.keyed = keyed
    carryOut(keyed.machine.started(), of: slot, keyed)
    return true
  }

  /// 16 bytes that no other request has. From the system, because two nodes may have been given the same seed.
  private func claimOwner() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// What a lease holds beyond the work of the plan: two compensations, because a renewal that comes between them may be
  /// lost, the time to keep the answer, five seconds for clocks that differ, and two for what is cut off.
  private func reserveSeconds(of flow: UnsafePointer<BoundFlow>) -> Int {
    let undo = flow.pointee.plan.longestUndo(attempt: configuration.timeouts.undo)
    let reserve = undo * 2 + configuration.idempotency.storeTimeout + .seconds(5)
    return Int(reserve.components.seconds) + 2
  }

  /// Puts the end of the lease off: a loop may have many compensations, and the next one begins. Once a second is enough.
  mutating func renewLease(_ slot: Int) {
    guard let keyed = requests[slot].pointee.keyed, keyed.renewedAt < wallSeconds else { return }
    keyed.renewedAt = wallSeconds
    submitAside(keyed.machine.renewal(until: Int(wallSeconds) + reserveSeconds(of: requests[slot].pointee.flow)), of: slot)
  }

  // MARK: Operations

  private mutating func carryOut(_ action: IdempotencyMachine.Action, of slot: Int, _ keyed: KeyedRequest) {
    let request = requests[slot]
    switch action {
    case .submit(let database):
      keyed.token += 1
      let started = request.pointee.started.advanced(byNanoseconds: request.pointee.flow.pointee.deadlineNanoseconds)
      submit(
        database, OperationID(slot: slot, version: request.pointee.version, token: keyed.token),
        deadline: keyed.settleDeadline.nanoseconds == 0 ? started : keyed.settleDeadline)
    case .run(let isTakenOver):
      metrics.keyed(.claimed)
      if isTakenOver { keyTakenOver(slot) }
      request.pointee.machine.released()
      sweep(slot)
      enqueue(slot)
    case .replay(let answer):
      metrics.keyed(.replayed)
      request.pointee.context.answer(
        with: Response(status: answer.status, contentType: answer.contentType, headers: answer.headers, body: answer.body))
      request.pointee.machine.preempted(by: .respond)
      enqueue(slot)
    case .refuse(let failure, let refusal):
      switch refusal {
      case .inFlight: metrics.keyed(.conflict)
      case .reused: metrics.keyed(.mismatch)
      case .unavailable: if keyed.machine.mayHoldKey { submitAside(IdempotencyTable.release(keyed.machine.claim), of: slot) }
      }
      _ = request.pointee.context.fail(failure)
      request.pointee.machine.preempted(by: .refuse(.failure))
      enqueue(slot)
    case .wait(let instant):
      keyed.again = instant
      enqueue(slot)
    case .send(let settlement):
      keySettled(settlement, slot)
      request.pointee.machine.settled()
      enqueue(slot)
    }
  }

  private mutating func submit(_ database: DatabaseRequest, _ operation: OperationID, deadline: Instant) {
    guard let capability = capabilityOfKind[Int(EffectKind.database.rawValue)] else {
      preconditionFailure("a server whose flows keep their answers has a database")
    }
    capability.submit(.database(database), as: operation, deadline: deadline)
  }

  /// Submits what nobody waits for.
  private mutating func submitAside(_ database: DatabaseRequest, of slot: Int) {
    submit(
      database, OperationID(slot: slot, version: requests[slot].pointee.version, token: OperationID.asideToken),
      deadline: now + configuration.idempotency.storeTimeout)
  }

  mutating func keyOperationCompleted(_ operation: OperationID, _ outcome: EffectOutcome) {
    metrics.effectCompleted(.database, outcome)
    guard operation.token != OperationID.asideToken else { return }
    let slot = operation.slot
    guard slot < requests.capacity, requests[slot].pointee.version == operation.version,
      let keyed = requests[slot].pointee.keyed, keyed.token == operation.token
    else { return metrics.staleCompletionDropped() }
    carryOut(keyed.machine.completed(outcome, random: randomNumbers.next(), at: now), of: slot, keyed)
  }

  /// Removes some of the expired records, now and then.
  private mutating func sweep(_ slot: Int) {
    claimsUntilSweep -= 1
    guard claimsUntilSweep < 0 else { return }
    claimsUntilSweep = IdempotencyTable.claimsPerSweep - 1
    submitAside(IdempotencyTable.sweep(now: Int(wallSeconds)), of: slot)
  }

  // MARK: Uncertainty

  /// An effect is given up while it is on its way. A step that is tried again by its use does no harm when it runs twice:
  /// the checker sees to that.
  mutating func noteUncertainty(of effect: Effect, strand: Int, _ slot: Int) {
    let request = requests[slot]
    let use = request.pointee.machine.use(ofStrand: strand)
    guard effect.mayChangeSomething, request.pointee.flow.pointee.plan.uses[use].retry == nil else { return }
    request.pointee.keyed?.isUncertain = true
  }

  mutating func noteUncertainty(of outcome: EffectOutcome, _ recipient: (strand: Int, effect: Int), _ slot: Int) {
    guard case .failed(let failure) = outcome, failure.reason == .outcomeUnknown,
      let need = requests[slot].pointee.parked[recipient.strand].need
    else { return }
    noteUncertainty(of: need.effects[recipient.effect], strand: recipient.strand, slot)
  }

  // MARK: The answer

  /// Keeps the answer of a request, or gives its key back.
  mutating func settle(_ slot: Int, _ cause: RequestMachine.Cause?) {
    let request = requests[slot]
    guard let keyed = request.pointee.keyed else { preconditionFailure("a request that settles has a key") }
    if request.pointee.machine.leavesChanges { keyed.isUncertain = true }
    var answer = cause.map { storedProblem(slot, $0) } ?? storedResponse(slot)
    let isKept = IdempotencyMachine.keeps(status: answer.status, isUncertain: keyed.isUncertain)
    if isKept, answer.bytes > configuration.idempotency.answerBytesMax {
      metrics.keyed(.tooLarge)
      logger.warning(
        "answer too large to be kept",
        metadata: ["flow": "\(request.pointee.flow.pointee.entry.reference)", "bytes": "\(answer.bytes)"])
      answer = .notKept(answer.status)
    }
    keyed.settleDeadline = now + configuration.idempotency.storeTimeout
    carryOut(
      keyed.machine.answered(answer, isUncertain: keyed.isUncertain, deadline: keyed.settleDeadline), of: slot, keyed)
  }

  mutating func settleAgain(_ slot: Int) {
    guard let keyed = requests[slot].pointee.keyed, let again = keyed.again, again <= now else { return }
    keyed.again = nil
    carryOut(keyed.machine.timePassed(), of: slot, keyed)
  }

  private mutating func storedProblem(_ slot: Int, _ cause: RequestMachine.Cause) -> StoredAnswer {
    let request = requests[slot]
    let failure = request.pointee.keptFailure ?? request.pointee.failure(of: cause)
    // What the cause refers to may be gone when the answer is written.
    request.pointee.keep(failure)
    let status = self.status(of: failure, request.pointee.flow)
    body.removeAll()
    ProblemRenderer.render(failure, status: status, instance: request.pointee.flow.pointee.path, to: &body)
    return StoredAnswer(
      status: status, contentType: ContentType.problem.description, body: body.withBytes { Array($0) })
  }

  private mutating func storedResponse(_ slot: Int) -> StoredAnswer {
    let request = requests[slot]
    lines.removeAll()
    request.pointee.context.headerLines.bytes.withBytes { lines.append(contentsOf: $0) }
    guard let response = request.pointee.context.response else {
      return StoredAnswer(
        status: request.pointee.context.status, contentType: request.pointee.context.contentType.description,
        headerLines: lines.withBytes { Array($0) }, body: request.pointee.context.output.withBytes { Array($0) })
    }
    for header in response.headers { _ = ResponseHead.line(header.name, header.value, in: &lines) }
    return StoredAnswer(
      status: response.status, contentType: response.contentType, headerLines: lines.withBytes { Array($0) },
      body: response.body)
  }

  // MARK: What is told

  private mutating func keyTakenOver(_ slot: Int) {
    metrics.keyed(.takenOver)
    logger.warning(
      "a request runs again whose first run has not come to its end",
      metadata: ["flow": "\(requests[slot].pointee.flow.pointee.entry.reference)", "claim": claimName(slot)])
  }

  private mutating func keySettled(_ settlement: IdempotencyMachine.Settlement, _ slot: Int) {
    let flow = requests[slot].pointee.flow
    switch settlement {
    case .stored: metrics.keyed(.stored)
    case .released: metrics.keyed(.released)
    case .lost:
      metrics.keyed(.failed)
      logger.error(
        "an answer came after another request had taken over its Idempotency-Key: both have run",
        metadata: ["flow": "\(flow.pointee.entry.reference)", "claim": claimName(slot)])
    case .failed(let failure):
      metrics.keyed(.failed)
      logger.error(
        "an answer was given and not kept: a repetition would run again",
        metadata: [
          "flow": "\(flow.pointee.entry.reference)", "claim": claimName(slot), "detail": "\(EscapedText.quoted(failure.detail))",
        ])
    }
  }

  /// The id of the record, as `encode(id, 'hex')` in PostgreSQL and `hex(id)` in SQLite show it.
  private mutating func claimName(_ slot: Int) -> Logger.MetadataValue {
    var hex = ByteBuffer()
    for byte in requests[slot].pointee.keyed?.machine.claim.id ?? [] {
      for digit in [byte >> 4, byte & 0xF] { hex.append(byte: digit < 10 ? 48 + digit : 87 + digit) }
    }
    return "\(hex.withBytes { String(decoding: $0, as: UTF8.self) })"
  }
}
