/// A name that may be meant, and where it is declared.
package struct Candidate {
  package let name: String
  /// `nil` for the language's own words.
  package let span: SourceSpan?

  package init(_ name: String, _ span: SourceSpan? = nil) {
    self.name = name
    self.span = span
  }
}

/// Names that differ from a misspelt one by few edits.
package enum NearMatches {
  /// At most three, the nearest first. A name is near when one edit in three of its characters suffices.
  package static func find(_ name: String, among candidates: some Sequence<Candidate>) -> [Candidate] {
    let wanted = Array(name.lowercased().utf8)
    let limit = max(1, wanted.count / 3)
    var found: [(candidate: Candidate, distance: Int)] = []
    for candidate in candidates {
      let other = Array(candidate.name.lowercased().utf8)
      // The difference of lengths is a lower bound of the distance.
      guard candidate.name != name, abs(other.count - wanted.count) <= limit else { continue }
      let distance = editDistance(wanted, other)
      if distance <= limit { found.append((candidate, distance)) }
    }
    found.sort { ($0.distance, $0.candidate.name) < ($1.distance, $1.candidate.name) }
    return found.prefix(3).map(\.candidate)
  }

  /// Insertions, deletions, replacements and exchanges of neighbours (optimal string alignment).
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var current = [i]
      for j in 1...b.count {
        var best = min(last[j] + 1, current[j - 1] + 1)
        best = min(best, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, beforeLast[j - 2] + 1) }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[b.count]
  }

  /// The paragraph that lists near names with the places of their declarations; empty when nothing is near.
  static func paragraph(_ matches: [Candidate]) -> String {
    if matches.isEmpty { return "" }
    let width = matches.map(\.name.count).max() ?? 0
    let rows = matches.map { match in
      guard let span = match.span else { return "    \(match.name)" }
      let gap = String(repeating: " ", count: width - match.name.count + 6)
      return "    \(match.name)\(gap)declared in \(span.path):\(span.line)"
    }
    return (matches.count == 1 ? "This name is close:" : "These names are close:") + "\n\n" + rows.joined(separator: "\n")
  }
}
