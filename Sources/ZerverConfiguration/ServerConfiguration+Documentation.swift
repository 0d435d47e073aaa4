public import ZerverServer

extension ServerConfiguration {
  /// All settings with their environment variables, defaults and meanings, for a terminal: what `--help-configuration`
  /// prints.
  public static var help: String {
    let blocks = Setting.table.map { setting in
      """
      \(setting.key)
          \(setting.meaning)
          \(setting.kind.name), default \(setting.defaultText), environment \(setting.variable)
      """
    }
    return """
      Settings, each as a flag, an environment variable, or in a JSON file. A flag counts before an environment
      variable, and that before the file. Durations are written 800ms, 30s, 5min, 1h; sizes 512, 64KiB, 1MiB.

      \(blocks.joined(separator: "\n"))

      """
  }

  /// The same as a table in Markdown, for the documentation of the project.
  package static var documentation: String {
    let rows = Setting.table.map { setting in
      "| `\(setting.key)` | `\(setting.variable)` | \(setting.kind.name) | \(setting.defaultText) | \(setting.meaning) |"
    }
    return """
      # Configuration

      Every setting can be given as a flag, as an environment variable, or in a JSON file, whose groups are objects. A flag
      counts before an environment variable, that before the file, and the file before the default. The file is named by
      the flag `config` or by `ZERVER_CONFIG`.

      Durations are whole numbers with a unit: `800ms`, `30s`, `5min`, `1h`. Sizes are bytes, or whole numbers with a unit:
      `512`, `64KiB`, `1MiB`, `1GiB`. In a JSON file, numbers are numbers, and everything with a unit is a text.

      ```json
      {
        "port": 8080,
        "http": { "body-bytes-max": "64KiB" },
        "profiles": { "interactive": { "deadline": "800ms" } }
      }
      ```

      A server does not start with a setting that it does not know, or with a value that does not fit. It reports all
      mistakes at once, each with its place.

      | setting | environment | valid | default | meaning |
      |---|---|---|---|---|
      \(rows.joined(separator: "\n"))

      """
  }
}
