import Logging

/// What a server says about itself when it has begun to listen.
struct StartReport: Equatable {
  /// The address that clients can use, with the port that the system chose.
  var address: String
  var port: Int
  var workers: Int
  /// `io_uring` or `epoll`.
  var proactor: String
  /// Why that one: what the probe found, or that the configuration says so.
  var proactorReason: String
  /// The kind of database, never its URL.
  var database: String
  var flows: Int

  var url: String {
    address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)"
  }

  func log(to logger: Logger) {
    logger.notice(
      "serving \(flows) flows on \(url)",
      metadata: [
        "workers": "\(workers)", "proactor": "\(proactor)", "because": "\(EscapedText.quoted(proactorReason))",
        "database": "\(database)",
      ])
  }
}

extension ServerConfiguration.Database {
  /// `postgresql`, `sqlite` or `none`, for logs: the URL itself may hold a password.
  package var kind: String {
    guard let url else { return "none" }
    let scheme = url.prefix { $0 != ":" }
    switch scheme {
    case "postgresql", "postgres": return "postgresql"
    case "sqlite": return "sqlite"
    default: return "unknown"
    }
  }
}
