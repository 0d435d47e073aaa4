import Configuration

/// A JSON file with settings: objects are groups, everything else is a value.
///
/// It is a snapshot in the sense of swift-configuration, whose own JSON snapshot tells neither which keys a file has nor
/// where they stand, and takes `true` for the number 1.
struct ConfigurationFile: FileConfigSnapshot {
  struct ParsingOptions: FileParsingOptions {
    static var `default`: ParsingOptions { ParsingOptions() }
  }

  struct Entry: Equatable {
    /// The groups and the name, joined by dots.
    let key: String
    let value: JSONSettings.Value
    let position: JSONSettings.Position
  }

  struct LookupError: Error {}

  let providerName: String
  /// In the order of the file. A key may come twice: that is for the caller to report.
  let entries: [Entry]

  init(data: RawSpan, providerName: String, parsingOptions: ParsingOptions) throws {
    try self.init(bytes: data.withUnsafeBytes { Array($0) }, path: providerName)
  }

  init(bytes: [UInt8], path: String) throws(JSONSettings.Malformed) {
    var parser = JSONSettings(bytes)
    entries = try parser.parse().map { Entry(key: $0.key.joined(separator: "."), value: $0.value, position: $0.position) }
    providerName = path
  }

  func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
    let encodedKey = key.components.joined(separator: ".")
    guard let entry = entries.first(where: { $0.key == encodedKey }) else {
      return LookupResult(encodedKey: encodedKey, value: nil)
    }
    switch (entry.value, type) {
    case (.string(let text), .string): return LookupResult(encodedKey: encodedKey, value: ConfigValue(.string(text), isSecret: false))
    case (.whole(let number), .int): return LookupResult(encodedKey: encodedKey, value: ConfigValue(.int(number), isSecret: false))
    case (.bool(let flag), .bool): return LookupResult(encodedKey: encodedKey, value: ConfigValue(.bool(flag), isSecret: false))
    case (.string, _), (.whole, _), (.bool, _), (.decimal, _), (.null, _), (.array, _): throw LookupError()
    }
  }

  var description: String { "\(providerName)[\(entries.count) values]" }
  /// Without the values: one of them may be a secret.
  var debugDescription: String { "\(providerName)[\(entries.map(\.key).joined(separator: ", "))]" }
}
