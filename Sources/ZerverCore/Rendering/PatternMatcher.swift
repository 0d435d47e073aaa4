/// A pattern of a `.flow` file, ready to match. The whole string must match.
///
/// Matching takes one step for each Unicode scalar, whatever the pattern: it follows a table, or, for the rare pattern
/// whose table would be too large, all ways through the pattern at once. It never tries one way after the other, so no
/// input can make it slow.
///
/// Compiling takes microseconds to milliseconds: generated code does it once, in a `static let`.
public final class PatternMatcher: Sendable {
  /// States of the table. A pattern that needs more is matched without one.
  static let statesMax = 512

  /// The pattern as it stands in the `.flow` file.
  public let source: String

  /// The class of each ASCII scalar. Scalars of one class are alike to every place of the pattern.
  private let asciiClasses: [UInt16]
  /// The first scalar of each range of scalars that share a class, rising, and that class.
  private let rangeStarts: [UInt32]
  private let rangeClasses: [UInt16]
  private let classCount: Int

  private let automaton: PatternAutomaton
  /// The places that read a scalar of each class.
  private let classPositions: [PositionSet]

  /// `transitions[state * classCount + class]`; 0 is the state that no way leads out of, 1 the first. Empty without table.
  private let transitions: [UInt16]
  private let isAccepting: [Bool]

  /// - Parameter pattern: the pattern of a field, which the checker of the language has accepted.
  public convenience init(_ pattern: StaticString) {
    do throws(PatternError) {
      try self.init(validating: pattern.description)
    } catch {
      preconditionFailure("the pattern \(pattern) is wrong at \(error.position): \(error.message)")
    }
  }

  @_spi(Server) public init(validating pattern: String) throws(PatternError) {
    var parser = PatternParser(pattern)
    let automaton = try PatternAutomaton(parser.parse())
    let classes = Self.classify(automaton)
    let table = Self.determine(automaton, classes.positions)
    source = pattern
    self.automaton = automaton
    rangeStarts = classes.starts
    rangeClasses = classes.classes
    classPositions = classes.positions
    classCount = classes.positions.count
    asciiClasses = (0..<128).map { Self.classOf($0, classes.starts, classes.classes) }
    transitions = table?.transitions ?? []
    isAccepting = table?.isAccepting ?? []
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  /// - Parameter bytes: valid UTF-8.
  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    transitions.isEmpty ? matchesWithoutTable(bytes) : matchesWithTable(bytes)
  }

  private func matchesWithTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var state = 1
    var offset = 0
    while let scalar = Self.nextScalar(bytes, &offset) {
      state = Int(transitions[state &* classCount &+ Int(classOf(scalar))])
      if state == 0 { return false }
    }
    return isAccepting[state]
  }

  private func matchesWithoutTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // `nil` before the first scalar, where `first` takes the place of the followers.
    var current: PositionSet?
    var offset = 0
    while let scalar = Self.nextScalar(bytes, &offset) {
      var next = current.map { Self.followers($0, automaton) } ?? automaton.first
      next.formIntersection(classPositions[Int(classOf(scalar))])
      if next.isEmpty { return false }
      current = next
    }
    return current.map { $0.intersects(automaton.last) } ?? automaton.isNullable
  }

  @inline(__always)
  private static func nextScalar(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt32? {
    guard offset < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let scalar = UTF8Validation.scalar(base, at: offset, end: bytes.count) else {
      preconditionFailure("the text was validated before")
    }
    offset &+= scalar.length
    return scalar.value
  }

  @inline(__always)
  private func classOf(_ scalar: UInt32) -> UInt16 {
    scalar < 128 ? asciiClasses[Int(scalar)] : Self.classOf(scalar, rangeStarts, rangeClasses)
  }

  // MARK: Compiling

  private static func classOf(_ scalar: UInt32, _ starts: [UInt32], _ classes: [UInt16]) -> UInt16 {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= scalar { low = middle } else { high = middle }
    }
    return classes[low]
  }

  /// Cuts the scalars into ranges that every place takes or leaves as a whole, and gives ranges that the same places
  /// take the same class.
  private static func classify(
    _ automaton: PatternAutomaton
  ) -> (starts: [UInt32], classes: [UInt16], positions: [PositionSet]) {
    var cuts: Set<UInt32> = [0]
    for set in automaton.scalars {
      for range in set.ranges {
        cuts.insert(range.lowerBound)
        cuts.insert(range.upperBound + 1)
      }
    }
    let starts = cuts.sorted()
    var classes: [UInt16] = []
    var positions: [PositionSet] = []
    var known: [PositionSet: UInt16] = [:]
    for start in starts {
      var taken = PositionSet(count: automaton.scalars.count)
      for (position, set) in automaton.scalars.enumerated() where set.contains(start) { taken.insert(position) }
      if known[taken] == nil {
        known[taken] = UInt16(positions.count)
        positions.append(taken)
      }
      classes.append(known[taken] ?? 0)
    }
    return (starts, classes, positions)
  }

  /// The subset construction, or `nil` when it needs too many states.
  private static func determine(
    _ automaton: PatternAutomaton, _ classPositions: [PositionSet]
  ) -> (transitions: [UInt16], isAccepting: [Bool])? {
    let none = PositionSet(count: automaton.scalars.count)
    // Of each state, the places that may be read next and whether the string may end. Two places with equal followers
    // make the same state then, and the first state needs no place before the first.
    struct State: Hashable {
      var next: PositionSet
      var isAccepting: Bool
    }
    let dead = State(next: none, isAccepting: false)
    var states = [dead, State(next: automaton.first, isAccepting: automaton.isNullable)]
    var known = [dead: UInt16(0)]
    known[states[1]] = known[states[1]] ?? 1
    var transitions = Array(repeating: UInt16(0), count: classPositions.count)
    var index = 1
    while index < states.count {
      for taken in classPositions {
        var read = states[index].next
        read.formIntersection(taken)
        let state = State(next: followers(read, automaton), isAccepting: read.intersects(automaton.last))
        if known[state] == nil {
          guard states.count < statesMax else { return nil }
          known[state] = UInt16(states.count)
          states.append(state)
        }
        transitions.append(known[state] ?? 0)
      }
      index += 1
    }
    return (transitions, states.map(\.isAccepting))
  }

  private static func followers(_ positions: PositionSet, _ automaton: PatternAutomaton) -> PositionSet {
    var followers = PositionSet(count: automaton.scalars.count)
    positions.forEach { followers.formUnion(automaton.follow[$0]) }
    return followers
  }
}
