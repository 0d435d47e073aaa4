public import ZerverCore

public enum LoadOrder: LoadOrderStep {
  public static func run(orderId: String) throws(FlowFailure) -> Decision<Order> {
    .need(Need([.database(.query(OrderRows.query(orderId: orderId)))]))
  }

  public static func resume(_ resumption: Resumption, orderId: String) throws(FlowFailure) -> Decision<Order> {
    guard let order = try OrderRows.order(try resumption.rows()) else { return .fail(.orderNotFound(orderId: orderId)) }
    return .continue(order)
  }
}
