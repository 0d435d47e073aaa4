import FlowLanguage

/// Constraints in words, for documents that people read.
enum ConstraintText {
  struct Phrase: Equatable {
    var text: String
    /// Written as it stands in a program, such as a pattern.
    var isCode = false
  }

  static func words(_ constraints: ResolvedConstraints) -> [Phrase] {
    var phrases: [Phrase] = []
    if let length = constraints.length { phrases.append(Phrase(text: count(length, "character", "characters"))) }
    if let range = constraints.range { phrases.append(Phrase(text: "\(range.lowerBound) to \(range.upperBound)")) }
    if let range = constraints.floatRange { phrases.append(Phrase(text: "\(range.lowerBound) to \(range.upperBound)")) }
    if let items = constraints.items { phrases.append(Phrase(text: count(items, "element", "elements"))) }
    if constraints.isUnique { phrases.append(Phrase(text: "no two alike")) }
    if let pattern = constraints.pattern { phrases.append(Phrase(text: pattern, isCode: true)) }
    return phrases
  }

  private static func count(_ range: ClosedRange<Int>, _ one: String, _ many: String) -> String {
    let noun = range.upperBound == 1 ? one : many
    if range.lowerBound == range.upperBound { return "\(range.lowerBound) \(noun)" }
    return range.lowerBound == 0 ? "at most \(range.upperBound) \(noun)" : "\(range.lowerBound) to \(range.upperBound) \(noun)"
  }
}
