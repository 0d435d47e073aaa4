import ZerverCore

/// An order joined with its lines, one row for each line.
enum OrderRows {
  static func query(orderId: String) -> Statement {
    Statement(
      """
      SELECT o.id AS order_id, o.user_id, o.cart_id, o.status, o.placed_at, o.delivery, o.coupon, o.subtotal_cents,
        o.discount_cents AS order_discount_cents, o.tax_cents, o.delivery_cents, o.total_cents AS order_total_cents,
        l.product_id, l.sku, l.name, l.quantity, l.unit_price_cents, l.discount_cents, l.total_cents
      FROM orders o
      JOIN order_lines l ON l.order_id = o.id
      WHERE o.id = $1
      ORDER BY l.line
      """, [.text(orderId)])
  }

  static func query(cartId: String) -> Statement {
    Statement(
      """
      SELECT o.id AS order_id, o.user_id, o.cart_id, o.status, o.placed_at, o.delivery, o.coupon, o.subtotal_cents,
        o.discount_cents AS order_discount_cents, o.tax_cents, o.delivery_cents, o.total_cents AS order_total_cents,
        l.product_id, l.sku, l.name, l.quantity, l.unit_price_cents, l.discount_cents, l.total_cents
      FROM orders o
      JOIN order_lines l ON l.order_id = o.id
      WHERE o.cart_id = $1
      ORDER BY l.line
      """, [.text(cartId)])
  }

  /// The order, or `nil` when there is no row: every order has at least one line.
  static func order(_ rows: Rows) throws(FlowFailure) -> Order? {
    guard let first = rows.first else { return nil }
    var lines: [OrderLine] = []
    for row in rows {
      lines.append(
        OrderLine(
          productId: try row.int("product_id"), sku: try row.text("sku"), name: try row.text("name"),
          quantity: try row.int("quantity"), unitPriceCents: try row.int("unit_price_cents"),
          discountCents: try row.int("discount_cents"), totalCents: try row.int("total_cents")))
    }
    return Order(
      orderId: try first.text("order_id"), userId: try first.int("user_id"), cartId: try first.text("cart_id"),
      status: try first.choice("status"), placedAt: try first.int("placed_at"), delivery: try first.choice("delivery"),
      coupon: try first.optionalText("coupon"), subtotalCents: try first.int("subtotal_cents"),
      discountCents: try first.int("order_discount_cents"), taxCents: try first.int("tax_cents"),
      deliveryCents: try first.int("delivery_cents"), totalCents: try first.int("order_total_cents"), lines: lines)
  }
}
