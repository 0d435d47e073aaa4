/// What generated code says a part of a plan with: a fragment of a `.flow` file, as a function over handles.
///
/// The values of its blocks escape into variables, so what a block gives needs no name here. Who writes a plan by hand
/// uses ``parallel(file:line:_:)`` and ``when(_:file:line:then:)``.
public enum PlanPart {
  /// For a fragment without an output.
  public static var nothing: Handle<NoOutput> {
    Handle(.computed { _ in NoOutput() }, HandleOrigin(plan: PlanRecorder.current?.identity, place: FlowPlace("", 0)))
  }

  public static func parallel(_ join: Join, file: String, line: Int, _ branches: () -> Void) {
    guard let recorder = PlanRecorder.current else { return branches() }
    recorder.recordGroup(join, at: FlowPlace(file, line), branches)
  }

  public static func branch(_ statements: () -> Void) {
    guard let recorder = PlanRecorder.current else { return statements() }
    recorder.recordBranch(statements)
    recorder.endBranch(at: recorder.place)
  }

  public static func when(
    _ condition: PlanCondition, file: String, line: Int, then: () -> Void, otherwise: () -> Void
  ) {
    guard let recorder = PlanRecorder.current else { return }
    _ = recorder.recordTest(condition, at: FlowPlace(file, line), then, otherwise)
  }

  public static func holds(_ flag: Handle<Bool>) -> PlanCondition { flag.condition }
  public static func holds(_ flag: Handle<Bool?>) -> PlanCondition { flag == true }

  public static func isCase<Value: Equatable & Sendable>(_ handle: Handle<Value>, _ value: Value) -> PlanCondition {
    handle == value
  }

  public static func isCase<Value: Equatable & Sendable>(_ handle: Handle<Value?>, _ value: Value) -> PlanCondition {
    handle == .some(value)
  }

  public static func isOneOf<Value: Equatable & Sendable>(_ handle: Handle<Value>, _ values: [Value]) -> PlanCondition {
    let source = handle.source
    return PlanCondition(handle.origin, PlanCondition.text(values, of: handle.origin)) { context in
      values.contains(source.value(in: context))
    }
  }

  public static func isOneOf<Value: Equatable & Sendable>(_ handle: Handle<Value?>, _ values: [Value]) -> PlanCondition {
    let source = handle.source
    return PlanCondition(handle.origin, PlanCondition.text(values, of: handle.origin)) { context in
      source.value(in: context).map(values.contains) ?? false
    }
  }

  public static func exists<Value>(_ handle: Handle<Value?>) -> PlanCondition { ZerverCore.exists(handle) }
  public static func exists<Value>(_ handle: Handle<Value>) -> PlanCondition { ZerverCore.exists(handle.tolerant()) }

  /// The value where its slot has been written, else `nil`.
  public static func orMissing<Value>(_ handle: Handle<Value>) -> Handle<Value?> { handle.tolerant() }
  public static func orMissing<Value>(_ handle: Handle<Value?>) -> Handle<Value?> { handle.tolerant().flat() }
}
