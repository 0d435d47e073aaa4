extension PlanRecorder {
  /// A `when`. Which values are there behind it depends on which of its arms the plan can have come through.
  func recordTest<Then, Otherwise>(
    _ condition: PlanCondition, at place: FlowPlace, _ then: () -> Then, _ otherwise: () -> Otherwise
  ) -> (Then, Otherwise) {
    let number = add(condition, at: place)
    let (first, firstBlock) = recordBlock(then)
    let (second, secondBlock) = recordBlock(otherwise)
    append(.test(condition: number, then: firstBlock.nodes, otherwise: secondBlock.nodes), at: place)
    switch (firstBlock.end, secondBlock.end) {
    case (nil, nil):
      block.maybe |= firstBlock.known | secondBlock.known
      block.written |= firstBlock.written & secondBlock.written
    case (nil, _?):
      block.written |= firstBlock.written
      block.maybe |= firstBlock.maybe
    case (_?, nil):
      block.written |= secondBlock.written
      block.maybe |= secondBlock.maybe
    case (let end?, _?):
      if block.end == nil { block.end = end }
    }
    return (first, second)
  }
}

extension PlanRecorder {
  /// Statements that a step may choose. What they write may be there behind them, or not.
  ///
  /// - Parameter hidden: slots that are not written when the step chooses to replace the rest: its own.
  func recordFragment<Result>(hiding hidden: UInt64, _ statements: () -> Result) -> [PlanNode] {
    let (outer, outerLoop, outerDepth) = (block, isInLoop, branchDepth)
    block.written &= ~hidden
    // What runs instead of the rest may answer, wherever it was chosen.
    (isInLoop, branchDepth) = (false, 0)
    let (_, fragment) = recordBlock(statements)
    (block, isInLoop, branchDepth) = (outer, outerLoop, outerDepth)
    if fragment.end == nil { block.maybe |= fragment.known }
    return fragment.nodes
  }
}

extension PlanRecorder.Block {
  fileprivate var known: UInt64 { written | maybe }
}
