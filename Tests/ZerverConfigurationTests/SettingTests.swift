import Configuration
import Foundation
import Testing

@testable import ZerverConfiguration
import ZerverServer

@Suite struct SettingTests {
  @Test("names are unique, kebab-case, and their variables are those of swift-configuration")
  func names() throws {
    let keys = Setting.table.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(Set(Setting.table.map(\.variable)).count == keys.count)
    let environment = EnvironmentVariablesProvider(environmentVariables: [:])
    for setting in Setting.table {
      #expect(setting.key.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*/) != nil)
      let key = AbsoluteConfigKey(["zerver"] + setting.key.split(separator: ".").map(String.init))
      #expect(try environment.value(forKey: key, type: .string).encodedKey == setting.variable)
    }
  }

  @Test("every value of the configuration has a setting of the same name")
  func completeness() {
    var paths: [String] = []
    func collect(_ value: Any, _ path: [String]) {
      let mirror = Mirror(reflecting: value)
      let isLeaf = mirror.displayStyle != .struct || value is Duration
      if isLeaf { return paths.append(path.joined(separator: ".")) }
      for child in mirror.children { collect(child.value, path + [kebabCase(child.label ?? "")]) }
    }
    func kebabCase(_ name: String) -> String {
      name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }
    collect(ServerConfiguration(), [])
    // Nothing is more urgent than the interactive class, so its aging decides nothing.
    paths.removeAll { $0 == "classes.interactive.aging" }
    #expect(Set(paths + ["config"]) == Set(Setting.table.map(\.key)))
  }

  @Test("every default is valid")
  func defaults() throws {
    for setting in Setting.table {
      guard let text = setting.read(ServerConfiguration()) else { continue }
      var configuration = ServerConfiguration()
      setting.write(try setting.parse(.text(text)), &configuration)
      #expect(configuration == ServerConfiguration(), "\(setting.key)")
    }
  }

  @Test("writing a value and reading it back gives the same value, and no other setting changes")
  func independence() throws {
    let samples = ["::1", "3", "4KiB", "1s", "epoll", "batch", "trace", "all", "sqlite:x"]
    for setting in Setting.table where setting.key != "config" {
      for sample in samples {
        guard let value = try? setting.parse(.text(sample)) else { continue }
        var configuration = ServerConfiguration()
        setting.write(value, &configuration)
        let text = try #require(setting.read(configuration))
        #expect(try setting.parse(.text(text)) == value, "\(setting.key) = \(sample)")
        for other in Setting.table where other.key != setting.key {
          #expect(other.read(configuration) == other.read(ServerConfiguration()), "\(setting.key) and \(other.key)")
        }
      }
    }
  }

  /// `ZERVER_TEST_REWRITE=1` writes the file anew; the difference is for the review.
  @Test("the documentation is what the table says")
  func documentation() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let file = root.appendingPathComponent("Documentation/configuration.md").standardizedFileURL
    if ProcessInfo.processInfo.environment["ZERVER_TEST_REWRITE"] == "1" {
      try Data(ServerConfiguration.documentation.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == ServerConfiguration.documentation)
  }

  @Test("the help names every setting with its default")
  func help() {
    for setting in Setting.table {
      #expect(ServerConfiguration.help.contains("\n\(setting.key)\n"))
      #expect(ServerConfiguration.help.contains("default \(setting.defaultText), environment \(setting.variable)"))
    }
  }
}
