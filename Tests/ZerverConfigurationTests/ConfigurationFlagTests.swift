import Testing
import ZerverConfiguration
import ZerverServer

@Suite struct ConfigurationFlagTests {
  @Test("settings are taken from the arguments and everything else is left to the app")
  func take() {
    var arguments = [
      "serve", "--port", "8081", "--verbose", "--http.body-bytes-max=64KiB", "--seed=1", "shop.db", "--", "--port", "1",
    ]
    let flags = ConfigurationFlag.take(from: &arguments)
    #expect(flags == [ConfigurationFlag("port", "8081"), ConfigurationFlag("http.body-bytes-max", "64KiB")])
    #expect(arguments == ["serve", "--verbose", "--seed=1", "shop.db", "--", "--port", "1"])
  }

  @Test("a setting without a value is left for the app to complain about")
  func missingValue() {
    var arguments = ["--port"]
    #expect(ConfigurationFlag.take(from: &arguments).isEmpty)
    #expect(arguments == ["--port"])
  }

  @Test("key=value is parsed at the first equals sign, and nothing else is a flag")
  func parse() {
    #expect(ConfigurationFlag("database.url=sqlite:a=b") == ConfigurationFlag("database.url", "sqlite:a=b"))
    #expect(ConfigurationFlag("port=") == ConfigurationFlag("port", ""))
    #expect(ConfigurationFlag("port") == nil)
    #expect(ConfigurationFlag("=1") == nil)
    #expect(ConfigurationFlag("port", "1").description == "port=1")
  }
}
