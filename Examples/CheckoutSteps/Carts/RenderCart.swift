public import ZerverCore

public enum RenderCart: RenderCartStep {
  public static func run(cart: Cart) throws(FlowFailure) -> Decision<CartView> {
    let lines = cart.lines.map { line in
      CartViewLine(
        productId: line.productId, sku: line.sku, name: line.name, quantity: line.quantity,
        unitPriceCents: line.unitPriceCents, lineCents: line.unitPriceCents * line.quantity,
        available: line.stock >= line.quantity)
    }
    return .continue(
      CartView(
        cartId: cart.cartId, userId: cart.userId, isOpen: cart.orderId == nil, orderId: cart.orderId,
        pieces: lines.reduce(0) { $0 + $1.quantity }, goodsCents: lines.reduce(0) { $0 + $1.lineCents }, lines: lines))
  }
}
