public import ZerverCore

public enum RenderReceipt: RenderReceiptStep {
  public static func run(user: User, order: Order) throws(FlowFailure) -> Decision<Receipt> {
    .continue(
      Receipt(
        orderId: order.orderId, status: order.status, placedAt: CalendarTime.timestamp(order.placedAt),
        customer: ReceiptCustomer(name: user.name, tier: user.tier),
        lines: order.lines.map { line in
          ReceiptLine(
            sku: line.sku, name: line.name, quantity: line.quantity, unitPrice: money(line.unitPriceCents),
            discount: money(line.discountCents), total: money(line.totalCents))
        },
        coupon: order.coupon, delivery: order.delivery, subtotal: money(order.subtotalCents),
        discount: money(order.discountCents), tax: money(order.taxCents), deliveryCharge: money(order.deliveryCents),
        total: money(order.totalCents)))
  }

  private static func money(_ cents: Int) -> Money { Money(cents: cents, currency: PriceList.currency) }
}
