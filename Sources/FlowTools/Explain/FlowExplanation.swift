package import FlowLanguage
package import ZerverCatalog

/// What a flow does, for somebody who has to answer for it: who may call it, what it reads and writes, how long it may
/// take, how it fails, and when it ends.
package struct FlowExplanation {
  private let flow: ResolvedFlow
  private let today: CalendarDate

  package init(_ flow: ResolvedFlow, today: CalendarDate) {
    self.flow = flow
    self.today = today
  }

  package var text: String {
    let sections: [(title: String, lines: [String])] = [
      ("Policy", policy), ("Life cycle", lifeCycle), ("Plan", PlanLines(flow).lines), ("Critical path", criticalPath),
      ("Values", DataFlow(flow).lines), ("Errors", errors), ("Examples", examples),
    ]
    return heading + sections.filter { !$0.lines.isEmpty }.map { "\n\($0.title)\n" + Self.indented($0.lines) }.joined()
  }

  private static func indented(_ lines: [String]) -> String { lines.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined() }

  // MARK: Sections

  private var heading: String {
    let entry = flow.entry
    let caption = FlowCaption(flow)
    var lines = ["\(entry.reference): \(entry.method.rawValue) \(entry.path)"]
    if !entry.summary.isEmpty { lines.append(entry.summary) }
    let input = caption.start.dropFirst().first ?? "no input"
    lines.append("\(input), answers \(caption.end)")
    lines += entry.bindings.map { "also \($0.method.rawValue) \($0.template)" }
    lines += entry.aliases.map { "alias \($0.slug), \($0.mode == .serve ? "answered in place" : "redirected with 308")" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var policy: [String] {
    let entry = flow.entry
    var rows = [("owner", entry.owner), ("profile", entry.profile.name)]
    rows.append(("deadline", entry.deadlineNanoseconds.map(DurationText.text) ?? "that of the profile"))
    if entry.tenantScope != .none { rows.append(("tenant", entry.tenantScope.rawValue)) }
    rows += entry.requirements.map { ("requires", "\($0.kind.rawValue) \($0.name)") }
    if let idempotency = entry.idempotency {
      rows.append(("idempotency", "\(idempotency.mode.rawValue), answers are kept for \(DurationText.text(idempotency.ttlNanoseconds))"))
    }
    if !entry.tags.isEmpty { rows.append(("tags", entry.tags.joined(separator: ", "))) }
    return Self.aligned(rows)
  }

  private var lifeCycle: [String] {
    let entry = flow.entry
    let stage = entry.isExperimental ? "experimental: it may change without notice" : entry.status(on: today).rawValue
    var rows = [("status", stage)]
    guard let deprecation = entry.deprecation else { return Self.aligned(rows) }
    rows.append(("deprecated", "\(deprecation.deprecated)"))
    if let sunset = deprecation.sunset {
      let days = (sunset.unixSeconds - today.unixSeconds) / 86_400
      let distance = days < 0 ? "\(-days) days ago" : "in \(days) days"
      rows.append(("sunset", "\(sunset), \(distance)\(deprecation.isGoneAfterSunset ? ", then 410" : "")"))
    }
    if let successor = deprecation.successor { rows.append(("successor", "\(successor)")) }
    if let guide = deprecation.guide { rows.append(("guide", guide)) }
    return Self.aligned(rows)
  }

  private var criticalPath: [String] {
    if case .swift(let type) = flow.planSource {
      return ["The plan is Swift, in type `\(type)`: its steps and their timeouts are known to the program alone."]
    }
    let path = CriticalPath(flow.outline)
    guard !path.parts.isEmpty else { return ["No step has an effect, so nothing waits."] }
    let unbounded = path.parts.filter { $0.timeoutNanoseconds == nil }.map(\.step)
    var lines = path.lines
    if path.hasRounds { lines.append("Rounds of a loop run one after the other, and all that it may have count.") }
    if !unbounded.isEmpty { lines.append("Without a timeout, only the deadline ends \(unbounded.joined(separator: ", ")).") }
    guard let deadline = flow.entry.deadlineNanoseconds else { return lines }
    let text = DurationText.text(deadline)
    let rest = deadline - path.nanoseconds
    lines.append(
      rest >= 0
        ? "The deadline of \(text) leaves \(DurationText.text(rest))."
        : "The deadline of \(text) comes \(DurationText.text(-rest)) before the end.")
    if rest < 0, path.hasRounds {
      let shortest = CriticalPath(flow.outline, counting: .one)
      lines.append("With one round of each loop, the plan takes \(DurationText.text(shortest.nanoseconds)).")
    }
    return lines
  }

  private var errors: [String] {
    let steps = DataFlow(flow).stepsByError
    return Self.aligned(
      flow.errors.map { error in
        ("\(error.name) -> \(error.status)", steps[error.name].map { "from \($0.joined(separator: ", "))" } ?? "")
      })
  }

  private var examples: [String] {
    flow.examples.map { "\($0.name): \($0.expectation.status)\($0.expectation.error.map { " \($0)" } ?? "")" }
  }

  private static func aligned(_ rows: [(String, String)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
  }
}
