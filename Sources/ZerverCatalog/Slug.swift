/// The English id of a flow: `checkout-cart`. Two or more lower-case words joined by hyphens, because one word alone
/// names a thing and not what is done with it.
///
/// The rule is `[a-z][a-z0-9]*(-[a-z0-9]+)+`, at most 80 characters.
public struct Slug: Hashable, Sendable {
  /// Keeps a path with version well inside every limit on request lines, and a log line readable.
  public static var lengthMax: Int { 80 }

  public let text: String

  /// Throws the first rule that the text breaks.
  public init(_ text: String) throws(Violation) {
    if let violation = Slug.violation(of: text) { throw violation }
    self.text = text
  }
}

extension Slug: CustomStringConvertible {
  public var description: String { text }
}

extension Slug: Comparable {
  public static func < (a: Slug, b: Slug) -> Bool { a.text < b.text }
}

extension Slug {
  /// The rule that a text breaks. Offsets count Unicode scalars from 0, so that a diagnostic can point at the place.
  public enum Violation: Error, Equatable, Sendable {
    case empty
    /// More than ``Slug/lengthMax`` characters.
    case tooLong(length: Int)
    /// Neither lower-case ASCII letter, nor digit, nor hyphen.
    case forbiddenCharacter(Unicode.Scalar, offset: Int)
    /// The first character is a digit.
    case startsWithDigit
    /// A hyphen at the beginning, at the end, or behind another hyphen.
    case emptyWord(offset: Int)
    /// One word without a hyphen.
    case oneWord

    /// What valid looks like, as the end of a sentence that begins with "A slug".
    public var rule: String {
      switch self {
      case .empty, .oneWord: "has two or more words joined by hyphens, such as `checkout-cart`"
      case .tooLong: "has at most \(Slug.lengthMax) characters"
      case .forbiddenCharacter: "consists of lower-case English letters, digits and hyphens"
      case .startsWithDigit: "begins with a letter"
      case .emptyWord: "has one hyphen between two words, and none at its ends"
      }
    }
  }

  /// The first rule that `text` breaks; `nil` for a slug.
  public static func violation(of text: String) -> Violation? {
    if text.isEmpty { return .empty }
    var previousIsHyphen = true
    var words = 1
    var offset = 0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z": previousIsHyphen = false
      case "0"..."9":
        if offset == 0 { return .startsWithDigit }
        previousIsHyphen = false
      case "-":
        if previousIsHyphen { return .emptyWord(offset: offset) }
        previousIsHyphen = true
        words += 1
      default: return .forbiddenCharacter(scalar, offset: offset)
      }
      offset += 1
    }
    if previousIsHyphen { return .emptyWord(offset: offset - 1) }
    if offset > lengthMax { return .tooLong(length: offset) }
    return words == 1 ? .oneWord : nil
  }
}
