/// The longest way through a plan when every attempt of every use takes its whole timeout, and every loop has as many
/// rounds as it may: what a deadline has to leave room for. Uses without a timeout are bounded by the deadline alone and
/// count nothing; detached ones do not delay the answer.
package struct CriticalPath: Equatable {
  /// One use on the way.
  package struct Part: Equatable {
    package let step: String
    package let attempts: Int
    /// `nil`: waits as long as the request may.
    package let timeoutNanoseconds: Int?
    /// All waits between its attempts, each as long as it can become.
    package let backoffNanoseconds: Int
    /// How often the use runs: once for each round of the loops around it.
    package fileprivate(set) var rounds = 1

    package var nanoseconds: Int {
      attempts.saturatingProduct(timeoutNanoseconds ?? 0).saturatingSum(backoffNanoseconds).saturatingProduct(rounds)
    }
  }

  /// How many rounds of a loop count.
  package enum Rounds {
    case one
    /// As many as its bound allows.
    case all
  }

  /// In the order in which they run.
  package private(set) var parts: [Part] = []
  package private(set) var nanoseconds = 0

  package init<Place>(_ plan: [PlanOutline<Place>], counting rounds: Rounds = .all) {
    self = Walk(rounds: rounds, mayLeave: true).longest(plan, then: CriticalPath())
  }

  fileprivate init() {}

  /// A loop with more than one round is on the way.
  package var hasRounds: Bool { parts.contains { $0.rounds > 1 } }

  fileprivate func followed(by rest: CriticalPath) -> CriticalPath {
    var path = self
    path.parts += rest.parts
    path.nanoseconds = nanoseconds.saturatingSum(rest.nanoseconds)
    return path
  }

  fileprivate func repeated(_ count: Int) -> CriticalPath {
    var path = CriticalPath()
    if count < 1 { return path }
    path.parts = parts.map { part in
      var part = part
      part.rounds = part.rounds.saturatingProduct(count)
      return part
    }
    path.nanoseconds = nanoseconds.saturatingProduct(count)
    return path
  }
}

// MARK: The way

extension CriticalPath {
  private struct Walk {
    let rounds: Rounds
    /// Whether ways count that leave the plan before its end.
    let mayLeave: Bool

    func longest<Place>(_ nodes: [PlanOutline<Place>], then rest: CriticalPath) -> CriticalPath {
      nodes.reversed().reduce(rest) { rest, node in longest(node, then: rest) }
    }

    private func longest<Place>(_ node: PlanOutline<Place>, then rest: CriticalPath) -> CriticalPath {
      switch node {
      case .use(let use): return longest(use, then: rest)
      case .parallel(_, let branches):
        // They run side by side, so the longest one counts.
        return longer(branches.map { longest($0, then: CriticalPath()) }).followed(by: rest)
      case .choice(let ways): return longer(ways.map { longest($0, then: rest) })
      case .loop(let roundsMax, let body):
        let count = rounds == .all ? max(1, roundsMax) : 1
        let round = Walk(rounds: rounds, mayLeave: false).longest(body, then: CriticalPath())
        let whole = round.repeated(count).followed(by: rest)
        // The last of the rounds may leave the plan.
        return mayLeave ? longer([whole, round.repeated(count - 1).followed(by: longest(body, then: CriticalPath()))]) : whole
      }
    }

    private func longest<Place>(_ use: PlanOutline<Place>.Use, then rest: CriticalPath) -> CriticalPath {
      if use.isDetached { return rest }
      let leaving = mayLeave ? use.replaces.map { longest($0, then: CriticalPath()) } : []
      return CriticalPath(use).followed(by: longer([rest] + use.inserts.map { longest($0, then: rest) } + leaving))
    }

    /// The first of the longest.
    private func longer(_ paths: [CriticalPath]) -> CriticalPath {
      paths.reduce(CriticalPath()) { $1.nanoseconds > $0.nanoseconds || $0.parts.isEmpty ? $1 : $0 }
    }
  }

  private init<Place>(_ use: PlanOutline<Place>.Use) {
    guard !use.step.needs.isEmpty else { return }
    // An `else` step runs when every attempt has failed, under the same timeout.
    parts = [
      Part(
        step: use.step.name, attempts: 1 + (use.retry?.attempts ?? 0), timeoutNanoseconds: use.timeoutNanoseconds,
        backoffNanoseconds: use.retry?.longestWaits ?? 0)
    ]
    if case .step(let other) = use.fallback, !other.needs.isEmpty {
      parts.append(Part(step: other.name, attempts: 1, timeoutNanoseconds: use.timeoutNanoseconds, backoffNanoseconds: 0))
    }
    nanoseconds = parts.reduce(0) { $0.saturatingSum($1.nanoseconds) }
  }
}

// MARK: Against a deadline

extension CriticalPath {
  package enum Overrun {
    /// Whatever a request brings along.
    case always
    /// Only for a request whose lists are long.
    case withManyRounds
  }

  /// How the longest way through a plan is too long; `nil` when it fits.
  package static func overrun<Place>(of plan: [PlanOutline<Place>], deadline: Int) -> (overrun: Overrun, path: CriticalPath)? {
    let shortest = CriticalPath(plan, counting: .one)
    if shortest.nanoseconds > deadline { return (.always, shortest) }
    let path = CriticalPath(plan)
    return path.nanoseconds > deadline ? (.withManyRounds, path) : nil
  }
}

// MARK: Arithmetic as text

extension CriticalPath {
  /// One line for each part, with columns aligned, and the sum below.
  package var lines: [String] {
    let rows = parts.map { (name: $0.step, sum: Self.arithmetic($0), total: Self.total($0)) }
    let sumName = "together"
    let nameWidth = max(rows.map(\.name.count).max() ?? 0, sumName.count)
    let sumWidth = rows.map(\.sum.count).max() ?? 0
    let total = Self.text(nanoseconds)
    let totalWidth = max(rows.map(\.total.count).max() ?? 0, total.count)
    func line(_ name: String, _ sum: String, _ total: String) -> String {
      "\(Self.padded(name, to: nameWidth))  \(Self.padded(sum, to: sumWidth))  "
        + String(repeating: " ", count: totalWidth - total.count) + total
    }
    return rows.map { line($0.name, $0.sum, $0.total) } + [line(sumName, "", total)]
  }

  /// `3 × 100ms + 30ms backoff`, `50 rounds × (3 × 100ms + 30ms backoff)`
  private static func arithmetic(_ part: Part) -> String {
    guard let timeout = part.timeoutNanoseconds else { return "no timeout" }
    let attempts = part.attempts == 1 ? text(timeout) : "\(part.attempts) × \(text(timeout))"
    let once = part.backoffNanoseconds == 0 ? attempts : "\(attempts) + \(text(part.backoffNanoseconds)) backoff"
    if part.rounds == 1 { return once }
    return "\(part.rounds) rounds × \(part.attempts == 1 ? once : "(\(once))")"
  }

  private static func total(_ part: Part) -> String { part.timeoutNanoseconds == nil ? "?" : text(part.nanoseconds) }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }

  /// A duration as the language writes it, in the largest unit that fits: `800ms`, `2s`.
  package static func text(_ nanoseconds: Int) -> String {
    let milliseconds = nanoseconds / 1_000_000
    for (unit, factor) in [("h", 3_600_000), ("min", 60_000), ("s", 1000)] where milliseconds >= factor {
      if milliseconds % factor == 0 { return "\(milliseconds / factor)\(unit)" }
    }
    return "\(milliseconds)ms"
  }
}
