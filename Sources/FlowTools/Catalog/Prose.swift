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
}
