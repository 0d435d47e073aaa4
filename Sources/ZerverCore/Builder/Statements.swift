// The statements of a plan: what stands in the closure of a ``Flow``.

/// Runs a step. The handle stands for its output.
@discardableResult @inlinable
public func step<S: Step>(_ step: S.Type, file: String = #fileID, line: Int = #line) -> Handle<S.Output>
where S.Reads == Void {
  PlanRecorder.record(step, NoReads(), [], at: FlowPlace(file, line))
}

/// Runs a step on a value. The handle stands for its output.
@discardableResult @inlinable
public func step<S: Step, A>(
  _ step: S.Type, _ a: Handle<A>, file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == A {
  PlanRecorder.record(step, OneRead(a.source), [a.origin], at: FlowPlace(file, line))
}

/// Runs a step on two values.
@discardableResult @inlinable
public func step<S: Step, A, B>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B) {
  PlanRecorder.record(step, TwoReads(a.source, b.source), [a.origin, b.origin], at: FlowPlace(file, line))
}

/// Runs a step on three values.
@discardableResult @inlinable
public func step<S: Step, A, B, C>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C) {
  PlanRecorder.record(
    step, ThreeReads(a.source, b.source, c.source), [a.origin, b.origin, c.origin], at: FlowPlace(file, line))
}

/// Runs a step on four values.
@discardableResult @inlinable
public func step<S: Step, A, B, C, D>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, _ d: Handle<D>, file: String = #fileID,
  line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C, D) {
  PlanRecorder.record(
    step, FourReads(a.source, b.source, c.source, d.source), [a.origin, b.origin, c.origin, d.origin],
    at: FlowPlace(file, line))
}

/// Runs a step on five values.
@discardableResult @inlinable
public func step<S: Step, A, B, C, D, E>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, _ d: Handle<D>, _ e: Handle<E>,
  file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C, D, E) {
  PlanRecorder.record(
    step, FiveReads(a.source, b.source, c.source, d.source, e.source),
    [a.origin, b.origin, c.origin, d.origin, e.origin], at: FlowPlace(file, line))
}

/// Runs a step on six values.
@discardableResult @inlinable
public func step<S: Step, A, B, C, D, E, F>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, _ d: Handle<D>, _ e: Handle<E>, _ f: Handle<F>,
  file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C, D, E, F) {
  PlanRecorder.record(
    step, SixReads(a.source, b.source, c.source, d.source, e.source, f.source),
    [a.origin, b.origin, c.origin, d.origin, e.origin, f.origin], at: FlowPlace(file, line))
}

/// Runs a step on seven values.
@discardableResult @inlinable
public func step<S: Step, A, B, C, D, E, F, G>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, _ d: Handle<D>, _ e: Handle<E>, _ f: Handle<F>,
  _ g: Handle<G>, file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C, D, E, F, G) {
  PlanRecorder.record(
    step, SevenReads(a.source, b.source, c.source, d.source, e.source, f.source, g.source),
    [a.origin, b.origin, c.origin, d.origin, e.origin, f.origin, g.origin], at: FlowPlace(file, line))
}

/// Runs a step on eight values. A step that reads more takes them as a record.
@discardableResult @inlinable
public func step<S: Step, A, B, C, D, E, F, G, H>(
  _ step: S.Type, _ a: Handle<A>, _ b: Handle<B>, _ c: Handle<C>, _ d: Handle<D>, _ e: Handle<E>, _ f: Handle<F>,
  _ g: Handle<G>, _ h: Handle<H>, file: String = #fileID, line: Int = #line
) -> Handle<S.Output> where S.Reads == (A, B, C, D, E, F, G, H) {
  PlanRecorder.record(
    step, EightReads(a.source, b.source, c.source, d.source, e.source, f.source, g.source, h.source),
    [a.origin, b.origin, c.origin, d.origin, e.origin, f.origin, g.origin, h.origin], at: FlowPlace(file, line))
}

// MARK: Answers

/// Answers before the plan's last statement, inside a `when`.
@inlinable
public func done<Output: JSONEncodable>(
  _ value: Handle<Output>, file: String = #fileID, line: Int = #line
) -> FlowAnswer<Output> {
  PlanRecorder.answer(value, at: FlowPlace(file, line))
}

@inlinable
public func done<Element: JSONEncodable>(
  _ value: Handle<[Element]>, file: String = #fileID, line: Int = #line
) -> FlowAnswer<[Element]> {
  PlanRecorder.answerList(value, at: FlowPlace(file, line))
}

public func done(_ value: Handle<String>, file: String = #fileID, line: Int = #line) -> FlowAnswer<String> {
  PlanRecorder.answerText(value, at: FlowPlace(file, line))
}

public func done(_ value: Handle<NoOutput>, file: String = #fileID, line: Int = #line) -> FlowAnswer<NoOutput> {
  PlanRecorder.answerNothing(value, at: FlowPlace(file, line))
}

// MARK: Parallel groups

/// Runs its statements at the same time, and goes on when all of them have succeeded. The first failure fails the group.
///
/// Returns a handle for each statement: `let (user, cart) = parallel { … }`.
@discardableResult
public func parallel<Handles>(
  file: String = #fileID, line: Int = #line, @ParallelBuilder _ branches: () -> Handles
) -> Handles {
  guard let recorder = PlanRecorder.current else { return branches() }
  return recorder.recordGroup(.allRequired, at: FlowPlace(file, line), branches)
}

/// Runs its statements at the same time, and goes on when the join is met. What a branch gives may be missing then.
@discardableResult
public func parallel<Handles>(
  _ join: Join, file: String = #fileID, line: Int = #line, @TolerantParallelBuilder _ branches: () -> Handles
) -> Handles {
  guard let recorder = PlanRecorder.current else { return branches() }
  return recorder.recordGroup(join, at: FlowPlace(file, line), branches)
}

/// Statements that follow each other, as one branch of a parallel group. The last one gives the branch's value.
@discardableResult
public func branch<Value>(@PlanBlock _ statements: () -> Handle<Value>) -> Handle<Value> {
  guard let recorder = PlanRecorder.current else { return statements() }
  return recorder.recordBranch(statements)
}

// MARK: Conditions

/// The same value, for a step that reads it as one that may be missing.
public func optional<Value>(_ handle: Handle<Value>) -> Handle<Value?> {
  let source = handle.source
  return Handle<Value?>(.computed { context in source.value(in: context) }, handle.origin.part)
}

/// What a `when` decides by: a boolean value, or a ``PlanCondition``.
public protocol PlanTest {
  var planCondition: PlanCondition { get }
}

/// Runs its statements only when the condition holds. The value of the last one is missing otherwise.
@discardableResult
public func when<Value>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> Handle<Value>
) -> Handle<Value?> {
  let condition = test.planCondition
  guard let recorder = PlanRecorder.current else { return then().onlyWhen(condition) }
  return recorder.recordTest(condition, at: FlowPlace(file, line), then, {}).0.onlyWhen(condition)
}

/// The same for a value that may be missing anyway.
@discardableResult
public func when<Value>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> Handle<Value?>
) -> Handle<Value?> {
  let condition = test.planCondition
  guard let recorder = PlanRecorder.current else { return then().onlyWhen(condition).flat() }
  return recorder.recordTest(condition, at: FlowPlace(file, line), then, {}).0.onlyWhen(condition).flat()
}

/// Answers when the condition holds. Otherwise the plan goes on.
public func when<Output>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> FlowAnswer<Output>
) {
  _ = PlanRecorder.current?.recordTest(test.planCondition, at: FlowPlace(file, line), then, {})
}

/// Runs one of two blocks. Both give a value of one type, and the handle stands for the one that there is.
@discardableResult
public func when<Value>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> Handle<Value>,
  @PlanBlock otherwise: () -> Handle<Value>
) -> Handle<Value> {
  let condition = test.planCondition
  guard let recorder = PlanRecorder.current else { return then().orElse(otherwise(), when: condition) }
  let (first, second) = recorder.recordTest(condition, at: FlowPlace(file, line), then, otherwise)
  return first.orElse(second, when: condition)
}

/// Answers in both ways.
public func when<Output>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> FlowAnswer<Output>,
  @PlanBlock otherwise: () -> FlowAnswer<Output>
) -> FlowAnswer<Output> {
  _ = PlanRecorder.current?.recordTest(test.planCondition, at: FlowPlace(file, line), then, otherwise)
  return FlowAnswer()
}

/// Answers when the condition holds. Otherwise the plan goes on with the value of the second block.
@discardableResult
public func when<Value, Output>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> FlowAnswer<Output>,
  @PlanBlock otherwise: () -> Handle<Value>
) -> Handle<Value> {
  guard let recorder = PlanRecorder.current else { return otherwise() }
  return recorder.recordTest(test.planCondition, at: FlowPlace(file, line), then, otherwise).1
}

/// Goes on with the value of the first block when the condition holds, and answers otherwise.
@discardableResult
public func when<Value, Output>(
  _ test: some PlanTest, file: String = #fileID, line: Int = #line, @PlanBlock then: () -> Handle<Value>,
  @PlanBlock otherwise: () -> FlowAnswer<Output>
) -> Handle<Value> {
  guard let recorder = PlanRecorder.current else { return then() }
  return recorder.recordTest(test.planCondition, at: FlowPlace(file, line), then, otherwise).0
}

extension PlanCondition: PlanTest {
  public var planCondition: PlanCondition { self }
}

extension Handle: PlanTest where Value == Bool {
  public var planCondition: PlanCondition { condition }
}

extension Handle {
  func onlyWhen(_ condition: PlanCondition) -> Handle<Value?> {
    Handle<Value?>(
      source.onlyWhen(condition, there: origin.presence), origin.tolerant.merged(with: condition.origin))
  }

  func orElse(_ other: Handle<Value>, when condition: PlanCondition) -> Handle<Value> {
    Handle(source.orElse(other.source, when: condition.test), origin.either(other.origin, by: condition.origin))
  }
}
