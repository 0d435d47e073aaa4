/// A plan as its closure has said it, before it becomes the flat program that the machine walks.
indirect enum PlanNode: Sendable {
  case use(Int)
  case fork(Join, branches: [[PlanNode]])
  case test(condition: Int, then: [PlanNode], otherwise: [PlanNode])
  /// The numbers are uses, the condition says whether there is another round, and there are at most `max` of them.
  case loop(begin: Int, condition: Int, next: Int, max: Int, body: [PlanNode], end: Int)
}

extension PlanNode {
  /// Branches that may be at work at once besides the strand that runs this node.
  var strands: Int {
    switch self {
    case .use: 0
    case .fork(_, let branches): branches.reduce(0) { $0 + 1 + Self.strands(of: $1) }
    case .test(_, let then, let otherwise): max(Self.strands(of: then), Self.strands(of: otherwise))
    case .loop(_, _, _, _, let body, _): Self.strands(of: body)
    }
  }

  private static func strands(of nodes: [PlanNode]) -> Int { nodes.map(\.strands).max() ?? 0 }
}
