/// What a `when` decides by: a boolean, a case, or whether a value is there.
public struct PlanCondition: Sendable {
  @usableFromInline typealias Test = @Sendable (borrowing RequestContext) -> Bool

  let test: Test
  let origin: HandleOrigin
  /// As the language writes it: `order.status is paid`.
  let text: String

  init(_ origin: HandleOrigin, _ text: String, test: @escaping Test) {
    self.origin = origin.part
    self.text = text
    self.test = test
  }

  public static prefix func ! (condition: PlanCondition) -> PlanCondition {
    let test = condition.test
    return PlanCondition(condition.origin, "not \(condition.text)") { context in !test(context) }
  }
}

extension PlanCondition {
  static func text<Case>(_ cases: [Case], of value: HandleOrigin) -> String {
    "\(value.name) is \(cases.map { "\($0)" }.joined(separator: " or "))"
  }

  static func text<Value>(of value: Value) -> String {
    if let value = value as? any OptionalCase { value.caseText } else { "\(value)" }
  }
}

/// A value that is compared as one that may be missing.
private protocol OptionalCase {
  var caseText: String { get }
}

extension Optional: OptionalCase {
  fileprivate var caseText: String { map { "\($0)" } ?? "missing" }
}

extension Handle where Value == Bool {
  var condition: PlanCondition {
    let source = source
    return PlanCondition(origin, origin.name) { context in source.value(in: context) }
  }

  public static prefix func ! (flag: Handle<Bool>) -> PlanCondition { !flag.condition }
}

extension Handle where Value: Equatable & Sendable {
  /// For a `when`: `order.status == .paid`. A value that may be missing equals no case.
  public static func == (handle: Handle<Value>, value: Value) -> PlanCondition {
    let source = handle.source
    return PlanCondition(handle.origin, "\(handle.origin.name) is \(PlanCondition.text(of: value))") { context in
      source.value(in: context) == value
    }
  }

  public static func != (handle: Handle<Value>, value: Value) -> PlanCondition { !(handle == value) }
}

/// Whether a value is there: one that a `when`, a tolerant join or an optional field may have left out.
public func exists<Value>(_ handle: Handle<Value?>) -> PlanCondition {
  let source = handle.source
  return PlanCondition(handle.origin, "exists \(handle.origin.name)") { context in source.value(in: context) != nil }
}
