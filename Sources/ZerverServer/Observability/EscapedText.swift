/// Text from outside, made safe for one line of a log or a terminal.
package enum EscapedText {
  /// The text with everything that could begin a line, move a cursor or hide what follows written as an escape:
  /// control characters (C0, DEL and C1), line and paragraph separators, and the bidirectional controls by which text
  /// can pretend to be other text. A backslash is doubled, so escapes cannot be forged.
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      guard isUnsafe(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\\": result += "\\\\"
      default: result += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result
  }

  /// The text escaped and in double quotes, its own double quotes escaped too: one value, however many spaces and equals
  /// signs it has.
  static func quoted(_ text: String) -> String {
    let pieces = escaped(text).split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + pieces.joined(separator: "\\\"") + "\""
  }

  /// The text as it is when it is one word, otherwise in quotes.
  static func word(_ text: String) -> String {
    let isWord = !text.isEmpty && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    return isWord ? text : quoted(text)
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: scalar == "\\"
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    default: false
    }
  }
}
