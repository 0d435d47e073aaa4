public import ZerverCore

public enum EchoBasket: EchoBasketStep {
  public static func run(basket: Basket) -> Decision<Basket> { .continue(basket) }
}

public enum FindBasket: FindBasketStep {
  public static func run(search: BasketSearch, basketId: BasketId, text: String) throws(FlowFailure) -> Decision<Basket> {
    switch text {
    case "g-1":
      .fail(.basketGone(basketId: basketId, pieces: search.pieces, ratio: search.ratio, token: try Token("secret-token")))
    // The database holds something that is no basket's number.
    case "g-2": .continue(Basket(basketId: try BasketId(search.note.value)))
    default: .continue(Basket(basketId: basketId, pieces: try Pieces(text.utf8.count), ratio: search.ratio, note: search.note))
    }
  }
}
