public import ZerverCore

public enum RenderReceiptV1: RenderReceiptV1Step {
  public static func run(order: Order) throws(FlowFailure) -> Decision<ReceiptV1> {
    .continue(
      ReceiptV1(
        orderId: order.orderId, status: order.status,
        items: order.lines.map { ReceiptItemV1(sku: $0.sku, quantity: $0.quantity, totalCents: $0.totalCents) },
        totalCents: order.totalCents))
  }
}
