public import ZerverCore

public enum TakeFromCart: TakeFromCartStep {
  public static func run(addition: CartAddition) -> Decision<NoOutput> {
    .need(
      .transaction([
        Statement(
          "UPDATE carts SET revision = revision + 1 WHERE id = $1 AND order_id IS NULL", [.text(addition.cartId)],
          requiredRows: 1),
        // A line has at least one piece, so it goes with its last one. Of the two statements one finds the line.
        Statement("DELETE FROM cart_lines WHERE cart_id = $1 AND product_id = $2 AND quantity <= $3", parameters(addition)),
        Statement(
          "UPDATE cart_lines SET quantity = quantity - $3 WHERE cart_id = $1 AND product_id = $2 AND quantity > $3",
          parameters(addition)),
      ]))
  }

  public static func resume(_ resumption: Resumption, addition: CartAddition) throws(FlowFailure) -> Decision<NoOutput> {
    if case .conditionNotMet = resumption.failure()?.reason { return .continue(NoOutput()) }
    _ = try resumption.rows()
    return .continue(NoOutput())
  }

  private static func parameters(_ addition: CartAddition) -> [DatabaseValue] {
    [.text(addition.cartId), .int(addition.productId), .int(addition.quantity)]
  }
}
