public import ZerverCore

public enum RenderLastCart: RenderLastCartStep {
  public static func run(carts: [Cart]) throws(FlowFailure) -> Decision<CartView> {
    guard let last = carts.last else { throw .internalError("a list of products has at least one") }
    return try RenderCart.run(cart: last)
  }
}
