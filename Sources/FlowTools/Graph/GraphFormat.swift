package import FlowLanguage
package import ZerverCatalog

/// What `route-gen graph` draws, and in which language.
package enum GraphFormat: String, CaseIterable, Sendable {
  case mermaid, dot, svg

  package var fileExtension: String { self == .mermaid ? "mmd" : rawValue }

  /// The plan of one flow.
  package func plan(of flow: ResolvedFlow) -> String {
    switch self {
    case .mermaid: MermaidRenderer.render(PlanGraph.graph(of: flow))
    case .dot: DOTRenderer.render(PlanGraph.graph(of: flow))
    case .svg: SVGRenderer.render(PlanDrawing.drawing(of: flow), title: "The plan of \(flow.entry.reference)")
    }
  }

  /// All flows of a module.
  package func catalog(_ flows: [ResolvedFlow], on today: CalendarDate) -> String {
    switch self {
    case .mermaid: MermaidRenderer.render(CatalogGraph.graph(of: flows, on: today))
    case .dot: DOTRenderer.render(CatalogGraph.graph(of: flows, on: today))
    case .svg: SVGRenderer.render(CatalogDrawing.drawing(of: flows, on: today), title: "Catalog")
    }
  }
}
