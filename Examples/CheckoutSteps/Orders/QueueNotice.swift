public import ZerverCore

public enum QueueNotice: QueueNoticeStep {
  public static func run(order: Order) -> Decision<NoOutput> {
    .need(
      .execute(
        "INSERT INTO notices (order_id, about) VALUES ($1, 'cancelled') ON CONFLICT (order_id, about) DO NOTHING",
        .text(order.orderId)))
  }

  public static func resume(_ resumption: Resumption, order: Order) throws(FlowFailure) -> Decision<NoOutput> {
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}
