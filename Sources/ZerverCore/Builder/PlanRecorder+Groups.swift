extension PlanRecorder {
  /// A parallel group whose branches are being recorded.
  struct Group {
    var branches: [[PlanNode]] = []
    /// What is known where the group begins: every branch begins with it.
    let base: Block
    /// What the branches write.
    var written: UInt64 = 0
    var maybe: UInt64 = 0
  }

  func recordGroup<Result>(_ join: Join, at place: FlowPlace, _ body: () -> Result) -> Result {
    let outer = (group, isExplicitBranch, block)
    group = Group(base: block)
    block = Block(written: outer.2.written, maybe: outer.2.maybe)
    isExplicitBranch = false
    branchDepth += 1
    let result = body()
    branchDepth -= 1
    guard let recorded = group else { preconditionFailure("the group was put here before") }
    if !block.nodes.isEmpty { report(.valueInParallel(place)) }
    (group, isExplicitBranch, block) = outer
    close(recorded, join, at: place)
    return result
  }

  private func close(_ group: Group, _ join: Join, at place: FlowPlace) {
    if case .quorum(let count) = join, !(1...max(1, group.branches.count)).contains(count) {
      report(.quorum(count, branches: group.branches.count, at: place))
    }
    append(.fork(join, branches: group.branches), at: place)
    if case .allRequired = join { block.written |= group.written } else { block.maybe |= group.written }
    block.maybe |= group.maybe
  }

  /// The statement of a group has been recorded: it is a branch.
  func endBranch(at place: FlowPlace) {
    guard let base = group?.base else { return }
    if block.nodes.count > 1, !isExplicitBranch { report(.valueInParallel(place)) }
    isExplicitBranch = false
    group?.branches.append(block.nodes)
    group?.written |= block.written & ~base.written
    group?.maybe |= block.maybe & ~base.maybe
    block = Block(written: base.written, maybe: base.maybe)
  }

  /// Several statements as one branch.
  func recordBranch<Result>(_ body: () -> Result) -> Result {
    let isFirst = block.nodes.isEmpty
    let outerGroup = group
    group = nil
    let result = body()
    group = outerGroup
    isExplicitBranch = isFirst
    return result
  }
}
