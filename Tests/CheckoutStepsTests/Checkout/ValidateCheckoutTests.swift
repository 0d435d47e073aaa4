import CheckoutSteps
import Testing
import ZerverCore

@Suite struct ValidateCheckoutTests {
  @Test(
    "what people type is brought into one form",
    arguments: [
      (CheckoutRequest.sample(), CheckoutRequest.sample()),
      (.sample(coupon: "spring10"), .sample(coupon: "SPRING10")),
      (.sample(giftNote: " \tFor you,\nwith love \n"), .sample(giftNote: "For you,\nwith love")),
      (.sample(giftNote: " \n"), .sample()),
    ])
  func validate(_ input: CheckoutRequest, _ expected: CheckoutRequest) throws {
    #expect(try ValidateCheckout.run(input: input) == .continue(expected))
  }
}
