/// Durations as the language writes them.
enum DurationText {
  /// In the largest unit that leaves no fraction: `800ms`, `2s`, `24h`.
  static func text(_ nanoseconds: Int) -> String {
    let milliseconds = nanoseconds / 1_000_000
    let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)]
    guard let (unit, factor) = units.first(where: { milliseconds >= $0.1 && milliseconds % $0.1 == 0 }) else {
      return "\(milliseconds)ms"
    }
    return "\(milliseconds / factor)\(unit)"
  }
}
