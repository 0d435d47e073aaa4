public import ZerverCore

public enum RenderOrder: RenderOrderStep {
  public static func run(order: Order) throws(FlowFailure) -> Decision<OrderView> {
    .continue(
      OrderView(
        orderId: order.orderId, status: order.status, placedAt: CalendarTime.timestamp(order.placedAt),
        delivery: order.delivery, coupon: order.coupon, pieces: order.lines.reduce(0) { $0 + $1.quantity },
        subtotalCents: order.subtotalCents, discountCents: order.discountCents, taxCents: order.taxCents,
        deliveryCents: order.deliveryCents, totalCents: order.totalCents, lines: order.lines))
  }
}
