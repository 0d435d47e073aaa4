/// A setting given on the command line.
///
/// With swift-argument-parser, one option takes them all, since the type parses itself:
///
/// ```swift
/// extension ConfigurationFlag: ExpressibleByArgument {}
/// @Option(name: .customLong("set"), help: "A setting, as <key>=<value>.") var settings: [ConfigurationFlag] = []
/// ```
///
/// Without a parser, ``take(from:)`` picks them from the arguments.
public struct ConfigurationFlag: Equatable, Sendable, LosslessStringConvertible {
  public let key: String
  public let value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }

  /// Reads `key=value`; `nil` without an equals sign. Whether the key exists is seen when the configuration is loaded.
  public init?(_ description: String) {
    guard let equals = description.firstIndex(of: "="), equals > description.startIndex else { return nil }
    key = String(description[..<equals])
    value = String(description[description.index(after: equals)...])
  }

  public var description: String { "\(key)=\(value)" }

  /// Removes `--<key> <value>` and `--<key>=<value>` for every setting that exists, for example `--port 8081` and
  /// `--http.body-bytes-max=64KiB`, and leaves everything else to the app. Stops at `--`.
  public static func take(from arguments: inout [String]) -> [ConfigurationFlag] {
    var flags: [ConfigurationFlag] = []
    var rest: [String] = []
    var index = 0
    while index < arguments.count, arguments[index] != "--" {
      let argument = arguments[index]
      index += 1
      guard argument.hasPrefix("--") else {
        rest.append(argument)
        continue
      }
      let text = argument.dropFirst(2)
      if let flag = ConfigurationFlag(String(text)), Setting.named(flag.key) != nil {
        flags.append(flag)
      } else if Setting.named(String(text)) != nil, index < arguments.count {
        flags.append(ConfigurationFlag(String(text), arguments[index]))
        index += 1
      } else {
        rest.append(argument)
      }
    }
    arguments = rest + arguments[index...]
    return flags
  }
}
