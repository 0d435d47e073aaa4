public import ZerverCore

public enum LoadSales: LoadSalesStep {
  /// Rows that one report may hold in memory.
  static let linesMax = 100_000

  public static func run(period: SalesPeriod) throws(FlowFailure) -> Decision<[Sale]> {
    .need(
      .query(
        """
        SELECT o.id AS order_id, l.product_id, l.name, p.category, l.quantity, l.total_cents
        FROM orders o
        JOIN order_lines l ON l.order_id = o.id
        JOIN products p ON p.id = l.product_id
        WHERE o.placed_at >= $1 AND o.placed_at < $2 AND o.status <> 'cancelled'
        ORDER BY o.placed_at, o.id, l.line
        LIMIT $3
        """, .int(period.from), .int(period.until), .int(linesMax + 1)))
  }

  public static func resume(_ resumption: Resumption, period: SalesPeriod) throws(FlowFailure) -> Decision<[Sale]> {
    let rows = try resumption.rows()
    guard rows.count <= linesMax else { return .fail(.reportTooLarge(mostLines: linesMax)) }
    var sales: [Sale] = []
    sales.reserveCapacity(rows.count)
    for row in rows {
      sales.append(
        Sale(
          orderId: try row.text("order_id"), productId: try row.int("product_id"), name: try row.text("name"),
          category: try row.choice("category"), quantity: try row.int("quantity"), totalCents: try row.int("total_cents")))
    }
    return .continue(sales)
  }
}
