import CheckoutSteps
import Testing
import ZerverCore

@Suite struct GreetingsTests {
  @Test("the greeting is the same in text and in JSON")
  func greeting() throws {
    #expect(try Greet.run() == .continue("Hello, world!"))
    #expect(try WriteMessage.run() == .continue(Message(message: "Hello, world!")))
  }
}
