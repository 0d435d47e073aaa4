import FlowLanguage
import ZerverCatalog

extension ResolvedModule {
  func hasFlow(named name: String) -> Bool { newestFlow(named: name) != nil }

  private func newestFlow(named name: String) -> ResolvedFlow? {
    let newestFirst = flows.sorted { $0.entry.version.number > $1.entry.version.number }
    return newestFirst.first { flow in
      let slugs = [flow.entry.slug] + flow.entry.aliases.map(\.slug)
      return slugs.contains { $0.description == name || FlowReference($0, flow.entry.version).description == name }
    }
  }

  /// `v2/checkout-cart`, or `checkout-cart` for its newest version. An alias stands for its flow.
  func flow(named name: String) throws -> ResolvedFlow {
    if let flow = newestFlow(named: name) { return flow }
    let candidates = flows.flatMap { [Candidate($0.entry.slug.description), Candidate("\($0.entry.reference)")] }
    let near = NearMatches.find(name, among: candidates).map { "\n    \($0.name)" }.joined()
    throw CommandFailure.unreachable(
      "there is no flow called \(name) in \(self.name)." + (near.isEmpty ? "" : " These names are close:\(near)"))
  }
}
