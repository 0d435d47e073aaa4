// What is wrong with the bytes of a file.

extension Diagnostic {
  static func notUTF8(_ span: SourceSpan, byte: UInt8) -> Diagnostic {
    let digits = String(byte, radix: 16, uppercase: true)
    return Diagnostic(
      .notUTF8, at: span, "not UTF-8",
      """
      I see the byte 0x\(digits.count == 1 ? "0" : "")\(digits) here, which is not UTF-8 in this place. I report only the \
      first such byte of a file.
      """,
      hint: "`.flow` files are UTF-8. An editor can save the file again with that encoding.")
  }

  static func unexpectedCharacter(_ span: SourceSpan) -> Diagnostic {
    let scalars = span.text.unicodeScalars.prefix(3).map { "U+" + hexadecimal($0) }.joined(separator: " ")
    return Diagnostic(
      .unexpectedCharacter, at: span, "unexpected character",
      "I see `\(span.text)` (\(scalars)), and nothing in the language begins with that.",
      hint: """
        names consist of English letters, digits and hyphens. Any other character can stand in comments and in texts in \
        quotes.
        """)
  }

  static func unterminatedString(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unterminatedString, at: span, "text without an end",
      "This text begins with a quote, and I see no other quote before the end of the line.",
      hint: "a text ends on the line on which it begins. A quote inside it is written `\\\"`.")
  }

  static func unknownEscape(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .unknownEscape, at: span, "unknown escape",
      "I do not know the escape `\(span.text)`. In a text I know `\\\"`, `\\\\`, `\\n` and `\\t`.",
      hint: "a backslash itself is written `\\\\`.")
  }

  static func malformedNumber(_ span: SourceSpan, expected: String) -> Diagnostic {
    Diagnostic(
      .malformedNumber, at: span, "malformed number",
      "I expect \(expected) here, and `\(span.text)` is not a number that I can use.",
      hint: "numbers are written `64`, `-1` or `0.5`, without exponent and within 64 bits.")
  }

  static func malformedDuration(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .malformedNumber, at: span, "malformed duration",
      "I expect a duration here, and I cannot read `\(span.text)` as one.",
      hint: "a duration is a whole number with its unit and no space between: `800ms`, `2s`, `5min` or `1h`.")
  }

  /// - Parameter max: as it is written.
  static func durationRange(_ span: SourceSpan, max: String) -> Diagnostic {
    Diagnostic(
      .malformedNumber, at: span, "duration out of range",
      max == "24h"
        ? "`\(span.text)` is not a time that a request can take. A duration is more than nothing and at most `24h`."
        : "`\(span.text)` is out of the range of this duration, which is more than nothing and at most `\(max)`.")
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
