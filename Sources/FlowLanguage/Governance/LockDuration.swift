/// Durations as the language and the lock write them: `800ms`, `2s`, `24h`.
package enum LockDuration {
  private static let units: [(word: String, nanoseconds: Int)] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1_000), ("ns", 1),
  ]

  /// With the largest unit that leaves a whole number.
  package static func text(_ nanoseconds: Int) -> String {
    let unit = units.first { nanoseconds % $0.nanoseconds == 0 } ?? units[units.count - 1]
    return "\(nanoseconds / unit.nanoseconds)\(unit.word)"
  }

  /// `nil` for anything that ``text(_:)`` does not write.
  package static func nanoseconds(_ text: String) -> Int? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard let number = Int(digits), let unit = units.first(where: { $0.word == text.dropFirst(digits.count) }) else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.nanoseconds)
    return overflow ? nil : product
  }
}
