public import ZerverCore

public enum LoadCart: LoadCartStep {
  public static func run(cartId: String) throws(FlowFailure) -> Decision<Cart> {
    .need(Need([.database(.query(CartRows.query(cartId: cartId)))]))
  }

  public static func resume(_ resumption: Resumption, cartId: String) throws(FlowFailure) -> Decision<Cart> {
    guard let cart = try CartRows.cart(try resumption.rows()) else { return .fail(.cartNotFound(cartId: cartId)) }
    return .continue(cart)
  }
}
