import ZerverServer

/// One setting: its name, what is valid, what it means, and where its value lives.
///
/// Names, types, defaults, help and documentation all come from ``table``, so they cannot drift apart.
struct Setting: Sendable {
  /// What a value can be.
  enum Kind: Sendable {
    case address
    case text(example: String)
    case whole(ClosedRange<Int>)
    /// A number, or `auto`.
    case wholeOrAutomatic(ClosedRange<Int>)
    case size(ClosedRange<Int>)
    case duration(ClosedRange<Duration>)
    /// Whole seconds, because the wire format has no finer ones.
    case seconds(ClosedRange<Duration>)
    case choice([String])
    /// Parts that are separated by commas.
    ///
    /// - Parameters:
    ///   - valid: what is valid, as the end of "I need …".
    case list(name: String, valid: String, accepts: @Sendable (String) -> Bool)
  }

  /// A value that its kind has accepted.
  enum Value: Equatable {
    case text(String)
    case whole(Int)
    case duration(Duration)
    case automatic
  }

  /// Kebab-case words, groups separated by dots: `http.body-bytes-max`.
  let key: String
  let kind: Kind
  let meaning: String
  /// The value must not appear in any report.
  let isSecret: Bool
  /// The value of a configuration in the form in which a source would give it; `nil` when there is none.
  let read: @Sendable (ServerConfiguration) -> String?
  let write: @Sendable (Value, inout ServerConfiguration) -> Void

  /// The default, or `none`.
  var defaultText: String { read(ServerConfiguration()) ?? "none" }

  /// The name of the environment variable.
  var variable: String {
    "ZERVER_" + String(key.map { $0 == "." || $0 == "-" ? "_" : $0 }).uppercased()
  }

  static func named(_ key: String) -> Setting? { table.first { $0.key == key } }
}

extension Setting {
  typealias Path<Value> = WritableKeyPath<ServerConfiguration, Value> & Sendable

  static func address(_ key: String, _ path: Path<String>, _ meaning: String) -> Setting {
    text(key, .address, meaning, get: { $0[keyPath: path] }, set: { $1[keyPath: path] = $0 })
  }

  static func optionalText(
    _ key: String, _ path: Path<String?>, example: String, isSecret: Bool, _ meaning: String
  ) -> Setting {
    text(key, .text(example: example), meaning, isSecret: isSecret, get: { $0[keyPath: path] }, set: { $1[keyPath: path] = $0 })
  }

  /// Read before all others, from flags and environment only; it is not part of the configuration's values.
  static func configurationFile(_ key: String, _ meaning: String) -> Setting {
    text(key, .text(example: "server.json"), meaning, get: { _ in nil }, set: { _, _ in })
  }

  static func whole(_ key: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ meaning: String) -> Setting {
    number(key, .whole(range), path, meaning) { "\($0)" }
  }

  static func size(_ key: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ meaning: String) -> Setting {
    number(key, .size(range), path, meaning) { Quantities.text(bytes: $0) }
  }

  static func wholeOrAutomatic(
    _ key: String, _ path: Path<Int?>, _ range: ClosedRange<Int>, _ meaning: String
  ) -> Setting {
    Setting(
      key: key, kind: .wholeOrAutomatic(range), meaning: meaning, isSecret: false,
      read: { $0[keyPath: path].map { "\($0)" } ?? "auto" },
      write: { value, configuration in
        if case .whole(let number) = value { configuration[keyPath: path] = number }
        if case .automatic = value { configuration[keyPath: path] = nil }
      })
  }

  static func duration(
    _ key: String, _ path: Path<Duration>, _ range: ClosedRange<Duration>, _ meaning: String
  ) -> Setting {
    duration(key, .duration(range), path, meaning)
  }

  static func seconds(
    _ key: String, _ path: Path<Duration>, _ range: ClosedRange<Duration>, _ meaning: String
  ) -> Setting {
    duration(key, .seconds(range), path, meaning)
  }

  /// - Parameter name: the word for each choice. Every choice has its own.
  static func choice<Choice: CaseIterable & Equatable & Sendable>(
    _ key: String, _ path: Path<Choice>, named name: @escaping @Sendable (Choice) -> String, _ meaning: String
  ) -> Setting {
    text(
      key, .choice(Choice.allCases.map(name)), meaning,
      get: { name($0[keyPath: path]) },
      set: { text, configuration in
        for choice in Choice.allCases where name(choice) == text { configuration[keyPath: path] = choice }
      })
  }

  /// - Parameter parse: `nil` for a text that is no such list.
  static func list<Element: LosslessStringConvertible & Sendable>(
    _ key: String, _ path: Path<[Element]>, name: String, valid: String, _ meaning: String,
    parse: @escaping @Sendable (String) -> [Element]?
  ) -> Setting {
    text(
      key, .list(name: name, valid: valid) { parse($0) != nil }, meaning,
      get: { $0[keyPath: path].isEmpty ? nil : $0[keyPath: path].map(\.description).joined(separator: ",") },
      set: { $1[keyPath: path] = parse($0) ?? [] })
  }

  private static func text(
    _ key: String, _ kind: Kind, _ meaning: String, isSecret: Bool = false,
    get: @escaping @Sendable (ServerConfiguration) -> String?,
    set: @escaping @Sendable (String, inout ServerConfiguration) -> Void
  ) -> Setting {
    Setting(
      key: key, kind: kind, meaning: meaning, isSecret: isSecret, read: get,
      write: { value, configuration in if case .text(let text) = value { set(text, &configuration) } })
  }

  private static func number(
    _ key: String, _ kind: Kind, _ path: Path<Int>, _ meaning: String, text: @escaping @Sendable (Int) -> String
  ) -> Setting {
    Setting(
      key: key, kind: kind, meaning: meaning, isSecret: false, read: { text($0[keyPath: path]) },
      write: { value, configuration in if case .whole(let number) = value { configuration[keyPath: path] = number } })
  }

  private static func duration(_ key: String, _ kind: Kind, _ path: Path<Duration>, _ meaning: String) -> Setting {
    Setting(
      key: key, kind: kind, meaning: meaning, isSecret: false, read: { Quantities.text($0[keyPath: path]) },
      write: { value, configuration in if case .duration(let duration) = value { configuration[keyPath: path] = duration } })
  }
}
