public import ZerverCore

public enum ReadStock: ReadStockStep {
  /// Rows of one part: enough for a good plan of the database, and little for the memory of the server.
  static let partRows = 200

  public static func run(query: StockQuery) -> Decision<[StockLevel]> { .need(part(of: query, after: 0)) }

  public static func resume(_ resumption: Resumption, query: StockQuery) throws(FlowFailure) -> Decision<[StockLevel]> {
    // The client has taken the part before.
    if resumption.outcomes.isEmpty { return .need(part(of: query, after: try resumption.progress())) }
    let rows = try resumption.rows()
    var levels: [StockLevel] = []
    levels.reserveCapacity(rows.count)
    for row in rows {
      levels.append(
        StockLevel(
          productId: try row.int("id"), sku: try row.text("sku"), name: try row.text("name"), stock: try row.int("stock")))
    }
    guard let last = levels.last, levels.count == partRows else { return .continue(levels) }
    return .emit(levels, Progress(last.productId))
  }

  private static func part(of query: StockQuery, after id: Int) -> Need {
    .query(
      "SELECT id, sku, name, stock FROM products WHERE id > $1 AND stock <= $2 ORDER BY id LIMIT $3", .int(id),
      .int(query.mostPieces), .int(partRows))
  }
}
