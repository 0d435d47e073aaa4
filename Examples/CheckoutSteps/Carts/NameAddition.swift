public import ZerverCore

public enum NameAddition: NameAdditionStep {
  public static func run(list: CartList, wanted: WantedProduct) -> Decision<CartAddition> {
    .continue(CartAddition(cartId: list.cartId, productId: wanted.productId, quantity: wanted.quantity))
  }
}
