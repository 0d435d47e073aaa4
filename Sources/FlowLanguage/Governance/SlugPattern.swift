/// A regular expression that an organisation asks of its slugs. It has the syntax of `pattern "…"` and matches a whole
/// slug, in time that grows with the product of both lengths and never faster.
package struct SlugPattern: Sendable {
  package let text: String
  private let program: [Instruction]

  private enum Instruction: Sendable {
    case bytes([ClosedRange<UInt8>], isNegated: Bool)
    case split(Int, Int)
    case jump(Int)
    case match
  }

  /// Throws the sentence that says what is wrong with the text.
  package init(_ text: String) throws(Unusable) {
    if let violation = PatternSyntax.violation(in: text) { throw Unusable(reason: violation.reason) }
    self.text = text
    var compiler = Compiler(Array(text.utf8))
    program = compiler.program()
  }

  package struct Unusable: Error {
    package let reason: String
  }

  /// All places of the program that the text so far may have reached, moved on by one byte at a time.
  package func matches(_ slug: String) -> Bool {
    var places: Set<Int> = []
    follow(0, into: &places)
    for byte in slug.utf8 {
      var next: Set<Int> = []
      for place in places {
        guard case .bytes(let ranges, let isNegated) = program[place] else { continue }
        if ranges.contains(where: { $0.contains(byte) }) != isNegated { follow(place + 1, into: &next) }
      }
      if next.isEmpty { return false }
      places = next
    }
    return places.contains { if case .match = program[$0] { true } else { false } }
  }

  private func follow(_ start: Int, into places: inout Set<Int>) {
    var pending = [start]
    while let place = pending.popLast() {
      guard places.insert(place).inserted else { continue }
      switch program[place] {
      case .split(let first, let second): pending += [first, second]
      case .jump(let target): pending.append(target)
      case .bytes, .match: break
      }
    }
  }

  /// Translates a pattern that `PatternSyntax` has found to be well formed.
  private struct Compiler {
    private let source: [UInt8]
    private var position = 0

    init(_ source: [UInt8]) { self.source = source }

    private var current: UInt8? { position < source.count ? source[position] : nil }

    mutating func program() -> [Instruction] {
      if current == UInt8(ascii: "^") { position += 1 }
      return alternatives() + [.match]
    }

    private mutating func alternatives() -> [Instruction] {
      let first = sequence()
      guard current == UInt8(ascii: "|") else { return first }
      position += 1
      let rest = alternatives()
      return [.split(1, first.count + 2)] + Self.moved(first, by: 1) + [.jump(first.count + 2 + rest.count)]
        + Self.moved(rest, by: first.count + 2)
    }

    private mutating func sequence() -> [Instruction] {
      var result: [Instruction] = []
      while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
        // Only the last character of a well-formed pattern can be an anchor.
        if byte == UInt8(ascii: "$") {
          position += 1
          continue
        }
        let atom = atom()
        result += Self.moved(repeated(atom), by: result.count)
      }
      return result
    }

    private mutating func atom() -> [Instruction] {
      guard let byte = current else { return [] }
      position += 1
      switch byte {
      case UInt8(ascii: "("):
        if current == UInt8(ascii: "?") { position += 2 }
        let body = alternatives()
        position += 1
        return body
      case UInt8(ascii: "["): return [characterClass()]
      case UInt8(ascii: "\\"):
        let (ranges, isNegated) = escape()
        return [.bytes(ranges, isNegated: isNegated)]
      case UInt8(ascii: "."): return [.bytes([0...255], isNegated: false)]
      default: return [.bytes([byte...byte], isNegated: false)]
      }
    }

    private mutating func repeated(_ atom: [Instruction]) -> [Instruction] {
      guard let byte = current else { return atom }
      switch byte {
      case UInt8(ascii: "*"):
        position += 1
        return Self.star(atom)
      case UInt8(ascii: "+"):
        position += 1
        return atom + Self.moved(Self.star(atom), by: atom.count)
      case UInt8(ascii: "?"):
        position += 1
        return Self.optional(atom)
      case UInt8(ascii: "{"): return counted(atom)
      default: return atom
      }
    }

    private mutating func counted(_ atom: [Instruction]) -> [Instruction] {
      position += 1
      let low = number()
      var high: Int? = low
      if current == UInt8(ascii: ",") {
        position += 1
        high = current == UInt8(ascii: "}") ? nil : number()
      }
      position += 1
      var result: [Instruction] = []
      func append(_ part: [Instruction]) { result += Self.moved(part, by: result.count) }
      for _ in 0..<low { append(atom) }
      guard let high else {
        append(Self.star(atom))
        return result
      }
      for _ in 0..<max(0, high - low) { append(Self.optional(atom)) }
      return result
    }

    private mutating func number() -> Int {
      var value = 0
      while let byte = current, Lexer.isDigit(byte) {
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        position += 1
      }
      return value
    }

    private mutating func escape() -> (ranges: [ClosedRange<UInt8>], isNegated: Bool) {
      guard let byte = current else { return ([], false) }
      position += 1
      let digits: [ClosedRange<UInt8>] = [UInt8(ascii: "0")...UInt8(ascii: "9")]
      let letters: [ClosedRange<UInt8>] = [
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_")...UInt8(ascii: "_"),
      ]
      let spaces: [ClosedRange<UInt8>] = [0x09...0x0D, 0x20...0x20]
      switch byte {
      case UInt8(ascii: "d"): return (digits, false)
      case UInt8(ascii: "D"): return (digits, true)
      case UInt8(ascii: "w"): return (letters + digits, false)
      case UInt8(ascii: "W"): return (letters + digits, true)
      case UInt8(ascii: "s"): return (spaces, false)
      case UInt8(ascii: "S"): return (spaces, true)
      case UInt8(ascii: "t"): return ([0x09...0x09], false)
      case UInt8(ascii: "n"): return ([0x0A...0x0A], false)
      case UInt8(ascii: "r"): return ([0x0D...0x0D], false)
      default: return ([byte...byte], false)
      }
    }

    private mutating func characterClass() -> Instruction {
      var isNegated = false
      if current == UInt8(ascii: "^") {
        isNegated = true
        position += 1
      }
      var ranges: [ClosedRange<UInt8>] = []
      while let byte = current, byte != UInt8(ascii: "]") {
        let low = classMember()
        let isRange = current == UInt8(ascii: "-") && position + 1 < source.count && source[position + 1] != UInt8(ascii: "]")
        guard isRange, let start = low.first?.lowerBound else {
          ranges += low
          continue
        }
        position += 1
        ranges.append(start...max(start, classMember().first?.upperBound ?? start))
      }
      position += 1
      return .bytes(ranges, isNegated: isNegated)
    }

    private mutating func classMember() -> [ClosedRange<UInt8>] {
      guard let byte = current else { return [] }
      position += 1
      guard byte == UInt8(ascii: "\\") else { return [byte...byte] }
      let (ranges, isNegated) = escape()
      return isNegated ? Self.complement(ranges) : ranges
    }

    private static func complement(_ ranges: [ClosedRange<UInt8>]) -> [ClosedRange<UInt8>] {
      (UInt8.min...UInt8.max).filter { byte in !ranges.contains { $0.contains(byte) } }.map { $0...$0 }
    }

    // MARK: Programs

    private static func star(_ body: [Instruction]) -> [Instruction] {
      [.split(1, body.count + 2)] + moved(body, by: 1) + [.jump(0)]
    }

    private static func optional(_ body: [Instruction]) -> [Instruction] {
      [.split(1, body.count + 1)] + moved(body, by: 1)
    }

    private static func moved(_ program: [Instruction], by distance: Int) -> [Instruction] {
      program.map { instruction in
        switch instruction {
        case .split(let first, let second): .split(first + distance, second + distance)
        case .jump(let target): .jump(target + distance)
        case .bytes, .match: instruction
        }
      }
    }
  }
}

extension SlugPattern: Equatable {
  package static func == (a: SlugPattern, b: SlugPattern) -> Bool { a.text == b.text }
}
