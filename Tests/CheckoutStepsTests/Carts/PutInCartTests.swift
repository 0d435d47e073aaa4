import CheckoutSteps
import Testing
import ZerverCore

@Suite struct PutInCartTests {
  static let addition = CartAddition(cartId: "c-1", productId: 1, quantity: 3)

  @Test("an open cart with room is written in one transaction and read again in it")
  func write() throws {
    let decision = try PutInCart.run(addition: Self.addition, cart: .sample(), product: .sample)
    let statements = try #require(transaction(decision))
    #expect(statements.map(\.requiredRows) == [1, 1, nil])
    #expect(statements[1].parameters == ["c-1", 1, 3])
    let changed = Cart.sample(lines: [.sample(quantity: 5)])
    let resumption = Resumption(.rows([.oneChanged, .oneChanged, .cart(changed)]))
    #expect(
      try PutInCart.resume(resumption, addition: Self.addition, cart: .sample(), product: .sample) == .continue(changed))
  }

  @Test(
    "a cart that cannot take the pieces says why",
    arguments: [
      (Cart.sample(orderId: "x"), FlowFailure.cartAlreadyOrdered(cartId: "c-1")),
      (.sample(lines: (2...51).map { .sample(productId: $0) }), .cartFull(cartId: "c-1", most: 50)),
      (.sample(lines: [.sample(quantity: 498)]), .cartLineFull(sku: "KIT-00001", most: 500)),
    ])
  func refusal(_ cart: Cart, _ expected: FlowFailure) throws {
    #expect(try PutInCart.run(addition: Self.addition, cart: cart, product: .sample) == .fail(expected))
  }

  @Test(
    "what another request did in between is seen by the guards",
    arguments: [
      (EffectFailure.Reason.conditionNotMet(statement: 0), FlowFailure.cartAlreadyOrdered(cartId: "c-1")),
      (.constraintViolated, .cartLineFull(sku: "KIT-00001", most: 500)),
    ])
  func guards(_ reason: EffectFailure.Reason, _ expected: FlowFailure) throws {
    #expect(
      try PutInCart.resume(refused(reason), addition: Self.addition, cart: .sample(), product: .sample) == .fail(expected))
  }
}
