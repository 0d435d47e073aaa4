import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadOrderTests {
  static let order = Order.sample(status: .shipped, lines: [.sample(), .sample(productId: 2, quantity: 1, totalCents: 10_00)])

  @Test("rows become an order, whether it is asked for by its id or by its cart")
  func rows() throws {
    let resumption = Resumption(.rows([.order(Self.order)]))
    #expect(try LoadOrder.resume(resumption, orderId: Self.order.orderId) == .continue(Self.order))
    #expect(try LoadOrderOfCart.resume(resumption, cart: .sample(orderId: Self.order.orderId)) == .continue(Self.order))
  }

  @Test("no row is a failure")
  func missing() throws {
    let resumption = Resumption(.rows([.noRows]))
    #expect(try LoadOrder.resume(resumption, orderId: "o-9") == .fail(.orderNotFound(orderId: "o-9")))
    #expect(
      try LoadOrderOfCart.resume(resumption, cart: .sample(orderId: "o-9")) == .fail(.orderNotFound(orderId: "o-9")))
  }
}
