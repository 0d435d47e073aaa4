public import ZerverServer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ServerConfiguration {
  /// The settings from flags, environment and file, over the defaults.
  ///
  /// A flag counts before an environment variable, that before the file, and the file before the default. The file is
  /// named by the flag `config` or by `ZERVER_CONFIG`; without either none is read.
  ///
  /// Every source is checked in full, also the values that another source overrides, and every mistake is in the error:
  /// unknown names, values of the wrong type, values out of range.
  ///
  /// - Parameters:
  ///   - flags: for example from ``ConfigurationFlag/take(from:)``.
  ///   - environment: those that begin with `ZERVER_` count, but for `ZERVER_TEST_…`. Default: those of the process.
  ///   - defaults: values for what no source sets; an app may have its own.
  public static func load(
    flags: [ConfigurationFlag] = [], environment: [String: String]? = nil,
    defaults: ServerConfiguration = ServerConfiguration()
  ) throws(ConfigurationError) -> ServerConfiguration {
    var loader = ConfigurationLoader(configuration: defaults)
    loader.load(flags: flags, environment: environment ?? ProcessInfo.processInfo.environment)
    guard loader.problems.isEmpty else { throw ConfigurationError(problems: loader.problems) }
    return loader.configuration
  }
}

/// Collects values and problems from all sources.
private struct ConfigurationLoader {
  private(set) var configuration: ServerConfiguration
  private(set) var problems: [ConfigurationError.Problem] = []

  init(configuration: ServerConfiguration) { self.configuration = configuration }

  mutating func load(flags: [ConfigurationFlag], environment: [String: String]) {
    var sources = [ConfigurationSource(flags: flags), ConfigurationSource(environment: environment)]
    if let file = file(namedBy: sources) { sources.append(ConfigurationSource(file: file)) }
    var values: [String: Setting.Value] = [:]
    for source in sources {
      reportNames(of: source)
      for setting in Setting.table {
        guard let value = value(of: setting, in: source), values[setting.key] == nil else { continue }
        values[setting.key] = value
      }
    }
    for setting in Setting.table {
      if let value = values[setting.key] { setting.write(value, &configuration) }
    }
  }

  private mutating func value(of setting: Setting, in source: ConfigurationSource) -> Setting.Value? {
    guard let given = source.given(setting) else { return nil }
    let name = source.name(of: setting)
    do throws(Setting.Rejection) {
      return try setting.parse(given)
    } catch {
      report(error.code, name, source.place(of: name), error.explanation)
      return nil
    }
  }

  // MARK: Names

  private mutating func reportNames(of source: ConfigurationSource) {
    let known = Setting.table.map { source.name(of: $0) }
    var seen: Set<String> = []
    for name in source.names {
      let place = place(of: name, in: source)
      if !known.contains(name.name) {
        report(.unknownKey, name.name, place, unknown(name.name, in: source, known: known))
      } else if case .file = source.origin {
        reportMisplaced(name.name, place, isFirst: seen.insert(name.name).inserted)
      }
    }
  }

  private mutating func reportMisplaced(_ name: String, _ place: String, isFirst: Bool) {
    if name == "config" {
      report(.unknownKey, name, place, "A file cannot name another one. Only a flag or ZERVER_CONFIG can.")
    } else if !isFirst {
      report(.duplicateKey, name, place, "The file sets this twice. I need one of the two.")
    }
  }

  private func unknown(_ name: String, in source: ConfigurationSource, known: [String]) -> String {
    let members = known.filter { $0.hasPrefix(name + ".") }
    if !members.isEmpty { return "This is a group, and needs an object with: \(members.joined(separator: ", "))." }
    let near = NearMatches.names(like: name, among: known)
    switch near.count {
    case 0: return "I know no setting of this name. --help-configuration lists all."
    case 1: return "I know no setting of this name. This one is close: \(near[0])."
    default: return "I know no setting of this name. These are close: \(near.joined(separator: ", "))."
    }
  }

  private func place(of name: ConfigurationSource.Name, in source: ConfigurationSource) -> String {
    if case .file(let path) = source.origin { return path + name.position }
    return source.place(of: name.name)
  }

  // MARK: File

  private mutating func file(namedBy sources: [ConfigurationSource]) -> ConfigurationFile? {
    guard let setting = Setting.named("config") else { return nil }
    for source in sources {
      guard case .text(let path) = source.given(setting), !path.isEmpty else { continue }
      guard let bytes = contents(of: path, namedBy: source, as: source.name(of: setting)) else { return nil }
      do throws(JSONSettings.Malformed) {
        return try ConfigurationFile(bytes: bytes, path: path)
      } catch {
        report(.malformedFile, "", "\(path):\(error.position.line):\(error.position.column)", error.explanation + ".")
        return nil
      }
    }
    return nil
  }

  private mutating func contents(of path: String, namedBy source: ConfigurationSource, as name: String) -> [UInt8]? {
    do throws(SmallFile.ReadError) {
      return try SmallFile.read(path)
    } catch {
      report(.unreadableFile, name, source.place(of: name), "I cannot read `\(EscapedText.escaped(path))`: \(error.reason).")
      return nil
    }
  }

  private mutating func report(
    _ code: ConfigurationError.Problem.Code, _ key: String, _ origin: String, _ explanation: String
  ) {
    problems.append(
      ConfigurationError.Problem(code: code, key: EscapedText.escaped(key), origin: origin, explanation: explanation))
  }
}
