public import ZerverCore

public enum CheckBuyer: CheckBuyerStep {
  public static func run(request: CancelRequest, order: Order) throws(FlowFailure) -> Decision<NoOutput> {
    order.userId == request.userId ? .continue(NoOutput()) : .fail(.orderNotFound(orderId: request.orderId))
  }
}
