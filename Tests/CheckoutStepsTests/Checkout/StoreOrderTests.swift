import CheckoutSteps
import Testing
import ZerverCore

@Suite struct StoreOrderTests {
  static let quote = Quote.sample(lines: [.sample(productId: 3), .sample(productId: 8, quantity: 1)])

  static func resume(_ resumption: Resumption) throws -> Decision<Order> {
    try StoreOrder.resume(resumption, request: .sample(), cart: .sample(), quote: quote, identity: .sample)
  }

  @Test("one transaction closes the cart, takes every line from the shelf and stores order and lines, each guarded")
  func statements() throws {
    let decision = try StoreOrder.run(
      request: .sample(coupon: "SPRING10", giftNote: "Hi"), cart: .sample(), quote: Self.quote, identity: .sample)
    let statements = try #require(transaction(decision))
    #expect(statements.count == 1 + 2 + 1 + 2)
    #expect(statements.allSatisfy { $0.requiredRows == 1 })
    #expect(statements[0].parameters == [.text(OrderIdentity.sample.orderId), "c-1", 7])
    #expect(statements[1].parameters == [2, 3])
    #expect(statements[2].parameters == [1, 8])
    #expect(statements[3].parameters.contains("SPRING10") && statements[3].parameters.contains("Hi"))
    #expect(statements[5].parameters.prefix(3) == [.text(OrderIdentity.sample.orderId), 2, 8])
  }

  @Test("the order is what was stored")
  func stored() throws {
    let sets = Array(repeating: Rows.oneChanged, count: 6)
    #expect(try Self.resume(Resumption(.rows(sets))) == .continue(.sample(lines: Self.quote.lines)))
  }

  @Test(
    "what the guards refuse has a cause",
    arguments: [
      (EffectFailure.Reason.conditionNotMet(statement: 0), FlowFailure.cartChanged(cartId: "c-1")),
      (.conditionNotMet(statement: 1), .outOfStock(sku: "KIT-00003", requested: 2)),
      (.conditionNotMet(statement: 2), .outOfStock(sku: "KIT-00008", requested: 1)),
      (.constraintViolated, .cartChanged(cartId: "c-1")),
    ])
  func guards(_ reason: EffectFailure.Reason, _ expected: FlowFailure) throws {
    #expect(try Self.resume(refused(reason)) == .fail(expected))
  }

  @Test(
    "a database that is away ends the request with the failure of its own",
    arguments: [EffectFailure.Reason.unavailable, .timedOut, .outcomeUnknown])
  func outages(_ reason: EffectFailure.Reason) {
    #expect(throws: FlowFailure(EffectFailure(reason, detail: ""))) { try Self.resume(refused(reason)) }
  }
}
