import CheckoutSteps
import Testing
import ZerverCore

@Suite struct RenderReceiptTests {
  @Test("version 1 tells cents")
  func version1() throws {
    #expect(
      try RenderReceiptV1.run(order: .sample())
        == .continue(
          ReceiptV1(
            orderId: OrderIdentity.sample.orderId, status: .placed,
            items: [ReceiptItemV1(sku: "KIT-00001", quantity: 2, totalCents: 20_00)], totalCents: 28_70)))
  }

  @Test("version 2 tells everything, with currencies and a date that people read")
  func version2() throws {
    func euros(_ cents: Int) -> Money { Money(cents: cents, currency: "EUR") }
    #expect(
      try RenderReceipt.run(user: .sample(tier: .plus), order: .sample())
        == .continue(
          Receipt(
            orderId: OrderIdentity.sample.orderId, status: .placed, placedAt: "2026-03-04T05:06:07Z",
            customer: ReceiptCustomer(name: "Ada Berg", tier: .plus),
            lines: [
              ReceiptLine(
                sku: "KIT-00001", name: "Teapot 1", quantity: 2, unitPrice: euros(10_00), discount: euros(0),
                total: euros(20_00))
            ],
            coupon: nil, delivery: .standard, subtotal: euros(20_00), discount: euros(0), tax: euros(3_80),
            deliveryCharge: euros(4_90), total: euros(28_70))))
  }
}
