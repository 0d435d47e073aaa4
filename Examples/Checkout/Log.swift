import Logging

enum Log {
  /// Sends what the process logs, from this level on, to standard error.
  static func start(_ level: Logger.Level) -> Logger {
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
    return Logger(label: "checkout")
  }
}
