public import ZerverCore

public enum FillAnswer: FillAnswerStep {
  public static func run() throws(FlowFailure) -> Decision<String> {
    .continue(String(repeating: "0123456789abcdef", count: 1 << 18))
  }
}
