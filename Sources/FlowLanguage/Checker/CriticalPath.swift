/// The longest way through a plan when every attempt of every use takes its whole timeout: what a deadline has to leave
/// room for. Uses without a timeout are bounded by the deadline alone and count nothing; detached ones do not delay the
/// answer; a loop counts one round.
package struct CriticalPath: Equatable {
  /// One use on the way.
  package struct Part: Equatable {
    package let step: String
    package let line: Int
    package let attempts: Int
    /// `nil`: waits as long as the request may.
    package let timeoutNanoseconds: Int?
    /// All waits between its attempts, each as long as it can become.
    package let backoffNanoseconds: Int

    package var nanoseconds: Int { attempts * (timeoutNanoseconds ?? 0) + backoffNanoseconds }
  }

  /// In the order in which they run.
  package private(set) var parts: [Part] = []
  package private(set) var nanoseconds = 0
  /// A loop is on the way, of which one round is counted.
  package private(set) var hasLoop = false

  package init(_ plan: [ResolvedNode]) { self = Self.longest(plan, then: CriticalPath()) }

  private init() {}

  // MARK: The way

  private static func longest(_ nodes: [ResolvedNode], then rest: CriticalPath) -> CriticalPath {
    nodes.reversed().reduce(rest) { rest, node in longest(node, then: rest) }
  }

  private static func longest(_ node: ResolvedNode, then rest: CriticalPath) -> CriticalPath {
    switch node {
    case .use(let use): return longest(use, then: rest)
    case .parallel(_, let branches):
      // They run side by side, so the longest one counts.
      return longer(branches.map { longest($0, then: CriticalPath()) }).followed(by: rest)
    case .when(_, let then, let otherwise):
      return longer([longest(then, then: rest), longest(otherwise, then: rest)])
    case .choose(_, let arms, let otherwise):
      return longer((arms.map(\.body) + [otherwise ?? []]).map { longest($0, then: rest) })
    case .forEach(let loop):
      var path = longest(loop.body, then: rest)
      path.hasLoop = true
      return path
    }
  }

  private static func longest(_ use: ResolvedUse, then rest: CriticalPath) -> CriticalPath {
    if use.isDetached { return rest }
    let handlers = use.errorHandlers.compactMap { handler in
      if case .fragment(_, let body) = handler.target { body } else { nil }
    }
    let ways =
      [rest] + use.inserts.map { longest($0.body, then: rest) }
      + (use.replaces.map(\.body) + handlers).map { longest($0, then: CriticalPath()) }
    return CriticalPath(use).followed(by: longer(ways))
  }

  /// The first of the longest.
  private static func longer(_ paths: [CriticalPath]) -> CriticalPath {
    paths.reduce(CriticalPath()) { $1.nanoseconds > $0.nanoseconds || $0.parts.isEmpty ? $1 : $0 }
  }

  private init(_ use: ResolvedUse) {
    guard !use.step.needs.isEmpty else { return }
    // An `else` step runs when every attempt has failed, under the same timeout.
    let part = Part(
      step: use.step.name, line: use.span.line, attempts: 1 + (use.retry?.attempts ?? 0),
      timeoutNanoseconds: use.timeoutNanoseconds, backoffNanoseconds: use.retry?.longestWaits ?? 0)
    parts = [part]
    if case .step(let call) = use.fallback, !call.step.needs.isEmpty {
      parts.append(
        Part(
          step: call.step.name, line: call.span.line, attempts: 1, timeoutNanoseconds: use.timeoutNanoseconds,
          backoffNanoseconds: 0))
    }
    nanoseconds = parts.reduce(0) { $0 + $1.nanoseconds }
  }

  private func followed(by rest: CriticalPath) -> CriticalPath {
    var path = self
    path.parts += rest.parts
    path.nanoseconds += rest.nanoseconds
    path.hasLoop = hasLoop || rest.hasLoop
    return path
  }
}

extension ResolvedRetry {
  /// Each wait doubles up to the longest, and a random part of it is waited: at most all of it.
  fileprivate var longestWaits: Int {
    var wait = backoffNanoseconds
    var sum = 0
    for _ in 0..<attempts {
      sum += Swift.min(wait, backoffMaxNanoseconds)
      wait = Swift.min(wait * 2, backoffMaxNanoseconds)
    }
    return sum
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

  /// `3 × 100ms + 30ms`
  private static func arithmetic(_ part: Part) -> String {
    guard let timeout = part.timeoutNanoseconds else { return "no timeout" }
    let attempts = part.attempts == 1 ? text(timeout) : "\(part.attempts) × \(text(timeout))"
    return part.backoffNanoseconds == 0 ? attempts : "\(attempts) + \(text(part.backoffNanoseconds)) backoff"
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
