/// Mermaid flowcharts (https://mermaid.js.org/syntax/flowchart.html), which GitHub and many wikis draw.
enum MermaidRenderer {
  static func render(_ graph: DirectedGraph) -> String {
    var lines = ["flowchart \(graph.isHorizontal ? "LR" : "TD")"]
    lines += content(of: nil, graph, "  ")
    for edge in graph.edges {
      let arrow = edge.isDashed ? "-.->" : "-->"
      lines.append("  \(edge.from) \(arrow)\(edge.label.isEmpty ? "" : "|\(quoted([edge.label]))|") \(edge.to)")
    }
    let bold = graph.nodes.filter { $0.shape == .boldBox }.map(\.id)
    if !bold.isEmpty { lines += ["  classDef done stroke-width:3px", "  class \(bold.joined(separator: ",")) done"] }
    let dashed = graph.nodes.filter { $0.shape == .dashedBox }.map(\.id)
    if !dashed.isEmpty { lines += ["  classDef dashed stroke-dasharray:4 3", "  class \(dashed.joined(separator: ",")) dashed"] }
    let faint = graph.nodes.filter(\.isFaint).map(\.id)
    if !faint.isEmpty { lines += ["  classDef faint opacity:0.6", "  class \(faint.joined(separator: ",")) faint"] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func content(of cluster: Int?, _ graph: DirectedGraph, _ indent: String) -> [String] {
    var lines = graph.nodes.filter { $0.cluster == cluster }.map { indent + node($0) }
    for (index, inner) in graph.clusters.enumerated() where inner.parent == cluster {
      lines.append("\(indent)subgraph c\(index + 1) [\(quoted([inner.title]))]")
      lines += content(of: index, graph, indent + "  ")
      lines.append("\(indent)end")
    }
    return lines
  }

  private static func node(_ node: DirectedGraph.Node) -> String {
    let text = quoted(node.lines)
    return switch node.shape {
    case .box, .boldBox, .dashedBox: "\(node.id)[\(text)]"
    case .round: "\(node.id)(\(text))"
    case .pill: "\(node.id)([\(text)])"
    case .diamond: "\(node.id){\(text)}"
    case .point: "\(node.id)((\" \"))"
    }
  }

  /// Mermaid writes characters by their number between `#` and `;`.
  private static func quoted(_ lines: [String]) -> String {
    let escaped = lines.map { line in
      line.unicodeScalars.map { scalar in
        "\"#<>&`".unicodeScalars.contains(scalar) ? "#\(scalar.value);" : String(scalar)
      }.joined()
    }
    return "\"\(escaped.joined(separator: "<br/>"))\""
  }
}
