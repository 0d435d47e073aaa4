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

public enum LoadBasket: LoadBasketStep {
  public static func run(basketId: BasketId) -> Decision<Basket> { .need(.query("SELECT", .text(basketId.value))) }
  public static func resume(_ resumption: Resumption, basketId: BasketId) throws(FlowFailure) -> Decision<Basket> {
    guard try !resumption.rows().isEmpty else { return .fail(.basketGone(basketId: basketId, ratio: try Ratio(0), token: try Token("none"))) }
    return .continue(Basket(basketId: basketId))
  }
}

public enum LockBasket: LockBasketStep {
  public static func run(basket: Basket) -> Decision<NoOutput> { .need(.execute("UPDATE")) }
  public static func resume(_ resumption: Resumption, basket: Basket) -> Decision<NoOutput> { .continue(NoOutput()) }
}

public enum UnlockBasket: UnlockBasketStep {
  public static func run(basket: Basket) -> Decision<NoOutput> { .need(.execute("UPDATE")) }
  public static func resume(_ resumption: Resumption, basket: Basket) -> Decision<NoOutput> { .continue(NoOutput()) }
}

public enum PriceBasket: PriceBasketStep {
  public static func run(basket: Basket) -> Decision<Int> { .yield(Progress(1)) }
  public static func resume(_ resumption: Resumption, basket: Basket) throws(FlowFailure) -> Decision<Int> {
    let counted: Int = try resumption.progress()
    return counted < basket.pieces.value ? .yield(Progress(counted + 1)) : .continue(counted * 100)
  }
}

public enum ViewBasket: ViewBasketStep {
  public static func run(basket: Basket, price: Int) -> Decision<BasketView> {
    .continue(BasketView(basketId: basket.basketId, price: price, deliveries: basket.deliveries, note: basket.note))
  }
}
