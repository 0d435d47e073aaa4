package import ZerverCatalog

/// How often one flow was called by one name and one caller.
package struct CallCount: Equatable {
  package let flow: FlowReference
  /// The alias that was called; `nil` for the flow's own slug, and where the source does not say.
  package let alias: String?
  /// The tenant that has called; `nil` where the source does not say.
  package let tenant: String?
  /// The person or program that has called; `nil` where the source does not say.
  package let caller: String?
  package let calls: Int

  package init(flow: FlowReference, alias: String? = nil, tenant: String? = nil, caller: String? = nil, calls: Int) {
    self.flow = flow
    self.alias = alias
    self.tenant = tenant
    self.caller = caller
    self.calls = calls
  }
}

extension CallCount {
  /// The counters of the metrics endpoint. Every request of a flow is in `http_server_requests_total` once, by class of
  /// status.
  package static func read(metrics text: String) -> [CallCount] {
    let samples = PrometheusSamples.read(text).filter { $0.name == "http_server_requests_total" }
    return samples.compactMap { sample in count(sample.labels, calls: sample.value) }
  }

  /// The fields of a line of the request log, by their names: `slug` and `version` say which flow, `alias` by which name,
  /// `tenant` and `caller` who. `nil` for a line about anything else.
  package init?(logFields fields: [String: String]) {
    // What a step has failed with while its request was worked on: the request has a line of its own.
    if fields["step"] != nil { return nil }
    guard let count = Self.count(fields, calls: 1) else { return nil }
    self = count
  }

  /// The text that swift-log's own handlers write: `… request : slug=show-cart status=200 version=1`.
  package init?(logLine line: some StringProtocol) {
    var fields: [String: String] = [:]
    var rest = Substring(line)
    while !rest.isEmpty {
      let word = Self.word(&rest)
      let parts = word.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
    }
    self.init(logFields: fields)
  }

  /// Up to the next separator that does not stand in quotes: what a detail quotes is no field.
  private static func word(_ rest: inout Substring) -> Substring {
    rest = rest.drop(while: isSeparator)
    var index = rest.startIndex
    var isQuoted = false
    while index < rest.endIndex, isQuoted || !isSeparator(rest[index]) {
      if isQuoted, rest[index] == "\\" {
        index = rest.index(after: index)
      } else if rest[index] == "\"" {
        isQuoted.toggle()
      }
      if index < rest.endIndex { index = rest.index(after: index) }
    }
    defer { rest = rest[index...] }
    return rest[..<index]
  }

  private static func isSeparator(_ character: Character) -> Bool { " ,[]".contains(character) }

  /// A value in quotes, without them and its escapes.
  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    return String(text.dropFirst().dropLast()).replacing("\\\"", with: "\"")
  }

  private static func count(_ fields: [String: String], calls: Double) -> CallCount? {
    guard let slug = fields["slug"], let version = fields["version"], calls > 0, calls < 1e15,
      let flow = FlowReference(text: "\(version.hasPrefix("v") ? "" : "v")\(version)/\(slug)")
    else { return nil }
    func named(_ name: String) -> String? { fields[name].map(unquoted).flatMap { $0.isEmpty ? nil : $0 } }
    return CallCount(
      flow: flow, alias: named("alias"), tenant: named("tenant"), caller: named("caller"), calls: Int(calls))
  }
}
