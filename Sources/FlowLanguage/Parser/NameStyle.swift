/// How names are written, so that the same thing looks the same everywhere.
package enum NameStyle {
  /// `load-cart`: fields, steps, errors, flows, bindings, fragments, enum cases.
  case kebab
  /// `CheckoutRequest`: types.
  case pascal

  package func accepts(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .kebab:
      return bytes.first.map(Self.isLower) == true && bytes.allSatisfy { Self.isLower($0) || Lexer.isDigit($0) || $0 == Self.hyphen }
    case .pascal:
      return bytes.first.map(Self.isUpper) == true
        && bytes.allSatisfy { Self.isUpper($0) || Self.isLower($0) || Lexer.isDigit($0) }
    }
  }

  /// The same words in this style; `nil` when no letters are left.
  func converted(_ text: String) -> String? {
    var words: [[UInt8]] = [[]]
    var previousIsLower = false
    for byte in text.utf8 {
      if byte == Self.hyphen || byte == UInt8(ascii: "_") {
        words.append([])
      } else {
        if Self.isUpper(byte), previousIsLower { words.append([]) }
        words[words.count - 1].append(Self.isUpper(byte) ? byte | 0x20 : byte)
      }
      previousIsLower = Self.isLower(byte) || Lexer.isDigit(byte)
    }
    words.removeAll { $0.isEmpty }
    guard words.first?.first.map(Self.isLower) == true else { return nil }
    switch self {
    case .kebab: return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    case .pascal:
      return words.map { String(decoding: [Self.isLower($0[0]) ? $0[0] & ~0x20 : $0[0]] + $0.dropFirst(), as: UTF8.self) }
        .joined()
    }
  }

  var hint: String {
    switch self {
    case .kebab: "such a name is written in kebab-case, like `cart-id`."
    case .pascal: "such a name is written in PascalCase, like `CheckoutRequest`."
    }
  }

  private static let hyphen = UInt8(ascii: "-")
  private static func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
  private static func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
}
