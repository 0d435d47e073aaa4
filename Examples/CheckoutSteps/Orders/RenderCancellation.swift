public import ZerverCore

public enum RenderCancellation: RenderCancellationStep {
  public static func run(order: Order, returned: StockReturn?) throws(FlowFailure) -> Decision<Cancellation> {
    .continue(Cancellation(orderId: order.orderId, status: .cancelled, returnedPieces: returned?.pieces ?? 0))
  }
}
