import Foundation
import Logging
import Testing
import ZerverCore

@testable import ZerverConfiguration
import ZerverServer

@Suite struct ServerConfigurationLoadingTests {
  /// The explanations of a load that must fail.
  private func problems(
    flags: [ConfigurationFlag] = [], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) -> [ConfigurationError.Problem] {
    do {
      _ = try ServerConfiguration.load(flags: flags, environment: environment)
      Issue.record("the configuration was accepted", sourceLocation: sourceLocation)
      return []
    } catch {
      return error.problems
    }
  }

  private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("zerver-\(UUID().uuidString).json").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test("without sources every value is its default")
  func defaults() throws {
    #expect(try ServerConfiguration.load(environment: [:]) == ServerConfiguration())
  }

  @Test("an app's own defaults hold for what no source sets")
  func ownDefaults() throws {
    var defaults = ServerConfiguration()
    defaults.port = 9000
    defaults.workers = 3
    let loaded = try ServerConfiguration.load(environment: ["ZERVER_WORKERS": "auto"], defaults: defaults)
    #expect(loaded.port == 9000)
    #expect(loaded.workers == nil)
  }

  @Test("a flag counts before the environment, that before the file, and the file before the default")
  func precedence() throws {
    let file = """
      { "port": 1, "workers": 1, "host": "0.0.0.0", "http": { "body-bytes-max": 100, "header-count-max": 7 } }
      """
    try withFile(file) { path in
      let loaded = try ServerConfiguration.load(
        flags: [ConfigurationFlag("port", "3")],
        environment: ["ZERVER_CONFIG": path, "ZERVER_PORT": "2", "ZERVER_WORKERS": "2", "PATH": "/bin"])
      #expect(loaded.port == 3)
      #expect(loaded.workers == 2)
      #expect(loaded.host == "0.0.0.0")
      #expect(loaded.http.bodyBytesMax == 100)
      #expect(loaded.http.headerCountMax == 7)
      #expect(loaded.http.headerBytesMax == ServerConfiguration().http.headerBytesMax)
    }
  }

  @Test("every kind of value is read from the environment")
  func environment() throws {
    let loaded = try ServerConfiguration.load(environment: [
      "ZERVER_HOST": "::1", "ZERVER_PORT": "0", "ZERVER_WORKERS": "auto", "ZERVER_PROACTOR": "io_uring",
      "ZERVER_HTTP_BODY_BYTES_MAX": "2MiB", "ZERVER_TIMEOUTS_IDLE": "5min", "ZERVER_REQUESTS_RETRY_AFTER": "2s",
      "ZERVER_PROFILES_BATCH_PRIORITY": "default", "ZERVER_LOG_LEVEL": "warning", "ZERVER_LOG_REQUESTS": "all",
      "ZERVER_DATABASE_URL": "sqlite:shop.db",
    ])
    var expected = ServerConfiguration()
    expected.host = "::1"
    expected.port = 0
    expected.proactor = .ioUring
    expected.http.bodyBytesMax = 2 << 20
    expected.timeouts.idle = .seconds(300)
    expected.requests.retryAfter = .seconds(2)
    expected.profiles.batch.priority = .default
    expected.log.level = .warning
    expected.log.requests = .all
    expected.database.url = "sqlite:shop.db"
    #expect(loaded == expected)
  }

  @Test("every kind of value is read from a file, whose groups may be objects or dotted names")
  func file() throws {
    let file = """
      {
        "workers": "auto", "proactor": "epoll",
        "http.body-bytes-max": "64KiB",
        "timeouts": { "header": "800ms", "drain": "0s" },
        "log": { "level": "debug" }
      }
      """
    try withFile(file) { path in
      let loaded = try ServerConfiguration.load(flags: [ConfigurationFlag("config", path)], environment: [:])
      var expected = ServerConfiguration()
      expected.proactor = .epoll
      expected.http.bodyBytesMax = 64 << 10
      expected.timeouts.header = .milliseconds(800)
      expected.timeouts.drain = .zero
      expected.log.level = .debug
      #expect(loaded == expected)
    }
  }

  @Test("every setting round-trips through the environment", arguments: Setting.table.map(\.key))
  func roundTrip(key: String) throws {
    let setting = try #require(Setting.named(key))
    guard let text = setting.read(ServerConfiguration()) else { return }
    #expect(try ServerConfiguration.load(environment: [setting.variable: text]) == ServerConfiguration())
  }

  @Test("an unknown variable is reported with the name that is close")
  func unknownVariable() {
    let found = problems(environment: ["ZERVER_PROT": "1"])
    #expect(found.map(\.code) == [.unknownKey])
    #expect(found.first?.key == "ZERVER_PROT")
    #expect(found.first?.origin == "environment")
    #expect(found.first?.explanation == "I know no setting of this name. This one is close: ZERVER_PORT.")
  }

  @Test("variables of test runs and of other programs are left alone")
  func foreignVariables() throws {
    _ = try ServerConfiguration.load(environment: ["ZERVER_TEST_SEED": "1", "ZERVERX": "1", "PORT": "x"])
  }

  @Test("an unknown key of a file is reported with its place, also when only the spelling differs")
  func unknownKeyOfFile() throws {
    try withFile("{\n  \"http\": {\n    \"bodyBytesMax\": 5 } }") { path in
      let found = problems(environment: ["ZERVER_CONFIG": path])
      #expect(found.map(\.code) == [.unknownKey])
      #expect(found.first?.key == "http.bodyBytesMax")
      #expect(found.first?.origin == "\(path):3:5")
      #expect(found.first?.explanation == "I know no setting of this name. This one is close: http.body-bytes-max.")
    }
  }

  @Test("a value where a group belongs is reported with the members of the group")
  func valueForGroup() throws {
    try withFile("{ \"log\": \"info\" }") { path in
      let found = problems(environment: ["ZERVER_CONFIG": path])
      #expect(found.map(\.explanation) == ["This is a group, and needs an object with: log.level, log.requests."])
    }
  }

  @Test("a key that a file sets twice is reported where it comes again")
  func duplicate() throws {
    try withFile("{ \"port\": 1,\n  \"port\": 2 }") { path in
      let found = problems(environment: ["ZERVER_CONFIG": path])
      #expect(found.map(\.code) == [.duplicateKey])
      #expect(found.first?.origin == "\(path):2:3")
    }
  }

  @Test(
    "an ill-typed or out-of-range value is reported with what is valid",
    arguments: [
      ("ZERVER_PORT", "http", "wrong-type", "`http` does not fit. I need a whole number from 0 to 65535."),
      ("ZERVER_PORT", "65536", "out-of-range", "`65536` is out of range. I need a whole number from 0 to 65535."),
      ("ZERVER_WORKERS", "0", "out-of-range", "`0` is out of range. I need `auto`, or a whole number from 1 to 1024."),
      ("ZERVER_TIMEOUTS_DRAIN", "25", "wrong-type",
        "`25` does not fit. I need a duration from 0s to 1h: a whole number with ms, s, min or h."),
      ("ZERVER_TIMEOUTS_DRAIN", "2h", "out-of-range",
        "`2h` is out of range. I need a duration from 0s to 1h: a whole number with ms, s, min or h."),
      ("ZERVER_REQUESTS_RETRY_AFTER", "1500ms", "wrong-type",
        "`1500ms` does not fit. I need a duration from 1s to 1h in whole seconds: a whole number with s, min or h."),
      ("ZERVER_HTTP_BODY_BYTES_MAX", "1MB", "wrong-type",
        "`1MB` does not fit. I need a size from 0 to 1GiB: bytes, or a number with KiB, MiB or GiB."),
      ("ZERVER_HTTP_BODY_BYTES_MAX", "2GiB", "out-of-range",
        "`2GiB` is out of range. I need a size from 0 to 1GiB: bytes, or a number with KiB, MiB or GiB."),
      ("ZERVER_PROACTOR", "kqueue", "wrong-type", "`kqueue` does not fit. I need one of `automatic`, `io_uring`, `epoll`."),
      ("ZERVER_HOST", "localhost", "wrong-type",
        "`localhost` does not fit. I need an IPv4 or IPv6 address, such as `127.0.0.1`, `0.0.0.0` or `::1`."),
      ("ZERVER_DATABASE_URL", "", "wrong-type",
        "The value (not shown, it is a secret) does not fit. I need a text that is not empty, such as "
          + "`postgresql://shop@127.0.0.1/shop`."),
    ])
  func illTyped(variable: String, value: String, code: String, explanation: String) {
    let found = problems(environment: [variable: value])
    #expect(found.map(\.code.name) == [code])
    #expect(found.first?.key == variable)
    #expect(found.first?.explanation == explanation)
  }

  @Test(
    "a file's values have types",
    arguments: [
      ("{ \"port\": \"8080\" }", "`8080` does not fit."), ("{ \"port\": true }", "`true` does not fit."),
      ("{ \"port\": 80.5 }", "`80.5` does not fit."), ("{ \"port\": null }", "`null` does not fit."),
      ("{ \"port\": [80] }", "An array does not fit."), ("{ \"port\": -1 }", "`-1` is out of range."),
      ("{ \"timeouts\": { \"idle\": 30 } }", "`30` does not fit."),
      ("{ \"port\": 123456789012345678901 }", "`123456789012345678901` does not fit."),
    ])
  func typedFile(file: String, beginning: String) throws {
    try withFile(file) { path in
      let found = problems(environment: ["ZERVER_CONFIG": path])
      #expect(found.count == 1)
      #expect(found.first?.explanation.hasPrefix(beginning) == true)
      #expect(found.first?.origin.hasPrefix(path + ":1:") == true)
    }
  }

  @Test("all mistakes of all sources are in one report, also those of values that another source overrides")
  func everythingAtOnce() throws {
    try withFile("{ \"port\": \"x\",\n  \"prot\": 1, \"workers\": 2 }") { path in
      let found = problems(
        flags: [ConfigurationFlag("port", "8080"), ConfigurationFlag("wrokers", "1")],
        environment: ["ZERVER_CONFIG": path, "ZERVER_PORT": "y", "ZERVER_HOSTS": "z"])
      #expect(
        found.map { "\($0.origin) \($0.key) \($0.code.name)" } == [
          "flag wrokers unknown-key", "environment ZERVER_HOSTS unknown-key", "environment ZERVER_PORT wrong-type",
          "\(path):2:3 prot unknown-key", "\(path):1:3 port wrong-type",
        ])
    }
  }

  @Test("the report reads as lines, one for each problem")
  func description() {
    let error = ConfigurationError(problems: problems(environment: ["ZERVER_PORT": "x", "ZERVER_XYZZY": "1"]))
    #expect(
      error.description == """
        The configuration has 2 problems.

        environment: ZERVER_XYZZY: I know no setting of this name. --help-configuration lists all.
        environment: ZERVER_PORT: `x` does not fit. I need a whole number from 0 to 65535.
        """)
  }

  @Test("a file that cannot be read is reported where it was named")
  func unreadable() {
    let found = problems(flags: [ConfigurationFlag("config", "/nonexistent/server.json")])
    #expect(found.map(\.code) == [.unreadableFile])
    #expect(found.first?.explanation == "I cannot read `/nonexistent/server.json`: No such file or directory.")
  }

  @Test("a file that is not JSON is reported with line and column")
  func malformed() throws {
    try withFile("{\n  \"port\": 1,\n}") { path in
      let found = problems(environment: ["ZERVER_CONFIG": path])
      #expect(found.map(\.code) == [.malformedFile])
      #expect(found.first?.origin == "\(path):3:1")
    }
  }

  @Test("a file cannot name another file")
  func chainedFile() throws {
    try withFile("{ \"config\": \"other.json\" }") { path in
      #expect(problems(environment: ["ZERVER_CONFIG": path]).map(\.code) == [.unknownKey])
    }
  }

  @Test("a value with control characters cannot forge lines of the report")
  func injection() {
    let found = problems(environment: ["ZERVER_PORT": "1\n\u{1B}[2Jx"])
    #expect(found.first?.explanation.hasPrefix("`1\\n\\u{1b}[2Jx` does not fit.") == true)
  }
}
