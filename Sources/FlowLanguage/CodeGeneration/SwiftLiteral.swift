/// Swift literals of values.
package enum SwiftLiteral {
  package static func string(_ text: String) -> String { "\"\(escaped(text))\"" }

  static func escaped(_ text: String) -> String {
    // Nearly every text stands for itself.
    if text.utf8.allSatisfy(isPlain) { return text }
    var result = ""
    for scalar in text.unicodeScalars { result += escaped(scalar) }
    return result
  }

  /// A long text as a multi-line literal without line breaks of its own: each line but the last ends in a backslash.
  static func lines(of text: String, widthMax: Int = 110) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    for scalar in text.unicodeScalars {
      if scalar.isASCII, isPlain(UInt8(scalar.value)), width < widthMax {
        line.unicodeScalars.append(scalar)
        width += 1
        continue
      }
      let piece = escaped(scalar)
      if width + piece.unicodeScalars.count > widthMax {
        lines.append(line + "\\")
        line = ""
        width = 0
      }
      line += piece
      width += piece.unicodeScalars.count
    }
    return lines + [line]
  }

  static func int(_ value: Int) -> String { String(value) }

  static func range<Bound>(_ range: ClosedRange<Bound>) -> String where Bound: SignedNumeric {
    func bound(_ value: Bound) -> String { value < 0 ? "(\(value))" : "\(value)" }
    return "\(bound(range.lowerBound))...\(bound(range.upperBound))"
  }

  /// A byte that is a character of its own and needs no escape.
  private static func isPlain(_ byte: UInt8) -> Bool {
    0x20 <= byte && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
      || scalar.value == 0x2028 || scalar.value == 0x2029:
      "\\u{\(String(scalar.value, radix: 16))}"
    default: String(Character(scalar))
    }
  }
}
