/// One request under an `Idempotency-Key`, from the claim of the key to the record of the answer. Pure: it reads no clock
/// and performs no I/O; the driver carries out each action and tells what came of it.
///
/// What it keeps: of all requests with one key, one runs at a time, and an answer is kept before it is sent. A claim is a
/// lease: when a node dies with one, the key is free again after a while.
///
/// What is not kept are answers behind which another try may succeed and does no harm: 408, 429 and 5xx give the key
/// back. Not so when the failure leaves open whether something was changed: then the failure is the answer, because a
/// second run might do the work twice.
@_spi(Server) public struct IdempotencyMachine: Equatable, Sendable {
  public enum Action: Equatable, Sendable {
    /// Give this to the database, then call `completed`.
    case submit(DatabaseRequest)
    /// The key belongs to this request: its plan runs, then `answered` is called.
    case run(isTakenOver: Bool)
    /// Another request has answered already. Final.
    case replay(StoredAnswer)
    /// The plan does not run. Final.
    case refuse(FlowFailure, Refusal)
    /// Call `timePassed` at this time.
    case wait(until: Instant)
    /// The answer may be sent. Final.
    case send(Settlement)
  }

  public enum Refusal: Equatable, Sendable {
    /// Another request has the key and is not answered.
    case inFlight
    /// The key was used for something else.
    case reused
    /// Nobody knows, because the database has not said.
    case unavailable
  }

  /// What became of the claim.
  public enum Settlement: Equatable, Sendable {
    case stored
    case released
    /// Another request has taken the key over, because this one took longer than its lease: both have run.
    case lost
    /// The database did not take it. The key is blocked until the lease ends, and free for another run afterwards.
    case failed(EffectFailure)
  }

  private enum State: Equatable {
    /// The claim is at the database. Can become: preparing, running, ended.
    case claiming
    /// The table is being created. Can become: claiming.
    case preparing
    /// The plan runs. Can become: settling.
    case running
    /// The end of the claim is at the database. Can become: waiting, ended.
    case settling
    /// Before another try. Can become: settling.
    case waiting
    case ended
  }

  public let claim: IdempotencyClaim
  private var state = State.ended
  /// A claim whose outcome is unknown is made again once: it names its owner, so a second one does no harm.
  private var claimsLeft = 2
  /// The outcome of a claim is unknown: when the request is refused after that, nobody else would give the key back.
  public private(set) var mayHoldKey = false
  private var hasPrepared = false
  private var settlement: DatabaseRequest?
  private var releases = false
  private var retry = RetryState()
  private var settleDeadline = Instant(nanoseconds: 0)

  /// Tries to settle. The claim's end matters more than one request's latency, and the deadline bounds it in any case.
  private static let settling = RetryPolicy(
    attempts: 16, backoff: ExponentialBackoff(firstNanoseconds: 20_000_000, maxNanoseconds: 1_000_000_000))

  public init(_ claim: IdempotencyClaim) { self.claim = claim }

  /// Whether the answer of this status is kept.
  /// - Parameter isUncertain: a change may have been made that nobody has taken back.
  public static func keeps(status: UInt16, isUncertain: Bool) -> Bool {
    isUncertain || !(status == 408 || status == 429 || status >= 500)
  }

  // MARK: Events

  public mutating func started() -> Action {
    precondition(state == .ended, "a key is claimed once")
    return makeClaim()
  }

  /// What came of the last `submit`.
  /// - Parameter random: any 64 bits, for the wait before another try.
  public mutating func completed(_ outcome: EffectOutcome, random: UInt64, at now: Instant) -> Action {
    switch state {
    case .claiming: return claimCompleted(outcome)
    // Another worker may have created it meanwhile, which fails this try: the claim will tell.
    case .preparing: return makeClaim()
    case .settling: return settlingCompleted(outcome, random: random, at: now)
    case .running, .waiting, .ended: preconditionFailure("nothing was submitted")
    }
  }

  /// The plan has come to its end.
  /// - Parameters:
  ///   - isUncertain: a change may have been made that nobody has taken back.
  ///   - deadline: when to send the answer, whether or not it is kept.
  public mutating func answered(_ answer: StoredAnswer, isUncertain: Bool, deadline: Instant) -> Action {
    precondition(state == .running, "the plan runs under a claim")
    releases = !Self.keeps(status: answer.status, isUncertain: isUncertain)
    let settlement = releases ? IdempotencyTable.release(claim) : IdempotencyTable.store(answer, of: claim)
    self.settlement = settlement
    settleDeadline = deadline
    state = .settling
    return .submit(settlement)
  }

  /// Compensations run, which may take any time: the claim is to hold until then.
  /// - Parameter leaseUntil: Unix seconds.
  /// - Returns: what to give the database. Nobody waits for what comes of it.
  public func renewal(until leaseUntil: Int) -> DatabaseRequest {
    precondition(state == .running, "the plan runs under a claim")
    return IdempotencyTable.renew(claim, until: leaseUntil)
  }

  /// The wait is over.
  public mutating func timePassed() -> Action {
    guard state == .waiting, let settlement else { preconditionFailure("only a wait ends") }
    state = .settling
    return .submit(settlement)
  }

  // MARK: The claim

  private mutating func makeClaim() -> Action {
    state = .claiming
    claimsLeft -= 1
    return .submit(IdempotencyTable.claim(claim))
  }

  private mutating func claimCompleted(_ outcome: EffectOutcome) -> Action {
    switch outcome {
    case .rows(let rows):
      do throws(FlowFailure) { return decide(try IdempotencyRecord(rows)) } catch { return refuse(error, .unavailable) }
    case .failed(let failure): return claimFailed(failure)
    case .instant, .elapsed, .bytes, .text: preconditionFailure("a database answers with rows")
    }
  }

  private mutating func decide(_ record: IdempotencyRecord) -> Action {
    if record.owner == .bytes(claim.owner) {
      state = .running
      return .run(isTakenOver: record.claims > 1)
    }
    guard record.fingerprint == .bytes(claim.fingerprint) else { return refuse(.idempotencyKeyReused, .reused) }
    guard let answer = record.answer else { return refuse(.idempotencyKeyInFlight, .inFlight) }
    state = .ended
    return .replay(answer)
  }

  private mutating func claimFailed(_ failure: EffectFailure) -> Action {
    if failure.reason == .outcomeUnknown { mayHoldKey = true }
    switch failure.reason {
    case .refused where !hasPrepared:
      // The usual cause is a database that has not seen this server: the table is missing.
      hasPrepared = true
      claimsLeft = 2
      state = .preparing
      return .submit(IdempotencyTable.creation)
    case .refused:
      return refuse(
        .internalError(
          "the table zerver_idempotency does not work and could not be created: \(failure.detail). "
            + "Documentation/idempotency.md has the statements that create it."), .unavailable)
    case .outcomeUnknown where claimsLeft > 0: return makeClaim()
    case .unavailable, .timedOut, .outcomeUnknown, .conditionNotMet, .constraintViolated, .unsupported:
      return refuse(FlowFailure(failure), .unavailable)
    }
  }

  private mutating func refuse(_ failure: FlowFailure, _ refusal: Refusal) -> Action {
    state = .ended
    return .refuse(failure, refusal)
  }

  // MARK: The end

  private mutating func settlingCompleted(_ outcome: EffectOutcome, random: UInt64, at now: Instant) -> Action {
    guard case .failed(let failure) = outcome else {
      guard case .rows(let rows) = outcome else { preconditionFailure("a database answers with rows") }
      // Of a release that is made twice, the second finds nothing.
      return send(releases ? .released : rows.last?.affected == 0 ? .lost : .stored)
    }
    guard outcome.isTransient else { return send(.failed(failure)) }
    switch retry.attemptFailed(under: Self.settling, random: random, at: now, deadline: settleDeadline) {
    case .retry(let instant):
      state = .waiting
      return .wait(until: instant)
    case .giveUp: return send(.failed(failure))
    }
  }

  private mutating func send(_ settlement: Settlement) -> Action {
    state = .ended
    self.settlement = nil
    return .send(settlement)
  }
}
