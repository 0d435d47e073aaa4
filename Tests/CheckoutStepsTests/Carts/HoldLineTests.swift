import CheckoutSteps
import Testing
import ZerverCore

@Suite struct HoldLineTests {
  let line = CartLine.sample(productId: 3, quantity: 4)
  let hold = Hold(cartId: "c-1", productId: 3, sku: "KIT-00003", quantity: 4)

  @Test("pieces leave the shelf and lie aside, in one transaction")
  func holds() throws {
    let statements = try #require(transaction(try HoldLine.run(cart: .sample(), line: line)))
    #expect(statements.map(\.parameters) == [[4, 3], [.text("c-1"), 3, 4]])
    #expect(statements[0].requiredRows == 1)
    let resumption = Resumption(.rows([.oneChanged, .oneChanged]))
    #expect(try HoldLine.resume(resumption, cart: .sample(), line: line) == .continue(hold))
  }

  @Test(
    "what the database refuses is an error of the shop",
    arguments: [
      (EffectFailure.Reason.conditionNotMet(statement: 0), FlowFailure.outOfStock(sku: "KIT-00003", requested: 4)),
      (.constraintViolated, .alreadyHeld(sku: "KIT-00003")),
    ])
  func refuses(reason: EffectFailure.Reason, failure: FlowFailure) throws {
    #expect(try HoldLine.resume(refused(reason), cart: .sample(), line: line) == .fail(failure))
  }

  @Test("pieces go back to the shelf once, however often they are released")
  func releases() throws {
    let statements = try #require(transaction(try ReleaseLine.run(hold: hold)))
    #expect(statements.map(\.parameters) == [[.text("c-1"), 3], [4, 3]])
    #expect(statements.allSatisfy { $0.requiredRows == 1 })
    for resumption in [Resumption(.rows([.oneChanged, .oneChanged])), refused(.conditionNotMet(statement: 0))] {
      #expect(try ReleaseLine.resume(resumption, hold: hold) == .continue(NoOutput()))
    }
    #expect(throws: FlowFailure.self) { try ReleaseLine.resume(refused(.unavailable), hold: hold) }
  }

  @Test("the answer counts the pieces")
  func renders() throws {
    #expect(
      try RenderHold.run(cart: .sample(), holds: [hold, hold])
        == .continue(HeldCart(cartId: "c-1", pieces: 8, holds: [hold, hold])))
  }
}
