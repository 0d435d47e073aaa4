public import ZerverCore

public enum ReleaseLine: ReleaseLineStep {
  public static func run(hold: Hold) throws(FlowFailure) -> Decision<NoOutput> {
    .need(
      .transaction([
        Statement(
          "DELETE FROM holds WHERE cart_id = $1 AND product_id = $2", [.text(hold.cartId), .int(hold.productId)],
          requiredRows: 1),
        Statement(
          "UPDATE products SET stock = stock + $1 WHERE id = $2", [.int(hold.quantity), .int(hold.productId)], requiredRows: 1),
      ]))
  }

  public static func resume(_ resumption: Resumption, hold: Hold) throws(FlowFailure) -> Decision<NoOutput> {
    // The hold is gone, so its pieces are back: an attempt before this one has succeeded.
    if case .conditionNotMet(statement: 0) = resumption.failure()?.reason { return .continue(NoOutput()) }
    _ = try resumption.rows()
    return .continue(NoOutput())
  }
}
