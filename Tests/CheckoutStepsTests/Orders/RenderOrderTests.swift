import CheckoutSteps
import Testing
import ZerverCore

@Suite struct RenderOrderTests {
  @Test("an order is shown with a date that people read and its pieces counted")
  func view() throws {
    let order = Order.sample(status: .shipped, lines: [.sample(), .sample(productId: 2, quantity: 3)])
    guard case .continue(let view) = try RenderOrder.run(order: order) else {
      Issue.record("an order can always be shown")
      return
    }
    #expect(view.placedAt == "2026-03-04T05:06:07Z")
    #expect(view.pieces == 5)
    #expect(view.status == .shipped && view.totalCents == 28_70 && view.lines == order.lines)
  }
}
