package import ZerverCatalog

/// How often one flow was called by one name and one caller.
package struct CallCount: Equatable {
  package let flow: FlowReference
  /// The alias that was called; `nil` for the flow's own slug, and where the source does not say.
  package let alias: String?
  /// The tenant that has called; `nil` where the source does not say.
  package let caller: String?
  package let calls: Int

  package init(flow: FlowReference, alias: String? = nil, caller: String? = nil, calls: Int) {
    self.flow = flow
    self.alias = alias
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

  /// The fields of a line of the request log, by their names: `slug` and `version` say which flow, `alias` and `tenant`
  /// by which name and who. `nil` for a line about anything else.
  package init?(logFields fields: [String: String]) {
    guard let count = Self.count(fields, calls: 1) else { return nil }
    self = count
  }

  /// The text that swift-log's own handlers write: `… request : slug=show-cart status=200 version=1`.
  package init?(logLine line: some StringProtocol) {
    var fields: [String: String] = [:]
    for word in line.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "[" || $0 == "]" }) {
      let parts = word.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
    }
    self.init(logFields: fields)
  }

  private static func count(_ fields: [String: String], calls: Double) -> CallCount? {
    guard let slug = fields["slug"], let version = fields["version"], calls > 0, calls < 1e15,
      let flow = FlowReference(text: "\(version.hasPrefix("v") ? "" : "v")\(version)/\(slug)")
    else { return nil }
    func named(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
    return CallCount(flow: flow, alias: named("alias"), caller: named("tenant"), calls: Int(calls))
  }
}
