/// A set of small numbers, one bit each.
struct PositionSet: Hashable {
  private(set) var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  mutating func insert(_ position: Int) { words[position >> 6] |= 1 << UInt64(position & 63) }

  mutating func formUnion(_ other: PositionSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: PositionSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  func intersects(_ other: PositionSet) -> Bool { zip(words, other.words).contains { $0 & $1 != 0 } }

  func forEach(_ body: (Int) -> Void) {
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(index << 6 | rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }
}

/// The position automaton of a pattern (Glushkov 1961): one state for each place of the pattern where a scalar is read,
/// and none that reads nothing. A counted repetition has its places several times.
struct PatternAutomaton {
  /// Places that one pattern may have, which bounds memory and the cost of a scalar.
  static let positionsMax = 1024

  /// What each place reads.
  private(set) var scalars: [PatternScalars] = []
  /// The places that can be read after each place.
  private(set) var follow: [PositionSet] = []
  private(set) var first: PositionSet
  private(set) var last: PositionSet
  /// The empty string matches.
  private(set) var isNullable = false
  private let positionCount: Int

  /// What a part of a pattern is to its surroundings.
  private struct Part {
    var isNullable: Bool
    var first: PositionSet
    var last: PositionSet
  }

  init(_ node: PatternNode) throws(PatternError) {
    positionCount = Self.positions(node)
    first = PositionSet(count: positionCount)
    last = first
    guard positionCount <= Self.positionsMax else {
      throw PatternError(message: "the pattern is too large: with its counts written out, it may read at \(Self.positionsMax) places", position: 0)
    }
    let whole = add(node)
    isNullable = whole.isNullable
    first = whole.first
    last = whole.last
  }

  /// How many places a node has, or one more than the limit.
  private static func positions(_ node: PatternNode) -> Int {
    let count: Int
    switch node {
    case .empty: count = 0
    case .scalars: count = 1
    case .sequence(let nodes), .choice(let nodes): count = nodes.reduce(0) { min($0 + positions($1), positionsMax + 1) }
    case .repetition(let node, let min, let max): count = positions(node) * (max ?? Swift.max(min, 1))
    }
    return min(count, positionsMax + 1)
  }

  private var empty: Part {
    let none = PositionSet(count: positionCount)
    return Part(isNullable: true, first: none, last: none)
  }

  private mutating func add(_ node: PatternNode) -> Part {
    switch node {
    case .empty: return empty
    case .scalars(let set): return addPosition(set)
    case .sequence(let nodes):
      var whole = empty
      for node in nodes { whole = join(whole, add(node)) }
      return whole
    case .choice(let nodes):
      var whole = empty
      whole.isNullable = false
      for node in nodes {
        let part = add(node)
        whole.isNullable = whole.isNullable || part.isNullable
        whole.first.formUnion(part.first)
        whole.last.formUnion(part.last)
      }
      return whole
    case .repetition(let node, let min, let max): return addRepetition(node, min, max)
    }
  }

  private mutating func addPosition(_ set: PatternScalars) -> Part {
    var part = empty
    part.isNullable = false
    part.first.insert(scalars.count)
    part.last.insert(scalars.count)
    scalars.append(set)
    follow.append(PositionSet(count: positionCount))
    return part
  }

  /// `x{2,4}` is `xxx?x?`, and `x{2,}` is `xx` with a way back from the last `x` to itself.
  private mutating func addRepetition(_ node: PatternNode, _ min: Int, _ max: Int?) -> Part {
    var whole = empty
    let copies = max ?? Swift.max(min, 1)
    for index in 0..<copies {
      var part = add(node)
      if max == nil, index == copies - 1 { connect(part.last, part.first) }
      if index >= min { part.isNullable = true }
      whole = join(whole, part)
    }
    return whole
  }

  private mutating func join(_ a: Part, _ b: Part) -> Part {
    connect(a.last, b.first)
    var first = a.first
    if a.isNullable { first.formUnion(b.first) }
    var last = b.last
    if b.isNullable { last.formUnion(a.last) }
    return Part(isNullable: a.isNullable && b.isNullable, first: first, last: last)
  }

  private mutating func connect(_ from: PositionSet, _ to: PositionSet) {
    from.forEach { follow[$0].formUnion(to) }
  }
}
