/// A pattern as written, parsed.
///
/// The whole string must match. Literals, `.`, classes `[a-z]` and `[^a-z]`, groups `( )` and `(?: )`, alternation `|`,
/// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`; the escapes `\d \D \w \W \s \S` (ASCII), `\t \n \r`, and a backslash before
/// any ASCII punctuation. A leading `^` and a trailing `$` are allowed and say nothing new.
indirect enum PatternNode {
  case empty
  case scalars(PatternScalars)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// `max` is `nil` without an upper bound.
  case repetition(PatternNode, min: Int, max: Int?)
}

/// A set of Unicode scalars: ranges in rising order that do not touch.
struct PatternScalars: Equatable {
  private(set) var ranges: [ClosedRange<UInt32>]

  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 {
        self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  var inverted: PatternScalars {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return PatternScalars(gaps)
  }

  func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

  static func one(_ scalar: Unicode.Scalar) -> PatternScalars { PatternScalars([scalar.value...scalar.value]) }
  static let digits = PatternScalars([0x30...0x39])
  static let wordScalars = PatternScalars([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let spaces = PatternScalars([0x09...0x0D, 0x20...0x20])
  /// What `.` stands for: everything but the line feed, as everywhere else.
  static let anyButLineFeed = PatternScalars([0x0A...0x0A]).inverted
}

/// What is wrong with a pattern, and where.
@_spi(Server) public struct PatternError: Error, Equatable, Sendable {
  public let message: String
  /// Counts Unicode scalars from 0.
  public let position: Int
}

struct PatternParser {
  /// Groups inside groups.
  static let depthMax = 32
  /// The largest count in braces.
  static let countMax = 1000

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  mutating func parse() throws(PatternError) -> PatternNode {
    if peek == "^" { position += 1 }
    let node = try parseChoice()
    // Only an unmatched parenthesis stops a choice before the end.
    guard position == scalars.count else { throw error("this ) closes nothing") }
    return node
  }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func error(_ message: String) -> PatternError { PatternError(message: message, position: position) }

  private mutating func parseChoice() throws(PatternError) -> PatternNode {
    var alternatives = [try parseSequence()]
    while peek == "|" {
      position += 1
      alternatives.append(try parseSequence())
    }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func parseSequence() throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      if scalar == "$", position == scalars.count - 1 {
        position += 1
        break
      }
      nodes.append(try parseRepetition())
    }
    return nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func parseRepetition() throws(PatternError) -> PatternNode {
    let atom = try parseAtom()
    guard let (min, max) = try parseCount() else { return atom }
    if let next = peek, next == "*" || next == "+" || next == "?" || next == "{" {
      throw error("a repetition cannot be repeated again")
    }
    return .repetition(atom, min: min, max: max)
  }

  private mutating func parseCount() throws(PatternError) -> (Int, Int?)? {
    switch peek {
    case "*":
      position += 1
      return (0, nil)
    case "+":
      position += 1
      return (1, nil)
    case "?":
      position += 1
      return (0, 1)
    case "{":
      position += 1
      let min = try parseNumber()
      var max: Int? = min
      if peek == "," {
        position += 1
        max = peek == "}" ? nil : try parseNumber()
      }
      guard peek == "}" else { throw error("a count ends with }") }
      if let max, max < min { throw error("the upper bound of a count is below the lower one") }
      position += 1
      return (min, max)
    default:
      return nil
    }
  }

  private mutating func parseNumber() throws(PatternError) -> Int {
    var number = 0
    let start = position
    while let digit = peek?.value, (0x30...0x39).contains(digit) {
      number = number * 10 + Int(digit - 0x30)
      guard number <= Self.countMax else { throw error("a count is at most \(Self.countMax)") }
      position += 1
    }
    guard position > start else { throw error("a count is {n}, {n,} or {n,m}") }
    return number
  }

  private mutating func parseAtom() throws(PatternError) -> PatternNode {
    guard let scalar = peek else { throw error("something is missing here") }
    switch scalar {
    case "(": return try parseGroup()
    case "[": return .scalars(try parseClass())
    case "\\": return .scalars(try parseEscape())
    case ".":
      position += 1
      return .scalars(.anyButLineFeed)
    case "*", "+", "?", "{": throw error("there is nothing to repeat here")
    case "^", "$": throw error("the whole string must match anyway, so \(scalar) has no sense here")
    case "]", "}": throw error("\\\(scalar) is how a pattern spells this character")
    default:
      position += 1
      return .scalars(.one(scalar))
    }
  }

  private mutating func parseGroup() throws(PatternError) -> PatternNode {
    depth += 1
    guard depth <= Self.depthMax else { throw error("groups are nested too deeply") }
    let start = position
    position += 1
    if peek == "?" {
      position += 1
      guard peek == ":" else { throw error("of the groups with ?, only (?: is known") }
      position += 1
    }
    let node = try parseChoice()
    guard peek == ")" else { throw PatternError(message: "this ( is never closed", position: start) }
    position += 1
    depth -= 1
    return node
  }

  private mutating func parseEscape() throws(PatternError) -> PatternScalars {
    position += 1
    guard let scalar = peek else { throw error("a pattern cannot end with a single backslash") }
    let set: PatternScalars
    switch scalar {
    case "d": set = .digits
    case "D": set = PatternScalars.digits.inverted
    case "w": set = .wordScalars
    case "W": set = PatternScalars.wordScalars.inverted
    case "s": set = .spaces
    case "S": set = PatternScalars.spaces.inverted
    case "t": set = .one("\t")
    case "n": set = .one("\n")
    case "r": set = .one("\r")
    default:
      guard (0x20...0x7E).contains(scalar.value), !PatternScalars.wordScalars.contains(scalar.value) else {
        throw error("\\\(scalar) is no known escape")
      }
      set = .one(scalar)
    }
    position += 1
    return set
  }

  private mutating func parseClass() throws(PatternError) -> PatternScalars {
    let start = position
    position += 1
    let isInverted = peek == "^"
    if isInverted { position += 1 }
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = peek, scalar != "]" {
      guard scalar != "[" else { throw error("\\[ is how a class spells this character") }
      let first = try parseClassItem()
      // A hyphen is a range between two characters, and itself at either end.
      let isRange = peek == "-" && position + 1 < scalars.count && scalars[position + 1] != "]"
      guard isRange else {
        ranges += first.ranges
        continue
      }
      position += 1
      let last = try parseClassItem()
      guard let low = first.single, let high = last.single else { throw error("a range goes from one character to another") }
      guard low <= high else { throw error("the range is empty: its characters stand in the wrong order") }
      ranges.append(low...high)
    }
    guard peek == "]" else { throw PatternError(message: "this [ is never closed", position: start) }
    guard !ranges.isEmpty else { throw PatternError(message: "this class has no characters", position: start) }
    position += 1
    let set = PatternScalars(ranges)
    return isInverted ? set.inverted : set
  }

  private mutating func parseClassItem() throws(PatternError) -> PatternScalars {
    guard let scalar = peek else { throw error("this class is never closed") }
    if scalar == "\\" { return try parseEscape() }
    position += 1
    return .one(scalar)
  }
}

extension PatternScalars {
  /// The scalar of a set of one.
  fileprivate var single: UInt32? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return ranges[0].lowerBound
  }
}
