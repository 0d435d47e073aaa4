import ZerverCore

/// A cart joined with its lines and their products: one row for each line, and one with nulls for an empty cart.
enum CartRows {
  static func query(cartId: String) -> Statement {
    Statement(
      """
      SELECT c.id AS cart_id, c.user_id, c.revision, c.order_id,
        l.product_id, l.quantity, p.sku, p.name, p.unit_price_cents, p.tax_basis_points, p.stock
      FROM carts c
      LEFT JOIN cart_lines l ON l.cart_id = c.id
      LEFT JOIN products p ON p.id = l.product_id
      WHERE c.id = $1
      ORDER BY l.product_id
      """, [.text(cartId)])
  }

  /// The cart, or `nil` when there is no row.
  static func cart(_ rows: Rows) throws(FlowFailure) -> Cart? {
    guard let first = rows.first else { return nil }
    var lines: [CartLine] = []
    for row in rows where try row.value("product_id") != .null {
      lines.append(
        CartLine(
          productId: try row.int("product_id"), sku: try row.text("sku"), name: try row.text("name"),
          quantity: try row.int("quantity"), unitPriceCents: try row.int("unit_price_cents"),
          taxBasisPoints: try row.int("tax_basis_points"), stock: try row.int("stock")))
    }
    return Cart(
      cartId: try first.text("cart_id"), userId: try first.int("user_id"), revision: try first.int("revision"),
      orderId: try first.optionalText("order_id"), lines: lines)
  }
}
