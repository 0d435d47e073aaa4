// `choose`: one of several arms, by the case that a value is of.

/// Runs the arm that names the case which the value is of: exactly one. Without an ``otherwise(file:line:_:)``, the arms
/// name every case.
///
/// ```swift
/// let text = choose(order.status) {
///   arm(.paid) { step(DescribePayment.self, order) }
///   arm(.shipped, .delivered) { step(DescribeParcel.self, order) }
///   otherwise { step(DescribeOrder.self, order) }
/// }
/// ```
///
/// The handle stands for the value of the arm that has run. An arm may also answer with `done`.
@discardableResult
public func choose<Case: CaseIterable & Equatable & Sendable, Value>(
  _ value: Handle<Case>, file: String = #fileID, line: Int = #line,
  @ChoiceBuilder<Case> _ arms: () -> ChoiceArms<Case, Value>
) -> Handle<Value> {
  arms().record(choice(by: value), at: FlowPlace(file, line))
}

/// The same for a value that may be missing, which is of no case: there is an ``otherwise(file:line:_:)``.
@discardableResult
public func choose<Case: CaseIterable & Equatable & Sendable, Value>(
  _ value: Handle<Case?>, file: String = #fileID, line: Int = #line,
  @ChoiceBuilder<Case> _ arms: () -> ChoiceArms<Case, Value>
) -> Handle<Value> {
  arms().record(choice(byOptional: value), at: FlowPlace(file, line))
}

/// Answers in every arm.
public func choose<Case: CaseIterable & Equatable & Sendable, Output>(
  _ value: Handle<Case>, file: String = #fileID, line: Int = #line,
  @ChoiceBuilder<Case> _ arms: () -> AnsweringArms<Case, Output>
) -> FlowAnswer<Output> {
  arms().record(choice(by: value), at: FlowPlace(file, line))
}

/// Answers in every arm, by a value that may be missing.
public func choose<Case: CaseIterable & Equatable & Sendable, Output>(
  _ value: Handle<Case?>, file: String = #fileID, line: Int = #line,
  @ChoiceBuilder<Case> _ arms: () -> AnsweringArms<Case, Output>
) -> FlowAnswer<Output> {
  arms().record(choice(byOptional: value), at: FlowPlace(file, line))
}

/// The statements for some cases of a `choose`.
public func arm<Case, Result>(
  _ cases: Case..., file: String = #fileID, line: Int = #line, @PlanBlock _ statements: @escaping () -> Result
) -> ChoiceArm<Case, Result> {
  ChoiceArm(cases: cases, place: FlowPlace(file, line), statements: statements)
}

/// The statements for every case that no arm of a `choose` names, and for a value that is missing.
public func otherwise<Case, Result>(
  file: String = #fileID, line: Int = #line, @PlanBlock _ statements: @escaping () -> Result
) -> ChoiceArm<Case, Result> {
  ChoiceArm(cases: nil, place: FlowPlace(file, line), statements: statements)
}

/// One arm of a `choose`. Its statements are recorded when all arms are known, because the last one needs no test.
public struct ChoiceArm<Case, Result> {
  /// `nil` for every case that is left.
  let cases: [Case]?
  let place: FlowPlace
  let statements: () -> Result
}

/// The arms of a `choose`, at least one of which goes on with a value.
public struct ChoiceArms<Case, Value> {
  /// An arm that answers gives no value.
  fileprivate var arms: [ChoiceArm<Case, Handle<Value>?>]
}

/// The arms of a `choose` that answers in each of them.
public struct AnsweringArms<Case, Output> {
  fileprivate var arms: [ChoiceArm<Case, FlowAnswer<Output>>]
}

extension ChoiceArm {
  /// The same arm for a `choose` whose value other arms give.
  fileprivate func without<Value>() -> ChoiceArm<Case, Handle<Value>?> {
    ChoiceArm<Case, Handle<Value>?>(cases: cases, place: place) {
      _ = statements()
      return nil
    }
  }

  fileprivate func with<Value>() -> ChoiceArm<Case, Handle<Value>?> where Result == Handle<Value> {
    ChoiceArm<Case, Handle<Value>?>(cases: cases, place: place) { statements() }
  }
}

/// Turns the closure of a `choose` into its arms.
@resultBuilder
public enum ChoiceBuilder<Case> {
  /// Says what `.paid` is a case of.
  public static func buildExpression<Result>(_ arm: ChoiceArm<Case, Result>) -> ChoiceArm<Case, Result> { arm }

  public static func buildPartialBlock<Value>(first: ChoiceArm<Case, Handle<Value>>) -> ChoiceArms<Case, Value> {
    ChoiceArms(arms: [first.with()])
  }

  public static func buildPartialBlock<Output>(
    first: ChoiceArm<Case, FlowAnswer<Output>>
  ) -> AnsweringArms<Case, Output> {
    AnsweringArms(arms: [first])
  }

  public static func buildPartialBlock<Value>(
    accumulated: ChoiceArms<Case, Value>, next: ChoiceArm<Case, Handle<Value>>
  ) -> ChoiceArms<Case, Value> {
    ChoiceArms(arms: accumulated.arms + [next.with()])
  }

  public static func buildPartialBlock<Value, Output>(
    accumulated: ChoiceArms<Case, Value>, next: ChoiceArm<Case, FlowAnswer<Output>>
  ) -> ChoiceArms<Case, Value> {
    ChoiceArms(arms: accumulated.arms + [next.without()])
  }

  public static func buildPartialBlock<Output>(
    accumulated: AnsweringArms<Case, Output>, next: ChoiceArm<Case, FlowAnswer<Output>>
  ) -> AnsweringArms<Case, Output> {
    AnsweringArms(arms: accumulated.arms + [next])
  }

  public static func buildPartialBlock<Value, Output>(
    accumulated: AnsweringArms<Case, Output>, next: ChoiceArm<Case, Handle<Value>>
  ) -> ChoiceArms<Case, Value> {
    ChoiceArms(arms: accumulated.arms.map { $0.without() } + [next.with()])
  }
}

// MARK: Recording

/// How a `choose` asks for the cases of its value.
private struct ChoiceValue<Case> {
  /// The value may be missing.
  let isOptional: Bool
  let isOneOf: ([Case]) -> PlanCondition
}

private func choice<Case: Equatable & Sendable>(by value: Handle<Case>) -> ChoiceValue<Case> {
  ChoiceValue(isOptional: false) { cases in PlanPart.isOneOf(value, cases) }
}

private func choice<Case: Equatable & Sendable>(byOptional value: Handle<Case?>) -> ChoiceValue<Case> {
  ChoiceValue(isOptional: true) { cases in PlanPart.isOneOf(value, cases) }
}

extension ChoiceArms where Case: CaseIterable & Equatable {
  fileprivate func record(_ value: ChoiceValue<Case>, at place: FlowPlace) -> Handle<Value> {
    guard let recorder = PlanRecorder.current else { return PlanRecorder.outside(place) }
    recorder.check(arms, value, at: place)
    let recorded = recorder.record(arms[...], value) { first, second, condition in
      guard let first, let second else { return first ?? second }
      return first.orElse(second, when: condition)
    }
    // A misplaced `otherwise` may have cut off what gives a value. It is reported.
    return recorded ?? PlanRecorder.outside(place)
  }
}

extension AnsweringArms where Case: CaseIterable & Equatable {
  fileprivate func record(_ value: ChoiceValue<Case>, at place: FlowPlace) -> FlowAnswer<Output> {
    guard let recorder = PlanRecorder.current else { return FlowAnswer() }
    recorder.check(arms, value, at: place)
    return recorder.record(arms[...], value) { _, _, _ in FlowAnswer() }
  }
}

extension PlanRecorder {
  /// One test for each arm but the last, as nested tests.
  fileprivate func record<Case, Result>(
    _ arms: ArraySlice<ChoiceArm<Case, Result>>, _ value: ChoiceValue<Case>,
    merging: (Result, Result, PlanCondition) -> Result
  ) -> Result {
    let arm = arms[arms.startIndex]
    guard let cases = arm.cases, arms.count > 1 else { return arm.statements() }
    let condition = value.isOneOf(cases)
    let (first, second) = recordTest(condition, at: arm.place, arm.statements) {
      record(arms.dropFirst(), value, merging: merging)
    }
    return merging(first, second, condition)
  }

  fileprivate func check<Case: CaseIterable & Equatable, Result>(
    _ arms: [ChoiceArm<Case, Result>], _ value: ChoiceValue<Case>, at place: FlowPlace
  ) {
    var named: [(name: Case, place: FlowPlace)] = []
    var otherwise: FlowPlace?
    for arm in arms {
      if let otherwise { report(.armBehindOtherwise(arm.place, otherwise: otherwise)) }
      guard let cases = arm.cases else {
        otherwise = otherwise ?? arm.place
        continue
      }
      for name in cases {
        if let first = named.first(where: { $0.name == name }) {
          report(.repeatedCase("\(name)", at: arm.place, first: first.place))
        } else {
          named.append((name, arm.place))
        }
      }
    }
    let missing = Case.allCases.filter { name in !named.contains { $0.name == name } }
    if let otherwise {
      if missing.isEmpty, !value.isOptional { report(.needlessOtherwise(otherwise)) }
    } else if !missing.isEmpty {
      report(.casesMissing(missing.map { "\($0)" }, at: place))
    } else if value.isOptional {
      report(.choiceOfMissing(place))
    }
  }
}
