/// Finds the names that somebody may have meant.
enum NearMatches {
  /// At most three candidates that are close to the name, closest first.
  ///
  /// Case and punctuation do not count, so `bodyBytesMax` is close to `body-bytes-max`. Close is an edit for every four
  /// letters, at least one: more would suggest names that merely have the same length.
  static func names(like name: String, among candidates: [String]) -> [String] {
    let wanted = letters(of: name)
    let distanceMax = max(1, wanted.count / 4)
    let distances = candidates.map { (name: $0, distance: distance(wanted, letters(of: $0))) }
    return distances.filter { $0.distance <= distanceMax }.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3).map(\.name)
  }

  private static func letters(of name: String) -> [UInt8] {
    name.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ".") }
  }

  /// Insertions, removals, replacements and swaps of neighbours that turn one into the other: the optimal string
  /// alignment distance.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for row in 1...a.count {
      var current = [row]
      for column in 1...b.count {
        let isSame = a[row - 1] == b[column - 1]
        var best = min(previous[column - 1] + (isSame ? 0 : 1), previous[column] + 1, current[column - 1] + 1)
        let isSwap = row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1]
        if isSwap { best = min(best, beforePrevious[column - 2] + 1) }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}
