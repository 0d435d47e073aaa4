public import ZerverCore

public enum GreetWorld: GreetWorldStep {
  public static func run() throws(FlowFailure) -> Decision<String> { .continue("Hello, world!") }
}
