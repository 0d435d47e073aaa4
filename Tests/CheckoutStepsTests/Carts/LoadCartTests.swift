import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadCartTests {
  @Test(
    "rows become a cart",
    arguments: [
      Cart.sample(), .sample(lines: []), .sample(lines: [.sample(), .sample(productId: 2)]),
      .sample(orderId: OrderIdentity.sample.orderId),
    ])
  func rows(_ cart: Cart) throws {
    #expect(try LoadCart.resume(Resumption(.rows([.cart(cart)])), cartId: "c-1") == .continue(cart))
  }

  @Test("no row is a failure")
  func missing() throws {
    #expect(try LoadCart.resume(Resumption(.rows([.noRows])), cartId: "c-9") == .fail(.cartNotFound(cartId: "c-9")))
  }

  @Test("a database that is away ends the request")
  func outage() {
    #expect(throws: FlowFailure(EffectFailure(.unavailable, detail: ""))) {
      try LoadCart.resume(refused(.unavailable), cartId: "c-1")
    }
  }
}
