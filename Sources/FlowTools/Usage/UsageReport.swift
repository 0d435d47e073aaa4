package import ZerverCatalog

/// Who still calls what is deprecated.
package struct UsageReport {
  package struct Row: Equatable {
    package let flow: FlowReference
    package let owner: String
    package let status: CatalogEntry.Status
    package let calls: Int
    /// Of all calls to the versions of the slug: how much has not moved on.
    package let share: Double
    package let deprecated: CalendarDate?
    package let sunset: CalendarDate?
    /// Negative when the sunset has passed.
    package let daysToSunset: Int?
    package let successor: FlowReference?
    /// Calls by alias, the most called first, each with those who call it. Calls by the flow's own slug are not among them.
    package let aliases: [Part]
    /// Calls by tenant, the most active first. Empty where the source does not say who has called.
    package let tenants: [Part]
    /// Calls by caller, the most active first: `billing`, or `acme/billing` for one of a tenant. Empty where the source does
    /// not say who has called.
    package let callers: [Part]
  }

  package struct Part: Equatable {
    package let name: String
    package let calls: Int
    /// Of these calls, who has made them.
    package var callers: [Part] = []
  }

  package let rows: [Row]
  package let today: CalendarDate
  /// Calls of flows that the catalog does not have: another catalog, or a flow that is gone.
  package let unknownCalls: [Part]

  /// - Parameter includesActive: all flows instead of those with an announced end.
  package init(_ entries: [CatalogEntry], _ counts: [CallCount], today: CalendarDate, includesActive: Bool = false) {
    self.today = today
    let byFlow = Dictionary(grouping: counts, by: \.flow)
    let bySlug = Dictionary(grouping: counts, by: \.flow.slug).mapValues { $0.reduce(0) { $0 + $1.calls } }
    let shown = includesActive ? entries : entries.filter { $0.deprecation != nil }
    rows = shown.map { entry in
      Self.row(entry, byFlow[entry.reference] ?? [], callsOfSlug: bySlug[entry.slug] ?? 0, today: today)
    }.sorted(by: Self.isMoreUrgent)
    let known = Set(entries.map(\.reference))
    unknownCalls = Self.parts(counts.filter { !known.contains($0.flow) }) { "\($0.flow)" }
  }

  private static func row(_ entry: CatalogEntry, _ counts: [CallCount], callsOfSlug: Int, today: CalendarDate) -> Row {
    let calls = counts.reduce(0) { $0 + $1.calls }
    let deprecation = entry.deprecation
    return Row(
      flow: entry.reference, owner: entry.owner, status: entry.status(on: today), calls: calls,
      share: callsOfSlug == 0 ? 0 : Double(calls) / Double(callsOfSlug), deprecated: deprecation?.deprecated,
      sunset: deprecation?.sunset,
      daysToSunset: deprecation?.sunset.map { ($0.unixSeconds - today.unixSeconds) / 86_400 },
      successor: deprecation?.successor, aliases: aliases(counts),
      tenants: parts(counts, \.tenant), callers: parts(counts, callerName))
  }

  private static func aliases(_ counts: [CallCount]) -> [Part] {
    parts(counts, \.alias).map { part in
      var part = part
      part.callers = parts(counts.filter { $0.alias == part.name }, callerName)
      return part
    }
  }

  private static func callerName(_ count: CallCount) -> String? {
    count.caller.map { caller in count.tenant.map { "\($0)/\(caller)" } ?? caller }
  }

  private static func parts(_ counts: [CallCount], _ name: (CallCount) -> String?) -> [Part] {
    var calls: [String: Int] = [:]
    for count in counts { if let name = name(count) { calls[name, default: 0] += count.calls } }
    return calls.map { Part(name: $0.key, calls: $0.value) }.sorted { ($1.calls, $0.name) < ($0.calls, $1.name) }
  }

  /// The nearest end first, then the most calls.
  private static func isMoreUrgent(_ a: Row, _ b: Row) -> Bool {
    let ends = (a.daysToSunset ?? .max, b.daysToSunset ?? .max)
    if ends.0 != ends.1 { return ends.0 < ends.1 }
    return (b.calls, a.flow.description) < (a.calls, b.flow.description)
  }

  /// Flows that are still called and end within so many days, or have ended.
  package func endangered(withinDays days: Int) -> [Row] {
    rows.filter { row in row.calls > 0 && (row.status == .retired || row.daysToSunset.map { $0 <= days } == true) }
  }
}
