import ZerverCore

/// Rows of the products table.
enum ProductRows {
  static func product(_ row: Row) throws(FlowFailure) -> Product {
    Product(
      productId: try row.int("id"), sku: try row.text("sku"), name: try row.text("name"),
      category: try row.choice("category"), unitPriceCents: try row.int("unit_price_cents"),
      taxBasisPoints: try row.int("tax_basis_points"), stock: try row.int("stock"))
  }
}
