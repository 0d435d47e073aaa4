public import Logging
public import ZerverServer

/// Which database an app uses: a value, from which each worker makes its own ``Capability``.
///
/// Steps and flows are the same for every kind, as long as their SQL is understood by both: numbered parameters (`$1`),
/// and statements that PostgreSQL and SQLite share, such as `INSERT … ON CONFLICT … RETURNING`.
public struct Database: Sendable {
  enum Kind: Equatable, Sendable {
    /// A connection string that libpq has accepted.
    case postgres(url: String)
    case sqlite(path: String)
  }

  let kind: Kind
  public var limits: DatabaseLimits

  private init(kind: Kind, limits: DatabaseLimits) {
    self.kind = kind
    self.limits = limits
  }

  /// A PostgreSQL server. `url` is a libpq connection URI or `keyword=value` string; what it leaves out comes from
  /// libpq's environment variables and defaults.
  ///
  /// A host name is resolved by libpq while it connects, which blocks the worker for that long: name hosts by address
  /// where the resolver is slow, or add `hostaddr`.
  public static func postgres(url: String, limits: DatabaseLimits = DatabaseLimits()) throws(DatabaseURLError) -> Database {
    try ConnectionString.check(url)
    return Database(kind: .postgres(url: url), limits: limits)
  }

  /// A SQLite file, which is created when it does not exist.
  public static func sqlite(path: String, limits: DatabaseLimits = DatabaseLimits()) throws(DatabaseURLError) -> Database {
    guard !path.isEmpty, path != ":memory:", !path.hasPrefix("file:") else { throw DatabaseURLError.unsharedMemory(path) }
    return Database(kind: .sqlite(path: path), limits: limits)
  }

  /// Tells the kinds apart by their scheme: `postgresql://…`, `postgres://…`, `sqlite:relative/path.sqlite`,
  /// `sqlite:///absolute/path.sqlite`.
  public init(url: String, limits: DatabaseLimits = DatabaseLimits()) throws(DatabaseURLError) {
    guard let colon = url.firstIndex(of: ":") else { throw DatabaseURLError.noScheme }
    let rest = url[url.index(after: colon)...]
    switch url[..<colon] {
    case "postgresql", "postgres":
      guard rest.hasPrefix("//") else { throw DatabaseURLError.postgresWithoutSlashes }
      self = try .postgres(url: url, limits: limits)
    case "sqlite":
      guard rest.hasPrefix("//") else {
        self = try .sqlite(path: String(rest), limits: limits)
        return
      }
      guard rest.hasPrefix("///") else { throw DatabaseURLError.sqliteHost(String(rest.dropFirst(2))) }
      self = try .sqlite(path: String(rest.dropFirst(2)), limits: limits)
    case let scheme:
      throw DatabaseURLError.unknownScheme(String(scheme))
    }
  }

  /// What the log may say about this database: kind and place, never a password.
  public var summary: String {
    switch kind {
    case .postgres(let url): "PostgreSQL, \(ConnectionString.summary(of: url))"
    case .sqlite(let path): "SQLite, \(path)"
    }
  }

  /// Makes the `db` capability of each worker: call the result once per worker.
  ///
  /// For SQLite all capabilities of one call share one set of threads, which start with the first worker and end with
  /// the last.
  public func capability(logger: Logger) -> @Sendable () -> any Capability {
    switch kind {
    case .postgres(let url):
      let limits = limits
      return { PostgresCapability(url: url, limits: limits, logger: logger) }
    case .sqlite(let path):
      let engine = SQLiteEngine(path: path, limits: limits, logger: logger)
      return { SQLiteCapability(engine: engine) }
    }
  }
}

/// Why a database URL was not understood. `description` is a sentence for the person who wrote the URL; it repeats no
/// password.
public struct DatabaseURLError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  static let forms = "Known forms are postgresql://user@host:port/database, sqlite:relative/path.sqlite and sqlite:///absolute/path.sqlite."

  static var noScheme: Self { .init(description: "The database URL has no scheme. \(forms)") }

  static func unknownScheme(_ scheme: String) -> Self {
    .init(description: "The database URL has the scheme \"\(scheme)\", which is no database that I know. \(forms)")
  }

  static var postgresWithoutSlashes: Self {
    .init(description: "After \"postgresql:\" a PostgreSQL URL goes on with two slashes. \(forms)")
  }

  static func sqliteHost(_ rest: String) -> Self {
    .init(
      description: "\"sqlite://\(rest)\" would name a host, and SQLite has none. "
        + "Write sqlite:\(rest) for a path relative to the working directory, or sqlite:///… for an absolute one.")
  }

  static func unsharedMemory(_ path: String) -> Self {
    .init(
      description: path.isEmpty
        ? "The SQLite URL names no file. \(forms)"
        : "\"\(path)\" is not a file. Every reader and writer has a connection of its own, and a database in memory would be "
          + "another one for each: name a file, in a temporary directory if it need not last.")
  }

  static func malformed(_ message: String) -> Self {
    .init(description: "libpq does not understand the PostgreSQL URL: \(message)")
  }
}
