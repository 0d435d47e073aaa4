extension Handle where Value == Precondition {
  /// On which condition the request may be carried out, for a step that decides whether it holds:
  ///
  /// ```swift
  /// step(ReplaceOrder.self, order, .precondition())
  /// ```
  ///
  /// Requests on a condition then come to the flow; without it they are refused with 412. Not for flows that are called by GET or
  /// HEAD, whose answers are compared with the conditions by the server.
  public static func precondition(file: String = #fileID, line: Int = #line) -> Handle<Precondition> {
    let place = FlowPlace(file, line)
    return PlanRecorder.current?.precondition(at: place) ?? PlanRecorder.outside(place)
  }
}
