import Configuration

/// One place that gives values: what swift-configuration can look up in it, and which names it has.
struct ConfigurationSource {
  enum Origin: Equatable {
    case flags
    case environment
    case file(path: String)
  }

  /// A name that the source has, known or not.
  struct Name: Equatable {
    let name: String
    /// For a file, the position as the end of `path:line:column`.
    let position: String
  }

  let origin: Origin
  let snapshot: any ConfigSnapshot
  let names: [Name]
  /// Values that swift-configuration has no type for, by name, in words.
  private var oddities: [String: String] = [:]

  init(flags: [ConfigurationFlag]) {
    origin = .flags
    let values = flags.map { (AbsoluteConfigKey($0.key.split(separator: ".").map(String.init)), $0.value) }
    // The last of equal flags counts: a script can append one to override those before it.
    let table = Dictionary(values.map { ($0.0, ConfigValue(.string($0.1), isSecret: false)) }) { _, last in last }
    snapshot = InMemoryProvider(name: "flags", values: table).snapshot()
    names = flags.map { Name(name: $0.key, position: "") }
  }

  /// - Parameter environment: variables without the prefix `ZERVER_` are somebody else's; those with `ZERVER_TEST_` belong
  ///   to test runs.
  init(environment: [String: String]) {
    origin = .environment
    let ours = environment.filter { $0.key.hasPrefix("ZERVER_") && !$0.key.hasPrefix("ZERVER_TEST_") }
    snapshot = EnvironmentVariablesProvider(environmentVariables: ours).snapshot()
    names = ours.keys.sorted().map { Name(name: $0, position: "") }
  }

  init(file: ConfigurationFile) {
    origin = .file(path: file.providerName)
    snapshot = file
    names = file.entries.map { Name(name: $0.key, position: ":\($0.position.line):\($0.position.column)") }
    for entry in file.entries {
      switch entry.value {
      case .decimal(let text): oddities[entry.key] = "`\(text)`"
      case .null: oddities[entry.key] = "`null`"
      case .array: oddities[entry.key] = "An array"
      case .string, .whole, .bool: break
      }
    }
  }

  /// How this source spells a setting.
  func name(of setting: Setting) -> String {
    origin == .environment ? setting.variable : setting.key
  }

  /// The value that the source gives, or `nil` when it gives none.
  func given(_ setting: Setting) -> Setting.Given? {
    if let words = oddities[setting.key] { return .other(words) }
    let groups = setting.key.split(separator: ".").map(String.init)
    let key = AbsoluteConfigKey(origin == .environment ? ["zerver"] + groups : groups)
    // The snapshot of a file refuses to convert, so exactly one of these types can be right.
    for type in [ConfigType.string, .int, .bool] {
      guard let value = try? snapshot.value(forKey: key, type: type).value else { continue }
      switch value.content {
      case .string(let text): return hasTypes ? .quoted(text) : .text(text)
      case .int(let number): return .whole(number)
      case .bool(let flag): return .other("`\(flag)`")
      case .double, .bytes, .stringArray, .intArray, .doubleArray, .boolArray, .byteChunkArray: continue
      }
    }
    return nil
  }

  /// Where a name stands, for a report.
  func place(of name: String) -> String {
    switch origin {
    case .flags: return "flag"
    case .environment: return "environment"
    case .file(let path): return path + (names.last { $0.name == name }?.position ?? "")
    }
  }

  private var hasTypes: Bool {
    if case .file = origin { return true }
    return false
  }
}
