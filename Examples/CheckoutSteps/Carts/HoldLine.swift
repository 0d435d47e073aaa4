public import ZerverCore

public enum HoldLine: HoldLineStep {
  public static func run(cart: Cart, line: CartLine) throws(FlowFailure) -> Decision<Hold> {
    .need(
      .transaction([
        Statement(
          "UPDATE products SET stock = stock - $1 WHERE id = $2 AND stock >= $1", [.int(line.quantity), .int(line.productId)],
          requiredRows: 1),
        Statement(
          "INSERT INTO holds (cart_id, product_id, quantity) VALUES ($1, $2, $3)",
          [.text(cart.cartId), .int(line.productId), .int(line.quantity)]),
      ]))
  }

  public static func resume(_ resumption: Resumption, cart: Cart, line: CartLine) throws(FlowFailure) -> Decision<Hold> {
    switch resumption.failure()?.reason {
    case .conditionNotMet: return .fail(.outOfStock(sku: line.sku, requested: line.quantity))
    case .constraintViolated: return .fail(.alreadyHeld(sku: line.sku))
    default: break
    }
    // Throws what is left: the database is away, or did not answer.
    _ = try resumption.rows()
    return .continue(Hold(cartId: cart.cartId, productId: line.productId, sku: line.sku, quantity: line.quantity))
  }
}
