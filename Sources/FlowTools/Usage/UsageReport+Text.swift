import ZerverCatalog

extension UsageReport {
  /// For people: a block for each flow, the most urgent first.
  package var text: String {
    var text = rows.isEmpty ? "No flow of this catalog is deprecated.\n" : rows.map(Self.text).joined(separator: "\n")
    if !unknownCalls.isEmpty {
      text += "\nCalls of flows that this catalog does not have:\n" + Self.list(unknownCalls)
    }
    return text
  }

  private static func text(_ row: Row) -> String {
    var lines = ["\(row.flow)  (\(row.owner), \(row.status.rawValue))"]
    lines.append("  \(count(row.calls, "call")), \(percent(row.share)) of all calls of \(row.flow.slug)")
    if let deprecated = row.deprecated { lines.append("  deprecated \(deprecated)\(end(row))") }
    if let successor = row.successor { lines.append("  successor \(successor)") }
    var text = lines.joined(separator: "\n") + "\n"
    if !row.aliases.isEmpty { text += "  by alias:\n" + list(row.aliases) }
    if !row.tenants.isEmpty { text += "  by tenant:\n" + list(row.tenants) }
    if !row.callers.isEmpty { text += "  by caller:\n" + list(row.callers) }
    return text
  }

  private static func end(_ row: Row) -> String {
    guard let sunset = row.sunset, let days = row.daysToSunset else { return ", without a sunset" }
    if days < 0 { return ", sunset \(sunset) was \(count(-days, "day")) ago" }
    return days == 0 ? ", sunset is today" : ", sunset \(sunset) in \(count(days, "day"))"
  }

  private static func list(_ parts: [Part]) -> String {
    let width = parts.map { String($0.calls).count }.max() ?? 0
    return parts.map { part in
      let calls = String(part.calls)
      let callers = part.callers.map { "\($0.name) \($0.calls)" }.joined(separator: ", ")
      let suffix = callers.isEmpty ? "" : "  (\(callers))"
      return "  \(String(repeating: " ", count: 2 + width - calls.count))\(calls)  \(part.name)\(suffix)\n"
    }.joined()
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// Never 0 % for some and never 100 % for less than all.
  private static func percent(_ share: Double) -> String {
    if share > 0, share < 0.001 { return "less than 0.1 %" }
    let tenths = share < 1 ? min(999, Int((share * 1000).rounded())) : 1000
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// For programs.
  package var json: JSONValue {
    ["today": .string("\(today)"), "flows": .array(rows.map(Self.json)), "unknown": .array(unknownCalls.map(Self.json))]
  }

  private static func json(_ row: Row) -> JSONValue {
    var value: JSONValue = [
      "flow": .string("\(row.flow)"), "owner": .string(row.owner), "status": .string(row.status.rawValue),
      "calls": .int(row.calls), "share": .float(row.share),
    ]
    value.add("deprecated", row.deprecated.map { .string("\($0)") })
    value.add("sunset", row.sunset.map { .string("\($0)") })
    value.add("days-to-sunset", row.daysToSunset.map(JSONValue.int))
    value.add("successor", row.successor.map { .string("\($0)") })
    value.add("aliases", .array(row.aliases.map(json)))
    value.add("tenants", .array(row.tenants.map(json)))
    value.add("callers", .array(row.callers.map(json)))
    return value
  }

  private static func json(_ part: Part) -> JSONValue {
    var value: JSONValue = ["name": .string(part.name), "calls": .int(part.calls)]
    if !part.callers.isEmpty { value.add("callers", .array(part.callers.map(json))) }
    return value
  }
}
