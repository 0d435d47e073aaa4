import FlowLanguage
import ZerverCatalog

/// The flows of a catalog by owner, with what follows what and which names lead where.
enum CatalogGraph {
  static func graph(of flows: [ResolvedFlow], on today: CalendarDate) -> DirectedGraph {
    var graph = DirectedGraph(title: "catalog")
    graph.isHorizontal = true
    var ids: [FlowReference: String] = [:]
    for lane in CatalogLane.lanes(of: flows) {
      let cluster = graph.cluster(lane.owner)
      for entry in lane.rows.joined() {
        let isRetired = entry.status(on: today) == .retired
        let shape: DirectedGraph.Shape = entry.deprecation == nil ? .box : .dashedBox
        ids[entry.reference] = graph.add(CatalogLane.lines(entry), shape, cluster: cluster, isFaint: isRetired)
      }
    }
    for entry in flows.map(\.entry) {
      guard let id = ids[entry.reference] else { continue }
      for alias in entry.aliases {
        let node = graph.add(["\(entry.version)/\(alias.slug)"], .pill, isFaint: true)
        graph.edges.append(.init(from: node, to: id, label: alias.mode == .serve ? "serve" : "308", isDashed: true))
      }
      // A successor in another module stands in no lane.
      if let successor = entry.deprecation?.successor, let next = ids[successor] {
        graph.edges.append(.init(from: id, to: next, label: "successor"))
      }
    }
    return graph
  }
}

/// The flows of one owner: a row for each slug, its versions in order.
struct CatalogLane {
  let owner: String
  let rows: [[CatalogEntry]]

  static func lanes(of flows: [ResolvedFlow]) -> [CatalogLane] {
    Dictionary(grouping: flows.map(\.entry), by: \.owner).sorted { $0.key < $1.key }.map { owner, entries in
      let rows = Dictionary(grouping: entries, by: \.slug.description).sorted { $0.key < $1.key }
      return CatalogLane(owner: owner, rows: rows.map { $0.value.sorted { $0.version.number < $1.version.number } })
    }
  }

  static func lines(_ entry: CatalogEntry) -> [String] {
    var lines = ["\(entry.reference)", entry.method.rawValue + (entry.isExperimental ? ", experimental" : "")]
    if let deprecation = entry.deprecation {
      lines.append(deprecation.isRetired ? "retired" : "deprecated \(deprecation.deprecated)")
      if let sunset = deprecation.sunset, !deprecation.isRetired { lines.append("sunset \(sunset)") }
    }
    return lines
  }
}
