/// Turns the closure of a ``Flow`` into its plan. The last statement gives the flow's output.
@resultBuilder
public enum FlowBuilder {
  public static func buildPartialBlock<Statement>(first: Statement) -> Statement { first }

  public static func buildPartialBlock<Before, Statement>(accumulated: Before, next: Statement) -> Statement { next }

  @available(*, unavailable, message: "The plan has answered before this statement, so it never runs.")
  public static func buildPartialBlock<Output, Statement>(
    accumulated: FlowAnswer<Output>, next: Statement
  ) -> Statement { next }

  @inlinable
  public static func buildFinalResult<Output: JSONEncodable>(_ handle: Handle<Output>) -> FlowAnswer<Output> {
    PlanRecorder.answer(handle, at: handle.origin.place)
  }

  @inlinable
  public static func buildFinalResult<Element: JSONEncodable>(_ handle: Handle<[Element]>) -> FlowAnswer<[Element]> {
    PlanRecorder.answerList(handle, at: handle.origin.place)
  }

  public static func buildFinalResult(_ handle: Handle<String>) -> FlowAnswer<String> {
    PlanRecorder.answerText(handle, at: handle.origin.place)
  }

  public static func buildFinalResult(_ handle: Handle<NoOutput>) -> FlowAnswer<NoOutput> {
    PlanRecorder.answerNothing(handle, at: handle.origin.place)
  }

  public static func buildFinalResult<Output>(_ answer: FlowAnswer<Output>) -> FlowAnswer<Output> { answer }
}

/// Turns the closure of a `when`, a `branch` or a fragment into statements of the plan around it.
@resultBuilder
public enum PlanBlock {
  public static func buildPartialBlock<Statement>(first: Statement) -> Statement { first }

  public static func buildPartialBlock<Before, Statement>(accumulated: Before, next: Statement) -> Statement { next }

  @available(*, unavailable, message: "The plan has answered before this statement, so it never runs.")
  public static func buildPartialBlock<Output, Statement>(
    accumulated: FlowAnswer<Output>, next: Statement
  ) -> Statement { next }
}

/// Turns the closure of a `parallel` into branches: one for each statement.
@resultBuilder
public enum ParallelBuilder {
  public static func buildExpression<Value>(_ branch: Handle<Value>) -> Handle<Value> {
    PlanRecorder.current?.endBranch(at: branch.origin.place)
    return branch
  }

  public static func buildBlock<each Value>(_ branches: repeat Handle<each Value>) -> (repeat Handle<each Value>) {
    (repeat each branches)
  }
}

/// The same for a group that may go on without all of its branches: their values are optional.
@resultBuilder
public enum TolerantParallelBuilder {
  public static func buildExpression<Value>(_ branch: Handle<Value>) -> Handle<Value?> {
    PlanRecorder.current?.endBranch(at: branch.origin.place)
    return branch.tolerant()
  }

  /// An empty slot and a value that is `nil` are one to the reader.
  public static func buildExpression<Value>(_ branch: Handle<Value?>) -> Handle<Value?> {
    PlanRecorder.current?.endBranch(at: branch.origin.place)
    return branch.tolerant().flat()
  }

  public static func buildBlock<each Value>(_ branches: repeat Handle<each Value>) -> (repeat Handle<each Value>) {
    (repeat each branches)
  }
}
