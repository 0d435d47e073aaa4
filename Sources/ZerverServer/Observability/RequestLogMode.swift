/// Which requests are logged, one line each.
public enum RequestLogMode: String, CaseIterable, Equatable, Sendable {
  case all
  /// Requests that were answered with a status of 500 or more, and those that were refused or given up.
  case errors
  case none
}
