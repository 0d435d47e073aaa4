/// A regular expression that an organisation asks of its slugs. It has the syntax of `pattern "…"` and matches a whole
/// slug, in time that grows with the product of both lengths and never faster.
package struct SlugPattern: Equatable, Sendable {
  package let text: String

  /// Throws the sentence that says what is wrong with the text.
  package init(_ text: String) throws(Unusable) {
    if let violation = PatternSyntax.violation(in: text) { throw Unusable(reason: violation.reason) }
    self.text = text
  }

  package struct Unusable: Error {
    package let reason: String
  }

  package func matches(_ slug: String) -> Bool { PatternSyntax.matches(text, slug) }
}
