public import ZerverCore

public enum PutInCart: PutInCartStep {
  /// Different products that a cart may hold.
  static let linesMax = 50
  /// Pieces that one line may hold. The table checks the same number, so that two additions at once cannot pass it.
  static let piecesMax = 500

  public static func run(addition: CartAddition, cart: Cart, product: Product) throws(FlowFailure) -> Decision<Cart> {
    guard cart.orderId == nil else { return .fail(.cartAlreadyOrdered(cartId: cart.cartId)) }
    let line = cart.lines.first { $0.productId == addition.productId }
    if line == nil && cart.lines.count >= linesMax { return .fail(.cartFull(cartId: cart.cartId, most: linesMax)) }
    if (line?.quantity ?? 0) + addition.quantity > piecesMax {
      return .fail(.cartLineFull(sku: product.sku, most: piecesMax))
    }
    return .need(
      .transaction([
        Statement(
          "UPDATE carts SET revision = revision + 1 WHERE id = $1 AND order_id IS NULL", [.text(cart.cartId)],
          requiredRows: 1),
        Statement(
          """
          INSERT INTO cart_lines (cart_id, product_id, quantity) VALUES ($1, $2, $3)
          ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity = cart_lines.quantity + excluded.quantity
          RETURNING quantity
          """, [.text(cart.cartId), .int(addition.productId), .int(addition.quantity)], requiredRows: 1),
        CartRows.query(cartId: cart.cartId),
      ]))
  }

  public static func resume(
    _ resumption: Resumption, addition: CartAddition, cart: Cart, product: Product
  ) throws(FlowFailure) -> Decision<Cart> {
    switch resumption.failure()?.reason {
    case .conditionNotMet: return .fail(.cartAlreadyOrdered(cartId: cart.cartId))
    case .constraintViolated: return .fail(.cartLineFull(sku: product.sku, most: piecesMax))
    default: break
    }
    guard let changed = try CartRows.cart(try resumption.rows(statement: 2)) else {
      throw .internalError("a cart that was just changed has gone")
    }
    return .continue(changed)
  }
}
