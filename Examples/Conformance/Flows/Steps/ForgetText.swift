public import ZerverCore

public enum ForgetText: ForgetTextStep {
  public static func run() throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}
