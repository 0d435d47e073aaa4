public import ZerverCore

public enum CheckCart: CheckCartStep {
  public static func run(user: User, cart: Cart) throws(FlowFailure) -> Decision<NoOutput> {
    // To everybody but its owner, a cart does not exist.
    guard cart.userId == user.userId else { return .fail(.cartNotFound(cartId: cart.cartId)) }
    guard cart.orderId == nil else { return .replace(.placedBefore) }
    guard !cart.lines.isEmpty else { return .fail(.cartEmpty(cartId: cart.cartId)) }
    if let short = cart.lines.first(where: { $0.stock < $0.quantity }) {
      return .fail(.outOfStock(sku: short.sku, requested: short.quantity))
    }
    return .continue(NoOutput())
  }
}
