public import ZerverCore

public enum ExpectCancelled: ExpectCancelledStep {
  public static func run(order: Order) throws(FlowFailure) -> Decision<NoOutput> {
    order.status == .cancelled ? .continue(NoOutput()) : .fail(.orderNotCancellable(orderId: order.orderId))
  }
}
