/// Strings as JSON writes them (RFC 8259 §7).
enum JSONText {
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{0}"..<" ", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// A JSON document that is built up member by member, in the order of its members.
indirect enum JSONTree {
  case string(String)
  case int(Int)
  case bool(Bool)
  case null
  case array([JSONTree])
  /// Members without a value are left out.
  case object(KeyValuePairs<String, JSONTree?>)

  /// Two columns for each level. A list or an object of values without members of their own stands on one line.
  func text(indent: Int = 0) -> String {
    switch self {
    case .string(let text): JSONText.quoted(text)
    case .int(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    case .null: "null"
    case .array(let items):
      Self.lines(items.map { ("", $0) }, "[", "]", indent: indent)
    case .object(let members):
      Self.lines(
        members.compactMap { name, value in value.map { (JSONText.quoted(name) + ": ", $0) } }, "{", "}", indent: indent)
    }
  }

  private var isPlain: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let members): members.allSatisfy { $0.value == nil }
    default: true
    }
  }

  private static func lines(_ items: [(String, JSONTree)], _ open: String, _ close: String, indent: Int) -> String {
    if items.allSatisfy({ $0.1.isPlain }) {
      return open + items.map { $0.0 + $0.1.text() }.joined(separator: ", ") + close
    }
    let margin = String(repeating: " ", count: indent + 2)
    let body = items.map { margin + $0.0 + $0.1.text(indent: indent + 2) }.joined(separator: ",\n")
    return open + "\n" + body + "\n" + String(repeating: " ", count: indent) + close
  }
}
