/// Where a flow reads its input from.
public struct FlowInput<Value>: Sendable {
  let isQuery: Bool
  let decode: @Sendable (inout RequestContext, Slot<Value>) -> StepOutcome
}

extension FlowInput where Value: JSONDecodable {
  /// A JSON body.
  public static func body(_ type: Value.Type = Value.self) -> FlowInput {
    FlowInput(isQuery: false) { context, slot in context.decodeJSON(into: slot) }
  }
}

extension FlowInput where Value: QueryDecodable {
  /// The part of the path behind the `?`.
  public static func query(_ type: Value.Type = Value.self) -> FlowInput {
    FlowInput(isQuery: true) { context, slot in context.decodeQuery(into: slot) }
  }
}

/// What a flow answers with when its plan succeeds.
public struct FlowOutput<Value>: Sendable {
  let form: AnswerForm
}

extension FlowOutput where Value: JSONEncodable {
  public static func json(_ type: Value.Type = Value.self, status: Int = 200) -> FlowOutput {
    FlowOutput(form: .json(status: UInt16(clamping: status)))
  }
}

extension FlowOutput where Value == String {
  /// Plain text.
  public static var text: FlowOutput { text(status: 200) }
  public static func text(status: Int) -> FlowOutput { FlowOutput(form: .text(status: UInt16(clamping: status))) }
}

extension FlowOutput where Value == NoOutput {
  /// 204, without a body.
  public static var none: FlowOutput { FlowOutput(form: .none) }
}
