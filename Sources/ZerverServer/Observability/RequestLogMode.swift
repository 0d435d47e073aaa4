/// Which requests are logged, one line each.
public enum RequestLogMode: String, CaseIterable, Equatable, Sendable {
  case all
  /// Requests that were answered with 429 or a status of 500 or more. At most 100 lines a second for each worker; how many
  /// were left out is logged.
  case errors
  case none
}
