/// Nodes and edges as Mermaid and DOT describe them.
struct DirectedGraph {
  enum Shape {
    case box, boldBox, dashedBox, round, diamond, point, pill
  }

  struct Node {
    let id: String
    let lines: [String]
    let shape: Shape
    /// Index into `clusters`.
    let cluster: Int?
    var isFaint = false
  }

  struct Edge {
    let from: String
    let to: String
    var label = ""
    var isDashed = false
  }

  struct Cluster {
    let title: String
    /// The cluster around it.
    let parent: Int?
  }

  let title: String
  var isHorizontal = false
  var nodes: [Node] = []
  var edges: [Edge] = []
  var clusters: [Cluster] = []

  init(title: String) { self.title = title }

  mutating func add(_ lines: [String], _ shape: Shape, cluster: Int? = nil, isFaint: Bool = false) -> String {
    let id = "n\(nodes.count + 1)"
    nodes.append(Node(id: id, lines: lines, shape: shape, cluster: cluster, isFaint: isFaint))
    return id
  }

  mutating func cluster(_ title: String, parent: Int? = nil) -> Int {
    clusters.append(Cluster(title: title, parent: parent))
    return clusters.count - 1
  }
}
