/// An answer as it is kept for repetitions.
@_spi(Server) public struct StoredAnswer: Equatable, Sendable {
  public var status: UInt16
  public var contentType: String
  /// Whole header lines of the flow's own, each with its line break. What every answer of the flow has is not kept.
  public var headerLines: [UInt8]
  public var body: [UInt8]

  public init(status: UInt16, contentType: String, headerLines: [UInt8] = [], body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.headerLines = headerLines
    self.body = body
  }

  public var bytes: Int { headerLines.count + body.count }

  /// The header lines as a step would have set them.
  public var headers: [Response.Header] {
    headerLines.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      // Behind the colon stands a space, and at the end a carriage return.
      return Response.Header(
        String(decoding: line[..<colon], as: UTF8.self), String(decoding: line[colon...].dropFirst(2).dropLast(), as: UTF8.self))
    }
  }

  /// What is kept in place of an answer that is too large.
  public static func notKept(_ status: UInt16) -> StoredAnswer {
    var body = ByteBuffer()
    ProblemRenderer.render(
      .idempotencyAnswerNotKept(status), status: 409, instance: UnsafeRawBufferPointer(start: nil, count: 0), to: &body)
    return StoredAnswer(status: 409, contentType: ContentType.problem.description, body: body.withBytes { Array($0) })
  }
}

/// What a request lays claim to: its key, for itself and for a while.
@_spi(Server) public struct IdempotencyClaim: Equatable, Sendable {
  /// 32 bytes: flow, caller and key. A digest, so that the table names nobody.
  public let id: [UInt8]
  /// For people who look at the table: `v2/checkout-cart`.
  public let flow: String
  /// 32 bytes of what was asked for.
  public let fingerprint: [UInt8]
  /// Tells this request from every other that has the key, on whatever node.
  public let owner: [UInt8]
  /// Unix seconds, all three.
  public let now: Int
  public let leaseUntil: Int
  public let expiresAt: Int

  /// - Parameter leaseSeconds: longer than the request can take, until its compensations begin.
  public init(
    id: [UInt8], flow: String, fingerprint: [UInt8], owner: [UInt8], now: Int, leaseSeconds: Int, ttlSeconds: Int
  ) {
    self.id = id
    self.flow = flow
    self.fingerprint = fingerprint
    self.owner = owner
    self.now = now
    leaseUntil = now + leaseSeconds
    // A record does not end before its claim: another request would run beside this one.
    expiresAt = max(now + ttlSeconds, leaseUntil)
  }
}

/// The table of records, in SQL that PostgreSQL and SQLite share. SQLite takes any bytes in a column of type `bytea`.
@_spi(Server) public enum IdempotencyTable {
  /// Expired records that one sweep removes at most, so that no request waits for a long one.
  public static let sweepRowsMax = 64
  /// Claims of a worker from one sweep to the next: half of what a sweep can remove, so that the table shrinks under any load.
  public static let claimsPerSweep = sweepRowsMax / 2

  /// One statement each, for servers that may create tables. The documentation has them for those that may not.
  public static let creation: DatabaseRequest = .transaction([
    Statement(
      """
      CREATE TABLE IF NOT EXISTS zerver_idempotency (
        id bytea NOT NULL PRIMARY KEY,
        flow text NOT NULL,
        fingerprint bytea NOT NULL,
        owner bytea NOT NULL,
        claims bigint NOT NULL,
        lease_until bigint NOT NULL,
        expires_at bigint NOT NULL,
        status bigint,
        content_type text,
        header_lines bytea,
        body bytea
      )
      """),
    Statement("CREATE INDEX IF NOT EXISTS zerver_idempotency_expires_at ON zerver_idempotency (expires_at)"),
  ])

  /// Inserts the record, or takes over one that has expired or whose claim has: in one statement, so that of two requests
  /// one gets it. Then reads who has it.
  public static func claim(_ claim: IdempotencyClaim) -> DatabaseRequest {
    .transaction([
      Statement(
        """
        INSERT INTO zerver_idempotency AS held (id, flow, fingerprint, owner, claims, lease_until, expires_at)
        VALUES ($1, $2, $3, $4, 1, $5, $6)
        ON CONFLICT (id) DO UPDATE SET
          fingerprint = excluded.fingerprint, owner = excluded.owner,
          claims = CASE WHEN held.expires_at <= $7 THEN 1 ELSE held.claims + 1 END,
          lease_until = excluded.lease_until, expires_at = excluded.expires_at,
          status = NULL, content_type = NULL, header_lines = NULL, body = NULL
        WHERE held.expires_at <= $7
          OR (held.status IS NULL AND held.lease_until <= $7 AND held.fingerprint = excluded.fingerprint)
        """,
        [
          .bytes(claim.id), .text(claim.flow), .bytes(claim.fingerprint), .bytes(claim.owner), .int(claim.leaseUntil),
          .int(claim.expiresAt), .int(claim.now),
        ]),
      Statement(
        """
        SELECT fingerprint, owner, claims, status, content_type, header_lines, body
        FROM zerver_idempotency WHERE id = $1
        """, [.bytes(claim.id)]),
    ])
  }

  public static func store(_ answer: StoredAnswer, of claim: IdempotencyClaim) -> DatabaseRequest {
    .execute(
      Statement(
        """
        UPDATE zerver_idempotency SET status = $3, content_type = $4, header_lines = $5, body = $6
        WHERE id = $1 AND owner = $2
        """,
        [
          .bytes(claim.id), .bytes(claim.owner), .int(Int(answer.status)), .text(answer.contentType), .bytes(answer.headerLines),
          .bytes(answer.body),
        ]))
  }

  /// Puts the end of a claim off, never forward.
  /// - Parameter leaseUntil: Unix seconds.
  public static func renew(_ claim: IdempotencyClaim, until leaseUntil: Int) -> DatabaseRequest {
    .execute(
      Statement(
        """
        UPDATE zerver_idempotency SET
          lease_until = $3, expires_at = CASE WHEN expires_at < $3 THEN $3 ELSE expires_at END
        WHERE id = $1 AND owner = $2 AND lease_until < $3
        """,
        [.bytes(claim.id), .bytes(claim.owner), .int(leaseUntil)]))
  }

  public static func release(_ claim: IdempotencyClaim) -> DatabaseRequest {
    .execute(
      Statement("DELETE FROM zerver_idempotency WHERE id = $1 AND owner = $2", [.bytes(claim.id), .bytes(claim.owner)]))
  }

  /// - Parameter now: Unix seconds.
  public static func sweep(now: Int) -> DatabaseRequest {
    .execute(
      Statement(
        """
        DELETE FROM zerver_idempotency WHERE id IN
          (SELECT id FROM zerver_idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
        """, [.int(now), .int(sweepRowsMax)]))
  }
}

/// Who has a key, as the database says after a claim.
struct IdempotencyRecord {
  let fingerprint: DatabaseValue
  let owner: DatabaseValue
  /// How often the key was claimed without an answer being kept.
  let claims: Int
  /// `nil` while a request is being worked on.
  let answer: StoredAnswer?

  /// - Parameter outcome: of ``IdempotencyTable/claim(_:)``.
  init(_ outcome: [Rows]) throws(FlowFailure) {
    guard let row = outcome.last?.first else { throw .internalError("a claim of an Idempotency-Key left no record") }
    fingerprint = try row.value("fingerprint")
    owner = try row.value("owner")
    claims = try row.int("claims")
    guard try row.value("status") != .null else {
      answer = nil
      return
    }
    answer = StoredAnswer(
      status: UInt16(clamping: try row.int("status")), contentType: try row.text("content_type"),
      headerLines: try Self.bytes("header_lines", row), body: try Self.bytes("body", row))
  }

  private static func bytes(_ column: String, _ row: Row) throws(FlowFailure) -> [UInt8] {
    guard case .bytes(let bytes) = try row.value(column) else { throw .internalError("column \(column) has no bytes") }
    return bytes
  }
}
