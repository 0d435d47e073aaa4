public import ZerverCore

public enum WaitShortly: WaitShortlyStep {
  public static func run() throws(FlowFailure) -> Decision<String> { .need(.sleep(.milliseconds(200))) }

  public static func resume(_ resumption: Resumption) throws(FlowFailure) -> Decision<String> { .continue("Good morning!") }
}
