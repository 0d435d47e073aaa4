/// The language of Graphviz (https://graphviz.org/doc/info/lang.html).
enum DOTRenderer {
  static func render(_ graph: DirectedGraph) -> String {
    var lines = [
      "digraph \(quoted([graph.title])) {", "  rankdir=\(graph.isHorizontal ? "LR" : "TB");",
      "  node [shape=box, fontname=\"monospace\", fontsize=10];", "  edge [fontname=\"monospace\", fontsize=9];",
    ]
    lines += content(of: nil, graph, "  ")
    for edge in graph.edges {
      var attributes: [String] = []
      if !edge.label.isEmpty { attributes.append("label=\(quoted([edge.label]))") }
      if edge.isDashed { attributes.append("style=dashed") }
      let list = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
      lines.append("  \(edge.from) -> \(edge.to)\(list);")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func content(of cluster: Int?, _ graph: DirectedGraph, _ indent: String) -> [String] {
    var lines = graph.nodes.filter { $0.cluster == cluster }.map { indent + node($0) }
    for (index, inner) in graph.clusters.enumerated() where inner.parent == cluster {
      lines.append("\(indent)subgraph cluster_\(index + 1) {")
      lines.append("\(indent)  label=\(quoted([inner.title])); fontname=\"monospace\"; fontsize=10; style=dashed;")
      lines += content(of: index, graph, indent + "  ")
      lines.append("\(indent)}")
    }
    return lines
  }

  private static func node(_ node: DirectedGraph.Node) -> String {
    var attributes = ["label=\(quoted(node.lines))"]
    switch node.shape {
    case .box: break
    case .boldBox: attributes.append("penwidth=2")
    case .dashedBox: attributes.append("style=dashed")
    case .round, .pill: attributes.append("style=rounded")
    case .diamond: attributes.append("shape=diamond")
    case .point: attributes = ["shape=point", "width=0.1"]
    }
    if node.isFaint { attributes.append("fontcolor=gray40, color=gray60") }
    return "\(node.id) [\(attributes.joined(separator: ", "))];"
  }

  /// `\n` centres a line below the one before.
  private static func quoted(_ lines: [String]) -> String {
    let escaped = lines.map { $0.replacingAll("\\", "\\\\").replacingAll("\"", "\\\"") }
    return "\"\(escaped.joined(separator: "\\n"))\""
  }
}

extension String {
  /// Without Foundation.
  func replacingAll(_ character: Character, _ replacement: String) -> String {
    reduce(into: "") { result, next in
      if next == character { result += replacement } else { result.append(next) }
    }
  }
}
