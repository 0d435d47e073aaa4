extension PatternSyntax {
  /// Whether the whole text matches, for the values that `.flow` files hold themselves: defaults, fixtures and examples.
  /// Requests are matched by `PatternMatcher` of ZerverCore, which is made for speed; this one is made to be small.
  ///
  /// - Parameter pattern: one without ``violation(in:)``.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    var matcher = Matcher(pattern: Array(pattern.unicodeScalars))
    let node = matcher.alternatives()
    let text = Array(text.unicodeScalars)
    return node.ends(in: text, from: [0]).contains(text.count)
  }
}

extension PatternSyntax {
  private indirect enum Node {
    case scalar((Unicode.Scalar) -> Bool)
    case sequence([Node])
    case choice([Node])
    case repetition(Node, least: Int, most: Int?)

    /// Where matches end that begin at one of `starts`. Sets of places instead of one after the other keep the time within
    /// the product of the two lengths, whatever the pattern.
    func ends(in text: [Unicode.Scalar], from starts: Set<Int>) -> Set<Int> {
      switch self {
      case .scalar(let accepts): return Set(starts.filter { $0 < text.count && accepts(text[$0]) }.map { $0 + 1 })
      case .sequence(let nodes): return nodes.reduce(starts) { $0.isEmpty ? $0 : $1.ends(in: text, from: $0) }
      case .choice(let nodes): return nodes.reduce(into: []) { $0.formUnion($1.ends(in: text, from: starts)) }
      case .repetition(let node, let least, let most):
        var reached = starts
        for _ in 0..<least where !reached.isEmpty { reached = node.ends(in: text, from: reached) }
        var all = reached
        var rounds = least
        while !reached.isEmpty, most.map({ rounds < $0 }) ?? true {
          reached = node.ends(in: text, from: reached).subtracting(all)
          all.formUnion(reached)
          rounds += 1
        }
        return all
      }
    }
  }

  /// Reads a pattern that is known to be right.
  private struct Matcher {
    let pattern: [Unicode.Scalar]
    private var position = 0

    init(pattern: [Unicode.Scalar]) {
      self.pattern = pattern
      if pattern.first == "^" { position = 1 }
    }

    private var current: Unicode.Scalar? { position < pattern.count ? pattern[position] : nil }

    private mutating func next() -> Unicode.Scalar {
      position += 1
      return pattern[position - 1]
    }

    mutating func alternatives() -> Node {
      var nodes = [sequence()]
      while current == "|" {
        position += 1
        nodes.append(sequence())
      }
      return .choice(nodes)
    }

    private mutating func sequence() -> Node {
      var nodes: [Node] = []
      while let scalar = current, scalar != "|", scalar != ")" {
        // The anchor at the end says what holds anyway.
        if scalar == "$" { position += 1 } else { nodes.append(repeated(atom())) }
      }
      return .sequence(nodes)
    }

    private mutating func atom() -> Node {
      switch next() {
      case "(":
        if current == "?" { position += 2 }
        let node = alternatives()
        position += 1
        return node
      case "[": return .scalar(characterClass())
      case "\\": return .scalar(escape().accepts)
      case ".": return .scalar { $0 != "\n" }
      case let scalar: return .scalar { $0 == scalar }
      }
    }

    private mutating func repeated(_ node: Node) -> Node {
      switch current {
      case "*": position += 1; return .repetition(node, least: 0, most: nil)
      case "+": position += 1; return .repetition(node, least: 1, most: nil)
      case "?": position += 1; return .repetition(node, least: 0, most: 1)
      case "{":
        position += 1
        let least = number() ?? 0
        var most: Int? = least
        if current == "," {
          position += 1
          most = number()
        }
        position += 1
        return .repetition(node, least: least, most: most)
      default: return node
      }
    }

    private mutating func number() -> Int? {
      var value: Int?
      while let scalar = current, ("0"..."9").contains(scalar) {
        value = (value ?? 0) * 10 + Int(scalar.value - 48)
        position += 1
      }
      return value
    }

    /// One character, or a set of them.
    private struct Escape {
      var scalar: Unicode.Scalar?
      let accepts: (Unicode.Scalar) -> Bool
      init(_ scalar: Unicode.Scalar) {
        self.scalar = scalar
        accepts = { $0 == scalar }
      }
      init(not: Bool, _ set: @escaping (Unicode.Scalar) -> Bool) { accepts = { set($0) != not } }
    }

    private mutating func escape() -> Escape {
      switch next() {
      case "d": Escape(not: false) { ("0"..."9").contains($0) }
      case "D": Escape(not: true) { ("0"..."9").contains($0) }
      case "w": Escape(not: false, Self.isWord)
      case "W": Escape(not: true, Self.isWord)
      case "s": Escape(not: false, Self.isSpace)
      case "S": Escape(not: true, Self.isSpace)
      case "t": Escape("\t")
      case "n": Escape("\n")
      case "r": Escape("\r")
      case let scalar: Escape(scalar)
      }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
      ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { (9...13).contains(scalar.value) || scalar == " " }

    private mutating func characterClass() -> (Unicode.Scalar) -> Bool {
      let isNegated = current == "^"
      if isNegated { position += 1 }
      var members: [(Unicode.Scalar) -> Bool] = []
      while current != "]" {
        let low = classMember()
        if current == "-", pattern[position + 1] != "]", let first = low.scalar {
          position += 1
          let last = classMember().scalar ?? first
          members.append { first <= $0 && $0 <= last }
        } else {
          members.append(low.accepts)
        }
      }
      position += 1
      return { scalar in members.contains { $0(scalar) } != isNegated }
    }

    private mutating func classMember() -> Escape {
      let scalar = next()
      return scalar == "\\" ? escape() : Escape(scalar)
    }
  }
}
