import CheckoutSteps
import Testing
import ZerverCore

@Suite struct CheckCartTests {
  @Test(
    "a cart passes that its owner can order now",
    arguments: [
      (Cart.sample(), Decision<NoOutput>.continue(NoOutput())),
      (.sample(lines: [.sample(quantity: 3, stock: 3)]), .continue(NoOutput())),
      (.sample(userId: 2), .fail(.cartNotFound(cartId: "c-1"))),
      (.sample(lines: []), .fail(.cartEmpty(cartId: "c-1"))),
      (
        .sample(lines: [.sample(), .sample(productId: 2, quantity: 4, stock: 3)]),
        .fail(.outOfStock(sku: "KIT-00002", requested: 4))
      ),
      (.sample(orderId: "0f8fad5b-d9cb-469f-a165-70867728950e"), .replace(.placedBefore)),
      (.sample(userId: 2, orderId: "0f8fad5b-d9cb-469f-a165-70867728950e"), .fail(.cartNotFound(cartId: "c-1"))),
    ])
  func check(_ cart: Cart, _ expected: Decision<NoOutput>) throws {
    #expect(try CheckCart.run(user: .sample(), cart: cart) == expected)
  }
}
