public import ZerverCore

public enum Greet: GreetStep {
  public static func run() throws(FlowFailure) -> Decision<String> { .continue("Hello, world!") }
}
