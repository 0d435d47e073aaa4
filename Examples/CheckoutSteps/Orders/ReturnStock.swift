public import ZerverCore

public enum ReturnStock: ReturnStockStep {
  public static func run(order: Order) throws(FlowFailure) -> Decision<StockReturn> {
    let cancel = Statement(
      "UPDATE orders SET status = 'cancelled' WHERE id = $1 AND status = 'placed'", [.text(order.orderId)], requiredRows: 1)
    // In the order of product ids, as checkouts take them: neither waits for the other in a circle.
    let putBack = order.lines.sorted { $0.productId < $1.productId }.map { line in
      Statement(
        "UPDATE products SET stock = stock + $1 WHERE id = $2", [.int(line.quantity), .int(line.productId)], requiredRows: 1)
    }
    return .need(.transaction([cancel] + putBack))
  }

  public static func resume(_ resumption: Resumption, order: Order) throws(FlowFailure) -> Decision<StockReturn> {
    if case .conditionNotMet(statement: 0) = resumption.failure()?.reason {
      return .fail(.orderNotCancellable(orderId: order.orderId))
    }
    // Throws what is left: the database is away, or did not answer.
    _ = try resumption.rows()
    return .continue(StockReturn(pieces: order.lines.reduce(0) { $0 + $1.quantity }))
  }
}
