import CPostgres

/// libpq's own reading of a connection string.
enum ConnectionString {
  static func check(_ url: String) throws(DatabaseURLError) {
    if case .failure(let error) = parse(url) { throw error }
  }

  /// Where it leads, without the password.
  static func summary(of url: String) -> String {
    guard case .success(let options) = parse(url) else { return "unreadable URL" }
    let host = options["hostaddr"] ?? options["host"] ?? "default host"
    return "\(host):\(options["port"] ?? "5432")/\(options["dbname"] ?? options["user"] ?? "")"
  }

  private static func parse(_ url: String) -> Result<[String: String], DatabaseURLError> {
    var message: UnsafeMutablePointer<CChar>?
    guard let first = PQconninfoParse(url, &message) else {
      let text = message.map { String(cString: $0) } ?? "out of memory"
      PQfreemem(message)
      // libpq repeats the whole string, and with it the password.
      return .failure(.malformed(text.replacing(url, with: "…").trimmingWhitespace()))
    }
    defer { PQconninfoFree(first) }
    var options: [String: String] = [:]
    var option = first
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return .success(options)
  }
}

extension String {
  /// libpq ends its messages with line ends and indents their further lines; the log wants one line.
  func trimmingWhitespace() -> String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
