public import ZerverCore

public enum WriteMessage: WriteMessageStep {
  public static func run() throws(FlowFailure) -> Decision<Message> { .continue(Message(message: "Hello, world!")) }
}
