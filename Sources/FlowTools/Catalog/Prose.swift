/// What `///` comments say, as documents need it.
package enum Prose {
  /// Paragraphs, each in one line, without the empty lines between them.
  package static func paragraphs(_ documentation: [String]) -> [String] {
    documentation.split(whereSeparator: \.isEmpty).map { $0.joined(separator: " ") }
  }

  /// The first paragraph in one line; `nil` without documentation.
  package static func summary(_ documentation: [String]) -> String? { paragraphs(documentation).first }

  /// The whole text as CommonMark; `nil` without documentation.
  package static func markdown(_ documentation: [String]) -> String? {
    let text = documentation.split(separator: "", omittingEmptySubsequences: true).map { $0.joined(separator: "\n") }
    return text.isEmpty ? nil : text.joined(separator: "\n\n")
  }

  /// A code as a sentence, the way the server writes a problem's title: `out-of-stock` is `Out of stock`.
  package static func title(_ code: String) -> String {
    let words = String(code.map { $0 == "-" ? " " : $0 })
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// `800 ms`, `2 s`, `24 h`: the largest unit that leaves a whole number.
  package static func duration(nanoseconds: Int) -> String {
    let units = [(86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "min"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
    for (size, name) in units where nanoseconds >= size && nanoseconds % size == 0 { return "\(nanoseconds / size) \(name)" }
    return "\(nanoseconds) ns"
  }
}
