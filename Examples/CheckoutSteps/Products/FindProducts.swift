public import ZerverCore

public enum FindProducts: FindProductsStep {
  public static func run(search: ProductSearch) throws(FlowFailure) -> Decision<ProductPage> {
    let pattern = DatabaseValue.text(SearchPattern.containing(search.text))
    let category = search.category.map { DatabaseValue.text($0.rawValue) } ?? .null
    let stock = DatabaseValue.int(search.inStock ? 1 : 0)
    let count = Statement(
      """
      SELECT COUNT(*) AS total FROM products
      WHERE search_name LIKE $1 ESCAPE '\\' AND (CAST($2 AS TEXT) IS NULL OR category = $2) AND stock >= $3
      """, [pattern, category, stock])
    let page = Statement(
      """
      SELECT id, sku, name, category, unit_price_cents, tax_basis_points, stock FROM products
      WHERE search_name LIKE $1 ESCAPE '\\' AND (CAST($2 AS TEXT) IS NULL OR category = $2) AND stock >= $3
      ORDER BY search_name, id
      LIMIT $4 OFFSET $5
      """, [pattern, category, stock, .int(search.limit), .int((search.page - 1) * search.limit)])
    return .need(Need([.database(.query(count)), .database(.query(page))]))
  }

  public static func resume(_ resumption: Resumption, search: ProductSearch) throws(FlowFailure) -> Decision<ProductPage> {
    guard let count = try resumption.rows(0).first else { throw .internalError("a count has one row") }
    let total = try count.int("total")
    var products: [Product] = []
    for row in try resumption.rows(1) { products.append(try ProductRows.product(row)) }
    return .continue(
      ProductPage(
        total: total, page: search.page, limit: search.limit,
        next: search.page * search.limit < total ? search.page + 1 : nil, products: products))
  }
}
