public import ZerverCore

public enum StoreOrder: StoreOrderStep {
  public static func run(
    request: CheckoutRequest, cart: Cart, quote: Quote, identity: OrderIdentity
  ) throws(FlowFailure) -> Decision<Order> {
    .need(.transaction([closeCart(cart, identity)] + takeFromShelf(quote) + [insertOrder(request, cart, quote, identity)]
      + insertLines(quote, identity)))
  }

  public static func resume(
    _ resumption: Resumption, request: CheckoutRequest, cart: Cart, quote: Quote, identity: OrderIdentity
  ) throws(FlowFailure) -> Decision<Order> {
    switch resumption.failure()?.reason {
    case .conditionNotMet(statement: 0), .constraintViolated: return .fail(.cartChanged(cartId: cart.cartId))
    case .conditionNotMet(let statement) where statement <= quote.lines.count:
      let line = quote.lines[statement - 1]
      return .fail(.outOfStock(sku: line.sku, requested: line.quantity))
    default: break
    }
    // Throws what is left: the database is away, or did not answer.
    _ = try resumption.rows()
    return .continue(
      Order(
        orderId: identity.orderId, userId: cart.userId, cartId: cart.cartId, status: .placed, placedAt: identity.placedAt,
        delivery: request.delivery, coupon: request.coupon, subtotalCents: quote.subtotalCents,
        discountCents: quote.discountCents, taxCents: quote.taxCents, deliveryCents: quote.deliveryCents,
        totalCents: quote.totalCents, lines: quote.lines))
  }

  /// Comes first: it locks the cart, so that of two checkouts at once one waits here and then finds the cart closed. The
  /// revision says that the cart is still the one that was priced.
  private static func closeCart(_ cart: Cart, _ identity: OrderIdentity) -> Statement {
    Statement(
      "UPDATE carts SET order_id = $1, revision = revision + 1 WHERE id = $2 AND order_id IS NULL AND revision = $3",
      [.text(identity.orderId), .text(cart.cartId), .int(cart.revision)], requiredRows: 1)
  }

  /// The lines come in the order of product ids from every cart, so that two orders never wait for each other in a circle.
  private static func takeFromShelf(_ quote: Quote) -> [Statement] {
    quote.lines.map { line in
      Statement(
        "UPDATE products SET stock = stock - $1 WHERE id = $2 AND stock >= $1", [.int(line.quantity), .int(line.productId)],
        requiredRows: 1)
    }
  }

  private static func insertOrder(
    _ request: CheckoutRequest, _ cart: Cart, _ quote: Quote, _ identity: OrderIdentity
  ) -> Statement {
    Statement(
      """
      INSERT INTO orders (id, user_id, cart_id, status, placed_at, delivery, coupon, gift_note, subtotal_cents,
        discount_cents, tax_cents, delivery_cents, total_cents)
      VALUES ($1, $2, $3, 'placed', $4, $5, $6, $7, $8, $9, $10, $11, $12)
      """,
      [
        .text(identity.orderId), .int(cart.userId), .text(cart.cartId), .int(identity.placedAt),
        .text(request.delivery.rawValue), request.coupon.map { .text($0) } ?? .null,
        request.giftNote.map { .text($0) } ?? .null, .int(quote.subtotalCents), .int(quote.discountCents),
        .int(quote.taxCents), .int(quote.deliveryCents), .int(quote.totalCents),
      ], requiredRows: 1)
  }

  private static func insertLines(_ quote: Quote, _ identity: OrderIdentity) -> [Statement] {
    quote.lines.enumerated().map { index, line in
      Statement(
        """
        INSERT INTO order_lines (order_id, line, product_id, sku, name, quantity, unit_price_cents, discount_cents, total_cents)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [
          .text(identity.orderId), .int(index + 1), .int(line.productId), .text(line.sku), .text(line.name),
          .int(line.quantity), .int(line.unitPriceCents), .int(line.discountCents), .int(line.totalCents),
        ], requiredRows: 1)
    }
  }
}
