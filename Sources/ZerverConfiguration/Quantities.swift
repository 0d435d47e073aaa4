import ZerverCore

/// Durations and sizes as people write them: whole numbers with a unit.
enum Quantities {
  private static let durationUnits: [(name: String, nanoseconds: Int64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000),
  ]
  private static let sizeUnits: [(name: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

  /// `800ms`, `30s`, `5min`, `1h`. The unit is required: a bare number has been read as seconds by one person and as
  /// milliseconds by another too often.
  static func duration(_ text: String) -> Duration? {
    guard let (number, unit) = split(text),
      let factor = durationUnits.first(where: { $0.name == unit })?.nanoseconds
    else { return nil }
    let (nanoseconds, overflow) = Int64(number).multipliedReportingOverflow(by: factor)
    return overflow ? nil : .nanoseconds(nanoseconds)
  }

  /// `512`, `64KiB`, `1MiB`, `2GiB`.
  static func size(_ text: String) -> Int? {
    guard let (number, unit) = split(text) else { return nil }
    if unit.isEmpty { return number }
    guard let factor = sizeUnits.first(where: { $0.name == unit })?.bytes else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : bytes
  }

  /// In the largest unit that leaves a whole number, so that reading it back gives the same duration.
  static func text(_ duration: Duration) -> String {
    let nanoseconds = duration.nanosecondsWhole
    let unit = durationUnits.last { nanoseconds % $0.nanoseconds == 0 && nanoseconds >= $0.nanoseconds }
    return "\(nanoseconds / (unit ?? durationUnits[1]).nanoseconds)\((unit ?? durationUnits[1]).name)"
  }

  static func text(bytes: Int) -> String {
    guard let unit = sizeUnits.last(where: { bytes % $0.bytes == 0 && bytes >= $0.bytes }) else { return "\(bytes)" }
    return "\(bytes / unit.bytes)\(unit.name)"
  }

  private static func split(_ text: String) -> (number: Int, unit: String)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    return (number, String(text.dropFirst(digits.count)))
  }
}
