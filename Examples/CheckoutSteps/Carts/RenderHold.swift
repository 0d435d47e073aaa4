public import ZerverCore

public enum RenderHold: RenderHoldStep {
  public static func run(cart: Cart, holds: [Hold]) throws(FlowFailure) -> Decision<HeldCart> {
    .continue(HeldCart(cartId: cart.cartId, pieces: holds.reduce(0) { $0 + $1.quantity }, holds: holds))
  }
}
