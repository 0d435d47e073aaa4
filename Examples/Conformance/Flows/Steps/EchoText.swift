public import ZerverCore

public enum EchoText: EchoTextStep {
  public static func run(request: EchoRequest) throws(FlowFailure) -> Decision<String> { .continue(request.message) }
}
