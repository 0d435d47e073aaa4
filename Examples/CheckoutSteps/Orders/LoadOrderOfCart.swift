public import ZerverCore

public enum LoadOrderOfCart: LoadOrderOfCartStep {
  public static func run(cart: Cart) throws(FlowFailure) -> Decision<Order> {
    .need(Need([.database(.query(OrderRows.query(cartId: cart.cartId)))]))
  }

  public static func resume(_ resumption: Resumption, cart: Cart) throws(FlowFailure) -> Decision<Order> {
    guard let order = try OrderRows.order(try resumption.rows()) else {
      return .fail(.orderNotFound(orderId: cart.orderId ?? ""))
    }
    return .continue(order)
  }
}
