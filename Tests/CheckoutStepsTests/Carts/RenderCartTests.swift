import CheckoutSteps
import Testing
import ZerverCore

@Suite struct RenderCartTests {
  @Test("a cart is summed up line by line")
  func view() throws {
    let cart = Cart.sample(lines: [.sample(quantity: 3), .sample(productId: 2, quantity: 1, stock: 0)])
    guard case .continue(let view) = try RenderCart.run(cart: cart) else {
      Issue.record("a cart can always be shown")
      return
    }
    #expect(view.isOpen && view.pieces == 4 && view.goodsCents == 40_00)
    #expect(view.lines.map(\.lineCents) == [30_00, 10_00])
    #expect(view.lines.map(\.available) == [true, false])
  }

  @Test("an ordered cart names its order")
  func ordered() throws {
    let expected = CartView(
      cartId: "c-1", userId: 1, isOpen: false, orderId: "o-1", pieces: 0, goodsCents: 0, lines: [])
    #expect(try RenderCart.run(cart: .sample(orderId: "o-1", lines: [])) == .continue(expected))
  }
}
