import ZerverServer
import ZerverCore

/// What the server said about one statement, or about a sync.
enum StatementResult: Equatable {
  case rows(Rows)
  case failed(ServerError)
  /// Skipped, because a statement before it in the same segment had failed.
  case aborted
  /// The end of a segment: what was written before it is committed.
  case synced
}

/// An error that the PostgreSQL server reported.
struct ServerError: Equatable {
  /// Five characters; empty when libpq itself made the error.
  let sqlState: String
  let message: String

  /// The server was shut down or is starting (class 57P): the statement did not run to its end, and the connection is
  /// about to close.
  var isShutdown: Bool { sqlState.hasPrefix("57P") }

  /// Two transactions got in each other's way and this one was rolled back: `serialization_failure`, `deadlock_detected`.
  var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// `invalid_sql_statement_name`: its prepare had failed.
  var isUnknownStatement: Bool { sqlState == "26000" }

  /// The tables of a prepared statement have changed since. PostgreSQL has no SQLSTATE of its own for it
  /// (`feature_not_supported`), and the message is translated only when the server's `lc_messages` says so.
  var isStalePlan: Bool { sqlState == "0A000" && message.contains("cached plan") }

  /// The one place where an SQLSTATE becomes a reason (PostgreSQL manual, appendix A).
  var failure: EffectFailure {
    let detail = "SQLSTATE \(sqlState): \(loggedMessage)"
    return switch sqlState.prefix(2) {
    case "23": EffectFailure(.constraintViolated, detail: detail)
    // query_canceled is the statement timeout.
    case "57" where sqlState == "57014": EffectFailure(.timedOut, detail: detail)
    // protocol_violation: a wrong number of parameters, mostly.
    case "08" where sqlState == "08P01": EffectFailure(.refused, detail: detail)
    // Connection, resources, operator, system, conflicts, and a server that has become read-only: another try may do.
    case "08", "53", "57", "58", "40", "55", "25": EffectFailure(.unavailable, detail: detail)
    default: EffectFailure(.refused, detail: detail)
    }
  }

  /// The message without the values that it may quote. A data exception (class 22, as in `invalid input syntax for type
  /// integer: "4711x"`) and an exception that SQL code raises (class P0) repeat what was sent, which may be sensitive; the
  /// other classes quote names of the schema.
  private var loggedMessage: String {
    guard sqlState.hasPrefix("22") || sqlState.hasPrefix("P0"), let first = message.firstIndex(of: "\""),
      let last = message.lastIndex(of: "\""), first < last
    else { return message }
    return message[..<first] + "\"<redacted>\"" + message[message.index(after: last)...]
  }
}
