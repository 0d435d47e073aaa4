/// What became of one effect.
public enum EffectOutcome: Equatable, Sendable {
  /// One row set for each statement of the request.
  case rows([Rows])
  /// Time since 1970-01-01 00:00:00 UTC.
  case instant(Duration)
  /// A sleep has passed.
  case elapsed
  case bytes([UInt8])
  case text(String)
  case failed(EffectFailure)

  /// Whether a join counts it as a success. A refused condition or constraint is the database's answer, not an outage:
  /// the step sees it and decides.
  public var isSuccess: Bool {
    guard case .failed(let failure) = self else { return true }
    switch failure.reason {
    case .conditionNotMet, .constraintViolated: return true
    case .unavailable, .timedOut, .outcomeUnknown, .refused, .unsupported: return false
    }
  }
}

extension EffectOutcome {
  /// Whether the same effect may succeed when it is tried again. Only of use where a second run does no harm: a retry is
  /// for steps that are safe or idempotent.
  public var isTransient: Bool {
    guard case .failed(let failure) = self else { return false }
    switch failure.reason {
    case .unavailable, .timedOut, .outcomeUnknown: return true
    case .conditionNotMet, .constraintViolated, .refused, .unsupported: return false
    }
  }
}

/// Why an effect has no result.
public struct EffectFailure: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The resource cannot be reached, or its queue is full. The client may try again: 503.
    case unavailable
    /// The deadline of the step or of the request has passed: 504.
    case timedOut
    /// A statement of a transaction did not touch the rows that it requires. Nothing was changed. The index of the
    /// statement counts from 0.
    case conditionNotMet(statement: Int)
    /// A unique, foreign key, check or not-null constraint refused the change.
    case constraintViolated
    /// The outcome of a write is unknown: the connection was lost after it was sent.
    case outcomeUnknown
    /// The resource refused the request as wrong: a bug in the step, 500.
    case refused
    /// No capability of this kind is configured, or the step does not declare it: a bug, 500.
    case unsupported
  }

  public let reason: Reason
  /// For the log. Never shown to a client.
  public let detail: String

  public init(_ reason: Reason, detail: String) {
    self.reason = reason
    self.detail = detail
  }
}

/// The rows of one statement, and how many rows it changed.
public struct Rows: Equatable, Sendable, RandomAccessCollection {
  public let columns: [String]
  /// Row after row, `columns.count` values each.
  public let values: [DatabaseValue]
  /// Rows that a write has changed; the number of rows for a read.
  public let affected: Int

  public init(columns: [String], values: [DatabaseValue], affected: Int? = nil) {
    precondition(columns.isEmpty ? values.isEmpty : values.count % columns.count == 0, "every row has every column")
    self.columns = columns
    self.values = values
    self.affected = affected ?? (columns.isEmpty ? 0 : values.count / columns.count)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { columns.isEmpty ? 0 : values.count / columns.count }
  public subscript(row: Int) -> Row { Row(rows: self, index: row) }
}

/// One row. The typed readers throw ``FlowFailure`` of status 500 when the column is missing or of another type:
/// the query and the step disagree, and no client can mend that.
public struct Row: Sendable {
  let rows: Rows
  let index: Int

  public func value(_ column: String) throws(FlowFailure) -> DatabaseValue {
    for position in rows.columns.indices where rows.columns[position] == column {
      return rows.values[index * rows.columns.count + position]
    }
    throw FlowFailure.internalError("the query returned no column \(column), only \(rows.columns)")
  }

  public func int(_ column: String) throws(FlowFailure) -> Int {
    guard case .int(let int) = try value(column) else { throw mismatch(column, "int") }
    return int
  }

  public func text(_ column: String) throws(FlowFailure) -> String {
    guard case .text(let text) = try value(column) else { throw mismatch(column, "text") }
    return text
  }

  public func optionalText(_ column: String) throws(FlowFailure) -> String? {
    switch try value(column) {
    case .null: return nil
    case .text(let text): return text
    default: throw mismatch(column, "text or null")
    }
  }

  public func optionalInt(_ column: String) throws(FlowFailure) -> Int? {
    switch try value(column) {
    case .null: return nil
    case .int(let int): return int
    default: throw mismatch(column, "int or null")
    }
  }

  /// SQLite has no booleans: 0 and 1 count.
  public func bool(_ column: String) throws(FlowFailure) -> Bool {
    switch try value(column) {
    case .bool(let bool): return bool
    case .int(0): return false
    case .int(1): return true
    default: throw mismatch(column, "bool")
    }
  }

  public func double(_ column: String) throws(FlowFailure) -> Double {
    switch try value(column) {
    case .double(let double): return double
    case .int(let int): return Double(int)
    default: throw mismatch(column, "double")
    }
  }

  private func mismatch(_ column: String, _ expected: String) -> FlowFailure {
    .internalError("column \(column) is not of type \(expected)")
  }
}
