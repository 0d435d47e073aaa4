// `for each`: the same statements for every element of a list.

/// Runs its statements once for each element, one round after the other, and collects the values of their last statement
/// in order.
///
/// ```swift
/// let prices = forEach(cart.lines, max: 50) { line in
///   let product = step(LoadProduct.self, line.productId)
///   step(PriceLine.self, product, line)
/// }
/// ```
///
/// What a round writes is gone when the next one begins.
///
/// - Parameter max: more elements fail the request with 422 `too-many-elements`.
@discardableResult
public func forEach<Element, Value>(
  _ list: Handle<[Element]>, max: Int, file: String = #fileID, line: Int = #line,
  @PlanBlock _ statements: (Handle<Element>) -> Handle<Value>
) -> Handle<[Value]> {
  let source = list.source
  return PlanRecorder.recordLoop(list.origin, max: max, at: FlowPlace(file, line), { source.value(in: $0) }, statements)
}

/// The same for a list that may be missing, which has no elements then.
@discardableResult
public func forEach<Element, Value>(
  _ list: Handle<[Element]?>, max: Int, file: String = #fileID, line: Int = #line,
  @PlanBlock _ statements: (Handle<Element>) -> Handle<Value>
) -> Handle<[Value]> {
  let source = list.source
  return PlanRecorder.recordLoop(list.origin, max: max, at: FlowPlace(file, line), { source.value(in: $0) ?? [] }, statements)
}

/// Rounds that give no value.
@discardableResult
public func forEach<Element>(
  _ list: Handle<[Element]>, max: Int, file: String = #fileID, line: Int = #line,
  @PlanBlock _ statements: (Handle<Element>) -> Handle<NoOutput>
) -> Handle<NoOutput> {
  let source = list.source
  return PlanRecorder.recordLoop(list.origin, max: max, at: FlowPlace(file, line), { source.value(in: $0) }, statements)
}

/// Rounds that give no value, of a list that may be missing.
@discardableResult
public func forEach<Element>(
  _ list: Handle<[Element]?>, max: Int, file: String = #fileID, line: Int = #line,
  @PlanBlock _ statements: (Handle<Element>) -> Handle<NoOutput>
) -> Handle<NoOutput> {
  let source = list.source
  return PlanRecorder.recordLoop(list.origin, max: max, at: FlowPlace(file, line), { source.value(in: $0) ?? [] }, statements)
}

extension PlanRecorder {
  /// The same limits as for `.flow` files.
  static let rounds = 1...1000

  typealias Elements<Element> = @Sendable (borrowing RequestContext) -> [Element]

  fileprivate static func recordLoop<Element, Value>(
    _ list: HandleOrigin, max: Int, at place: FlowPlace, _ elements: @escaping Elements<Element>,
    _ statements: (Handle<Element>) -> Handle<Value>
  ) -> Handle<[Value]> {
    guard let recorder = current else { return outside(place) }
    let collected = recorder.allocate([Value].self, at: place)
    recorder.releases.append { context in context.frame.destroy(collected) }
    let begin = recorder.recordRounds(list, max: max, at: place, elements, collecting: collected, statements)
    // Nobody has to read the list of a step's values, but then the step need not give them.
    recorder.uses[begin].slot = collected.index
    recorder.uses[begin].outputType = "\([Value].self)"
    return recorder.handle(collected, use: nil, at: place)
  }

  fileprivate static func recordLoop<Element>(
    _ list: HandleOrigin, max: Int, at place: FlowPlace, _ elements: @escaping Elements<Element>,
    _ statements: (Handle<Element>) -> Handle<NoOutput>
  ) -> Handle<NoOutput> {
    guard let recorder = current else { return outside(place) }
    recorder.recordRounds(list, max: max, at: place, elements, collecting: nil as Slot<[NoOutput]>?, statements)
    return Handle(.computed { _ in NoOutput() }, HandleOrigin(plan: recorder.identity, place: place))
  }

  /// Records the body, and around it what counts the rounds: the uses that RouteGen writes for a loop, by the same names.
  ///
  /// - Returns: the use that begins the loop.
  @discardableResult
  private func recordRounds<Element, Value>(
    _ list: HandleOrigin, max: Int, at place: FlowPlace, _ elements: @escaping Elements<Element>,
    collecting collected: Slot<[Value]>?, _ statements: (Handle<Element>) -> Handle<Value>
  ) -> Int {
    read(list, at: place)
    if !Self.rounds.contains(max) { report(.loopBound(max, Self.rounds, at: place)) }
    let counter = allocate(Int.self, at: place)
    releases.append { context in context.frame.destroy(counter) }
    let name = list.name
    let begin = number(
      .builtIn("begin-loop", at: place) { context in
        do throws(FlowFailure) {
          try context.checkElements(elements(context).count, max: max, of: name)
        } catch {
          return context.fail(error)
        }
        context.frame.write(0, to: counter)
        if let collected { context.frame.write([], to: collected) }
        return .continued
      })
    conditions.append { context in context.frame[counter] < elements(context).count }
    conditionTexts.append("for each in \(name) max \(max)")
    let condition = conditions.count - 1
    let next = number(.builtIn("next-round", at: place) { _ in .continued })

    let firstRelease = releases.count
    let (outerLoop, outerRound) = (isInLoop, roundSlot)
    (isInLoop, roundSlot) = (true, roundSlot ?? slotCount)
    let ((element, value), body) = recordBlock {
      let element = allocate(Element.self, at: place)
      releases.append { context in context.frame.destroy(element) }
      let value = statements(handle(element, use: nil, at: place))
      read(value.origin, at: value.origin.place)
      return (element, value.source)
    }
    (isInLoop, roundSlot) = (outerLoop, outerRound)

    let rounds = Array(releases[firstRelease...])
    let endRound: @Sendable (inout RequestContext) -> Void = { context in
      // Before the first round there is nothing to collect.
      if let collected, context.frame.isWritten(element) {
        let value = value.value(in: context)
        context.frame.update(collected) { $0.append(value) }
      }
      for release in rounds { release(&context) }
    }
    uses[next].code = { context in
      endRound(&context)
      context.frame.write(elements(context)[context.frame[counter]], to: element)
      context.frame.update(counter) { $0 += 1 }
      return .continued
    }
    let end = number(
      .builtIn("end-loop", at: place) { context in
        endRound(&context)
        context.frame.destroy(counter)
        return .continued
      })
    append(.loop(begin: begin, condition: condition, next: next, max: max, body: body.nodes, end: end), at: place)
    return begin
  }
}
