/// Everything that is wrong with a configuration, in one report.
///
/// Its `description` is meant for a person who reads it on a terminal. A server should print it and exit with 78
/// (`EX_CONFIG` of sysexits.h).
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public struct Problem: Equatable, Sendable {
    public struct Code: Hashable, Sendable {
      public let name: String

      /// No setting has this name.
      public static let unknownKey = Code(name: "unknown-key")
      /// The value is not of the setting's type.
      public static let wrongType = Code(name: "wrong-type")
      /// The value is of the right type, and too small or too large.
      public static let outOfRange = Code(name: "out-of-range")
      /// The same source gives the setting twice.
      public static let duplicateKey = Code(name: "duplicate-key")
      /// The configuration file cannot be read.
      public static let unreadableFile = Code(name: "unreadable-file")
      /// The configuration file is not JSON.
      public static let malformedFile = Code(name: "malformed-file")
    }

    public let code: Code
    /// The name as the source spells it: `http.body-bytes-max`, `ZERVER_HTTP_BODY_BYTES_MAX`.
    public let key: String
    /// Where it stands: `environment`, `flag`, or path, line and column of the file.
    public let origin: String
    /// What was found and what would be valid, in a sentence or two. Secret values do not appear.
    public let explanation: String
  }

  /// At least one; flags first, then the environment, then the file.
  public let problems: [Problem]

  public var description: String {
    let title = problems.count == 1 ? "The configuration has a problem." : "The configuration has \(problems.count) problems."
    let lines = problems.map { problem in
      problem.key.isEmpty
        ? "\(problem.origin): \(problem.explanation)" : "\(problem.origin): \(problem.key): \(problem.explanation)"
    }
    return ([title, ""] + lines).joined(separator: "\n")
  }
}
