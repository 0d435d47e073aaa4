/// I/O as a value. A step names what it needs; the capability of that kind carries it out.
public enum Effect: Equatable, Sendable {
  case database(DatabaseRequest)
  case time(TimeRequest)
  case crypto(CryptoRequest)

  public var kind: EffectKind {
    switch self {
    case .database: .database
    case .time: .time
    case .crypto: .crypto
    }
  }

  /// Whether it makes a difference that it was carried out.
  @_spi(Server) public var mayChangeSomething: Bool {
    switch self {
    case .database(.execute), .database(.transaction): true
    case .database(.query), .time, .crypto: false
    }
  }
}

/// The kinds of effect, as a step line names them after `needs`: `db`, `time`, `crypto`.
public enum EffectKind: UInt8, CaseIterable, Sendable {
  case database, time, crypto

  /// The word in a `.flow` file.
  public var name: String {
    switch self {
    case .database: "db"
    case .time: "time"
    case .crypto: "crypto"
    }
  }
}

/// One unit of work for the database. Every request is atomic.
public enum DatabaseRequest: Equatable, Sendable {
  /// Reads rows. May share a round trip with other reads, and may be sent again after a lost connection.
  case query(Statement)
  /// Writes. Never sent twice.
  case execute(Statement)
  /// Statements that succeed or fail together.
  case transaction([Statement])
}

/// SQL with numbered parameters (`$1`, `$2`, …), for PostgreSQL and SQLite alike.
///
/// The text is a literal, so no input can become SQL, and its address identifies the prepared statement.
public struct Statement: Equatable, Sendable {
  public let sql: StaticString
  public let parameters: [DatabaseValue]
  /// Inside a transaction: how many rows this statement must return or change. With any other number, the transaction
  /// is rolled back and its result is ``EffectFailure/Reason/conditionNotMet(statement:)``.
  public var requiredRows: Int?

  public init(_ sql: StaticString, _ parameters: [DatabaseValue] = [], requiredRows: Int? = nil) {
    self.sql = sql
    self.parameters = parameters
    self.requiredRows = requiredRows
  }

  public static func == (a: Statement, b: Statement) -> Bool {
    a.sql.description == b.sql.description && a.parameters == b.parameters && a.requiredRows == b.requiredRows
  }
}

/// One value of a parameter or of a column.
public enum DatabaseValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case text(String)
  case bytes([UInt8])
}

extension DatabaseValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(nilLiteral: ()) { self = .null }
}

public enum TimeRequest: Equatable, Sendable {
  /// The wall clock.
  case now
  /// Completes after this long.
  case sleep(Duration)
}

public enum CryptoRequest: Equatable, Sendable {
  /// Bytes from the operating system's secure generator. At most 4,096.
  case randomBytes(count: Int)
  /// A version 4 UUID (RFC 9562 §5.4), lower case.
  case uuid
}

/// Effects that a step asks for at once, and what has to happen before the step is resumed.
public struct Need: Equatable, Sendable {
  public enum Mode: Equatable, Sendable {
    /// Submitted at once.
    case together
    /// Each after the one before it has completed.
    case inOrder
  }

  public let effects: [Effect]
  public let mode: Mode
  public let join: Join

  public init(_ effects: [Effect], mode: Mode = .together, join: Join = .allRequired) {
    self.effects = effects
    self.mode = mode
    self.join = join
  }

  public static func query(_ sql: StaticString, _ parameters: DatabaseValue...) -> Need {
    Need([.database(.query(Statement(sql, parameters)))])
  }
  public static func execute(_ sql: StaticString, _ parameters: DatabaseValue...) -> Need {
    Need([.database(.execute(Statement(sql, parameters)))])
  }
  public static func transaction(_ statements: [Statement]) -> Need { Need([.database(.transaction(statements))]) }
  public static var now: Need { Need([.time(.now)]) }
  public static func sleep(_ duration: Duration) -> Need { Need([.time(.sleep(duration))]) }
  public static var uuid: Need { Need([.crypto(.uuid)]) }
}

/// When several effects, or several branches of a plan, count as one that has completed.
@frozen
public enum Join: Equatable, Sendable {
  /// All have completed, whatever their outcome.
  case all
  /// All have succeeded. The first failure fails the whole.
  case allRequired
  /// The first has completed, whatever its outcome.
  case any
  /// The first has succeeded. Fails when all have failed.
  case firstSuccess
  /// This many have succeeded. Fails as soon as that cannot happen any more.
  case quorum(Int)
}
