/// What a customer types, as a pattern for SQL's `LIKE … ESCAPE '\'`.
enum SearchPattern {
  /// The words in lower case and in their order, anything between them. Nothing that the customer types is a wildcard.
  static func containing(_ text: String?) -> String {
    let words = (text ?? "").lowercased().split(whereSeparator: \.isWhitespace)
    return words.reduce(into: "%") { pattern, word in
      for character in word {
        if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
        pattern.append(character)
      }
      pattern.append("%")
    }
  }
}
