import ZerverCore
import ZerverServer

/// The place of an operation in the pool's table.
struct OperationKey: Hashable {
  let index: Int
}

/// One request to the database from its submission until the connection has nothing more to say about it.
struct PoolOperation {
  enum Kind: Equatable {
    /// Answered as soon as its rows are there; may be sent again.
    case read
    /// One or more statements in a segment of their own: PostgreSQL runs them as one implicit transaction, which the sync
    /// commits. Answered by the sync.
    case write
    /// A transaction with conditions on its rows: `BEGIN` and the statements first, then `COMMIT` or `ROLLBACK`.
    case guarded
  }

  enum Phase: Equatable {
    case queued
    /// On a connection. The outcome of a write can still be told, because nothing of it can be committed yet.
    case sent
    /// A commit is on its way. Its outcome is known when it is answered, and not before.
    case committing
  }

  let id: OperationID
  let request: DatabaseRequest
  let kind: Kind
  let deadline: Instant
  var phase = Phase.queued
  /// Answered or forgotten: what still comes from the connection is dropped.
  var isAnswered = false
  /// How often it was sent again.
  var retries = 0
  var results: [Rows] = []
  var failure: EffectFailure?
  /// The server refused to run it for a reason that another try mends.
  var wantsRetry = false

  init(id: OperationID, request: DatabaseRequest, deadline: Instant) {
    self.id = id
    self.request = request
    self.deadline = deadline
    kind =
      switch request {
      case .query: .read
      case .execute: .write
      case .transaction(let statements): statements.contains { $0.requiredRows != nil } ? .guarded : .write
      }
  }

  var statementCount: Int {
    guard case .transaction(let statements) = request else { return 1 }
    return statements.count
  }

  func statement(_ number: Int) -> Statement {
    switch request {
    case .query(let statement), .execute(let statement): statement
    case .transaction(let statements): statements[number]
    }
  }

  func sql(_ number: Int) -> StaticString {
    switch request {
    case .query(let statement), .execute(let statement): statement.sql
    case .transaction(let statements): statements[number].sql
    }
  }

  /// Where the rows differ from what a statement requires.
  var unmetCondition: EffectFailure? {
    for (number, rows) in results.enumerated() {
      let statement = statement(number)
      if let failure = statement.unmetCondition(number: number, rows: rows) { return failure }
    }
    return nil
  }
}

extension Statement {
  func unmetCondition(number: Int, rows: Rows) -> EffectFailure? {
    guard let required = requiredRows else { return nil }
    let found = rows.columns.isEmpty ? rows.affected : rows.count
    guard found != required else { return nil }
    return EffectFailure(
      .conditionNotMet(statement: number), detail: "statement \(number) touched \(found) rows and requires \(required): \(sql)")
  }
}
