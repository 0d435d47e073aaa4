public import ZerverCore

public enum LoadProduct: LoadProductStep {
  public static func run(productId: Int) throws(FlowFailure) -> Decision<Product> {
    .need(
      .query(
        "SELECT id, sku, name, category, unit_price_cents, tax_basis_points, stock FROM products WHERE id = $1",
        .int(productId)))
  }

  public static func resume(_ resumption: Resumption, productId: Int) throws(FlowFailure) -> Decision<Product> {
    guard let row = try resumption.rows().first else { return .fail(.productNotFound(productId: productId)) }
    return .continue(try ProductRows.product(row))
  }
}
