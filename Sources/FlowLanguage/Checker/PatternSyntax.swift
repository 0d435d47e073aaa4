/// The regular expressions of `pattern "…"`. They match a whole string, in time linear in its length, so they have
/// neither anchors, back references nor look-around.
enum PatternSyntax {
  /// Why a pattern cannot be used, and where.
  struct Violation: Equatable {
    /// Offsets in UTF-8, from the first character behind the quote.
    let start: Int
    let end: Int
    /// A whole sentence.
    let reason: String
  }

  /// Groups inside each other.
  static let nestingMax = 16
  /// The greatest number in braces.
  static let repetitionsMax = 1_000
  /// Characters that a pattern reads, with its counted repetitions written out: the matcher has a place for each.
  static let placesMax = 1_024

  /// The pattern as the matcher gets it: the quote was escaped for the `.flow` file only.
  static func text(of source: String) -> String {
    var bytes: [UInt8] = []
    var isEscape = false
    for byte in source.utf8 {
      if isEscape, byte == UInt8(ascii: "\"") { bytes.removeLast() }
      bytes.append(byte)
      isEscape = !isEscape && byte == UInt8(ascii: "\\")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first thing in the text between the quotes that is not in the supported subset.
  static func violation(in source: String) -> Violation? {
    var scanner = Scanner(Array(source.unicodeScalars))
    do throws(Violation) {
      let places = try scanner.pattern()
      if places <= placesMax { return nil }
      return Violation(
        start: 0, end: source.utf8.count,
        reason: "With its repetitions written out, this pattern has more than \(placesMax) characters, which is too much.")
    } catch {
      return error
    }
  }
}

extension PatternSyntax.Violation: Error {}

extension PatternSyntax {
  private struct Scanner {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func violation(from start: Int, to end: Int, _ reason: String) -> Violation {
      func offset(_ position: Int) -> Int { scalars[..<position].reduce(0) { $0 + UTF8.width($1) } }
      return Violation(start: offset(start), end: offset(min(end, scalars.count)), reason: reason)
    }

    private func violation(_ reason: String) -> Violation { violation(from: position, to: position + 1, reason) }

    /// Counts the places of the pattern.
    mutating func pattern() throws(Violation) -> Int {
      // An anchor at either end says what holds anyway.
      if current == "^" { position += 1 }
      return try alternatives()
    }

    private mutating func alternatives() throws(Violation) -> Int {
      var places = 0
      while let scalar = current {
        switch scalar {
        case "|": position += 1
        case "$" where depth == 0 && position == scalars.count - 1: position += 1
        case ")":
          guard depth > 0 else { throw violation("This `)` closes no group. A parenthesis itself is written `\\)`.") }
          return places
        default:
          let atom = try atom()
          // Stops counting where the limit is exceeded anyway.
          places = min(places + atom * (try quantifier()), placesMax + 1)
        }
      }
      return places
    }

    private mutating func atom() throws(Violation) -> Int {
      switch scalars[position] {
      case "(": return try group()
      case "[": try characterClass()
      case "\\": try escape()
      case "*", "+", "?", "{":
        throw violation("`\(scalars[position])` repeats what stands before it, and here is nothing that it could repeat.")
      case "^", "$":
        throw violation(
          "A pattern always matches the whole text, so an anchor inside it never does. The character is written `\\\(scalars[position])`.")
      case "]", "}":
        throw violation("`\(scalars[position])` closes nothing here. The character itself is written `\\\(scalars[position])`.")
      default: position += 1
      }
      return 1
    }

    private mutating func group() throws(Violation) -> Int {
      let open = position
      position += 1
      if current == "?" {
        position += 1
        guard current == ":" else {
          throw violation(from: open, to: position + 1, "Of the groups that begin with `(?`, I know `(?:…)`, which is the same as `(…)`.")
        }
        position += 1
      }
      depth += 1
      guard depth <= nestingMax else {
        throw violation(from: open, to: open + 1, "Groups stand inside each other at most \(nestingMax) deep.")
      }
      let places = try alternatives()
      guard current == ")" else { throw violation(from: open, to: open + 1, "This group is not closed by a `)`.") }
      depth -= 1
      position += 1
      return places
    }

    /// How many times the places of what stands before it are needed.
    private mutating func quantifier() throws(Violation) -> Int {
      var copies = 1
      switch current {
      case "*", "+", "?": position += 1
      case "{": copies = try repetition()
      default: return 1
      }
      if let next = current, next == "*" || next == "+" || next == "?" || next == "{" {
        throw violation("A repetition cannot be repeated. A group can: `(a+)?`.")
      }
      return copies
    }

    /// `{3}`, `{3,}` or `{3,5}`
    private mutating func repetition() throws(Violation) -> Int {
      let open = position
      position += 1
      let low = number()
      var high = low
      if current == "," {
        position += 1
        high = number()
      }
      guard let low, current == "}" else {
        throw violation(from: open, to: position + 1, "A repetition is written `{3}`, `{3,}` or `{3,5}`.")
      }
      position += 1
      guard low <= repetitionsMax, (high ?? 0) <= repetitionsMax else {
        throw violation(from: open, to: position, "A repetition counts to \(repetitionsMax) at most.")
      }
      if let high, high < low {
        throw violation(from: open, to: position, "The first number of a repetition is not greater than the second.")
      }
      return high ?? max(low, 1)
    }

    private mutating func number() -> Int? {
      var value: Int?
      while let scalar = current, ("0"..."9").contains(scalar) {
        // Stops counting where the limit is exceeded anyway.
        value = min((value ?? 0) * 10 + Int(scalar.value - 48), repetitionsMax + 1)
        position += 1
      }
      return value
    }

    /// The character that an escape stands for; `nil` for a set of them.
    @discardableResult
    private mutating func escape() throws(Violation) -> Unicode.Scalar? {
      let start = position
      position += 1
      guard let scalar = current else { throw violation(from: start, to: start + 1, "A backslash escapes what follows, and nothing follows.") }
      position += 1
      switch scalar {
      case "d", "D", "w", "W", "s", "S": return nil
      case "t": return "\t"
      case "n": return "\n"
      case "r": return "\r"
      case "!"..."/", ":"..."@", "["..."^", "`", "{"..."~": return scalar
      default:
        throw violation(
          from: start, to: position,
          "I do not know the escape `\\\(scalar)`. There are `\\d` `\\w` `\\s`, `\\D` `\\W` `\\S`, `\\t` `\\n` `\\r`, and a backslash before punctuation.")
      }
    }

    private mutating func characterClass() throws(Violation) {
      let open = position
      position += 1
      if current == "^" { position += 1 }
      var isEmpty = true
      while current != "]" {
        guard current != nil else { throw violation(from: open, to: open + 1, "This class of characters is not closed by a `]`.") }
        try classMember()
        isEmpty = false
      }
      position += 1
      if isEmpty { throw violation(from: open, to: position, "A class without characters matches nothing. A bracket itself is written `\\[`.") }
    }

    /// One character, an escape, or a range `a-z`.
    private mutating func classMember() throws(Violation) {
      let start = position
      let low = try classScalar()
      // A hyphen at the end of a class stands for itself.
      guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { return }
      position += 1
      let high = try classScalar()
      guard let low, let high else {
        throw violation(from: start, to: position, "A range joins two characters, not a set such as `\\d`.")
      }
      if high < low { throw violation(from: start, to: position, "The range ends before it begins.") }
    }

    private mutating func classScalar() throws(Violation) -> Unicode.Scalar? {
      if current == "\\" { return try escape() }
      guard let scalar = current else { throw violation("The class ends too early.") }
      if scalar == "[" { throw violation("In a class, the character `[` is written `\\[`.") }
      position += 1
      return scalar
    }
  }
}
