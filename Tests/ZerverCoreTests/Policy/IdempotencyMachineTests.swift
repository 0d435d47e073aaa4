import Testing

@_spi(Server) @testable import ZerverCore

private let owner: [UInt8] = [1]
private let stranger: [UInt8] = [2]
private let now = Instant(nanoseconds: 1_000_000_000)
private let answer = StoredAnswer(status: 201, contentType: "application/json", headerLines: Array("A: b\r\n".utf8), body: [7])

private func testClaim(ttl: Int = 3600) -> IdempotencyClaim {
  IdempotencyClaim(
    id: [7], flow: "v1/charge-card", fingerprint: [8], owner: owner, now: 1000, leaseSeconds: 10, ttlSeconds: ttl)
}

/// What the database says to a claim.
private func record(
  of owner: [UInt8], fingerprint: [UInt8] = testClaim().fingerprint, claims: Int = 1, answer: StoredAnswer? = nil
) -> EffectOutcome {
  .rows([
    Rows(columns: [], values: [], affected: 1),
    Rows(
      columns: ["fingerprint", "owner", "claims", "status", "content_type", "header_lines", "body"],
      values: [
        .bytes(fingerprint), .bytes(owner), .int(claims), answer.map { .int(Int($0.status)) } ?? .null,
        answer.map { .text($0.contentType) } ?? .null, answer.map { .bytes($0.headerLines) } ?? .null,
        answer.map { .bytes($0.body) } ?? .null,
      ]),
  ])
}

private func failed(_ reason: EffectFailure.Reason) -> EffectOutcome { .failed(EffectFailure(reason, detail: "why")) }
private func changed(_ rows: Int) -> EffectOutcome { .rows([Rows(columns: [], values: [], affected: rows)]) }

extension IdempotencyMachine {
  fileprivate mutating func completed(_ outcome: EffectOutcome, at instant: Instant = now) -> Action {
    completed(outcome, random: .max, at: instant)
  }

  /// A machine whose plan runs.
  fileprivate static var running: IdempotencyMachine {
    var machine = IdempotencyMachine(testClaim())
    _ = machine.started()
    _ = machine.completed(record(of: owner))
    return machine
  }
}

@Suite struct IdempotencyMachineTests {
  @Test("a request that gets its key runs, and its answer is kept before it is sent")
  func runs() {
    var machine = IdempotencyMachine(testClaim())
    #expect(machine.started() == .submit(IdempotencyTable.claim(testClaim())))
    #expect(machine.completed(record(of: owner)) == .run(isTakenOver: false))
    #expect(
      machine.answered(answer, isUncertain: false, deadline: now + .seconds(5))
        == .submit(IdempotencyTable.store(answer, of: testClaim())))
    #expect(machine.completed(changed(1)) == .send(.stored))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let outcome: EffectOutcome
    let action: IdempotencyMachine.Action
  }

  static let claims = [
    Case(testDescription: "mine", outcome: record(of: owner), action: .run(isTakenOver: false)),
    Case(testDescription: "taken over", outcome: record(of: owner, claims: 2), action: .run(isTakenOver: true)),
    Case(testDescription: "answered", outcome: record(of: stranger, answer: answer), action: .replay(answer)),
    Case(testDescription: "in flight", outcome: record(of: stranger), action: .refuse(.idempotencyKeyInFlight, .inFlight)),
    Case(
      testDescription: "another request, answered", outcome: record(of: stranger, fingerprint: [9], answer: answer),
      action: .refuse(.idempotencyKeyReused, .reused)),
    Case(
      testDescription: "another request, in flight", outcome: record(of: stranger, fingerprint: [9]),
      action: .refuse(.idempotencyKeyReused, .reused)),
    Case(
      testDescription: "database away", outcome: failed(.unavailable),
      action: .refuse(FlowFailure(EffectFailure(.unavailable, detail: "why")), .unavailable)),
    Case(
      testDescription: "too late", outcome: failed(.timedOut),
      action: .refuse(FlowFailure(EffectFailure(.timedOut, detail: "why")), .unavailable)),
    Case(
      testDescription: "no record", outcome: .rows([Rows(columns: [], values: [])]),
      action: .refuse(.internalError("a claim of an Idempotency-Key left no record"), .unavailable)),
  ]

  @Test("a claim ends as the database says", arguments: claims)
  func claimEnds(_ example: Case) {
    var machine = IdempotencyMachine(testClaim())
    _ = machine.started()
    #expect(machine.completed(example.outcome) == example.action)
  }

  @Test("a claim whose outcome is unknown is made once more, because it knows its owner")
  func unknownClaim() {
    var machine = IdempotencyMachine(testClaim())
    let first = machine.started()
    #expect(machine.completed(failed(.outcomeUnknown)) == first)
    #expect(machine.completed(record(of: owner)) == .run(isTakenOver: false))
    // A second claim that is certain to have failed does not make the first one certain.
    var late = IdempotencyMachine(testClaim())
    _ = late.started()
    _ = late.completed(failed(.outcomeUnknown))
    #expect(late.completed(failed(.timedOut)) == .refuse(FlowFailure(EffectFailure(.timedOut, detail: "why")), .unavailable))
    #expect(late.mayHoldKey)
    var away = IdempotencyMachine(testClaim())
    _ = away.started()
    _ = away.completed(failed(.unavailable))
    #expect(!away.mayHoldKey)
    var other = IdempotencyMachine(testClaim())
    _ = other.started()
    _ = other.completed(failed(.outcomeUnknown))
    guard case .refuse(let failure, .unavailable) = other.completed(failed(.outcomeUnknown)) else {
      Issue.record("the machine goes on for ever")
      return
    }
    #expect(failure.status == 503)
  }

  @Test("a table that is missing is created, whoever does it first")
  func creates() {
    for outcome in [changed(0), failed(.constraintViolated)] {
      var machine = IdempotencyMachine(testClaim())
      let first = machine.started()
      #expect(machine.completed(failed(.refused)) == .submit(IdempotencyTable.creation))
      #expect(machine.completed(outcome) == first)
      #expect(machine.completed(record(of: owner)) == .run(isTakenOver: false))
    }
    var machine = IdempotencyMachine(testClaim())
    _ = machine.started()
    _ = machine.completed(failed(.refused))
    _ = machine.completed(failed(.refused))
    guard case .refuse(let failure, .unavailable) = machine.completed(failed(.refused)) else {
      Issue.record("the machine goes on for ever")
      return
    }
    #expect(failure.status == 500 && failure.logDetail.contains("zerver_idempotency") && failure.logDetail.contains("why"))
  }

  @Test(
    "answers behind which another try may succeed give the key back",
    arguments: [
      (200, true), (201, true), (204, true), (303, true), (400, true), (402, true), (404, true), (409, true), (422, true),
      (408, false), (429, false), (500, false), (503, false), (504, false),
    ] as [(UInt16, Bool)])
  func keeps(_ status: UInt16, _ isKept: Bool) {
    #expect(IdempotencyMachine.keeps(status: status, isUncertain: false) == isKept)
    // Whether something was changed is open: a second run might do it twice.
    #expect(IdempotencyMachine.keeps(status: status, isUncertain: true))
    var machine = IdempotencyMachine.running
    let given = StoredAnswer(status: status, contentType: "text/plain", body: [])
    let action = machine.answered(given, isUncertain: false, deadline: now + .seconds(5))
    #expect(action == .submit(isKept ? IdempotencyTable.store(given, of: testClaim()) : IdempotencyTable.release(testClaim())))
    #expect(machine.completed(changed(1)) == .send(isKept ? .stored : .released))
  }

  @Test("an answer that finds its claim gone is lost, and a key that is given back twice is not")
  func lost() {
    var machine = IdempotencyMachine.running
    _ = machine.answered(answer, isUncertain: false, deadline: now + .seconds(5))
    #expect(machine.completed(changed(0)) == .send(.lost))
    var other = IdempotencyMachine.running
    _ = other.answered(StoredAnswer(status: 503, contentType: "", body: []), isUncertain: false, deadline: now + .seconds(5))
    #expect(other.completed(changed(0)) == .send(.released))
  }

  @Test("an answer that the database does not take is offered again until its time is up", arguments: [
    EffectFailure.Reason.unavailable, .timedOut, .outcomeUnknown,
  ])
  func triesAgain(_ reason: EffectFailure.Reason) {
    var machine = IdempotencyMachine.running
    let deadline = now + .seconds(5)
    let store = machine.answered(answer, isUncertain: false, deadline: deadline)
    var instant = now
    var tries = 0
    while true {
      let action = machine.completed(failed(reason), at: instant)
      if action == .send(.failed(EffectFailure(reason, detail: "why"))) { break }
      guard case .wait(let again) = action else {
        Issue.record("\(action)")
        return
      }
      #expect(again > instant && again < deadline)
      instant = again
      tries += 1
      #expect(machine.timePassed() == store)
    }
    // 20, 40, 80, 160, 320, 640 and then 1,000 milliseconds, with the largest of all random numbers.
    #expect(tries == 9)
  }

  @Test("an answer that the database refuses is sent at once, and kept at the second try otherwise")
  func refusedStore() {
    var machine = IdempotencyMachine.running
    _ = machine.answered(answer, isUncertain: false, deadline: now + .seconds(5))
    #expect(machine.completed(failed(.refused)) == .send(.failed(EffectFailure(.refused, detail: "why"))))
    var other = IdempotencyMachine.running
    _ = other.answered(answer, isUncertain: false, deadline: now + .seconds(5))
    _ = other.completed(failed(.unavailable))
    _ = other.timePassed()
    #expect(other.completed(changed(1)) == .send(.stored))
  }

  @Test("header lines of a kept answer are those that a step would have set")
  func headers() {
    let lines = "Location: /flow/v1/order?id=1\r\nContent-Encoding: gzip\r\nETag: \"a:b\"\r\nX-Empty: \r\n"
    let kept = StoredAnswer(status: 201, contentType: "text/plain", headerLines: Array(lines.utf8), body: [])
    #expect(
      kept.headers == [
        .init("Location", "/flow/v1/order?id=1"), .init("Content-Encoding", "gzip"), .init("ETag", "\"a:b\""), .init("X-Empty", ""),
      ])
    #expect(StoredAnswer(status: 204, contentType: "", body: []).headers.isEmpty)
  }

  @Test("a record does not end before its claim")
  func expiry() {
    #expect(testClaim(ttl: 3600).expiresAt == 4600 && testClaim(ttl: 3600).leaseUntil == 1010)
    #expect(testClaim(ttl: 1).expiresAt == 1010)
  }
}
