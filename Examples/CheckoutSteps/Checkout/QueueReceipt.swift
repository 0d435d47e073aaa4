public import ZerverCore

public enum QueueReceipt: QueueReceiptStep {
  public static func run(order: Order) throws(FlowFailure) -> Decision<NoOutput> {
    .need(
      .execute(
        "INSERT INTO receipt_mails (order_id, asked_at) VALUES ($1, $2) ON CONFLICT (order_id) DO NOTHING",
        .text(order.orderId), .int(order.placedAt)))
  }

  public static func resume(_ resumption: Resumption, order: Order) throws(FlowFailure) -> Decision<NoOutput> {
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}
