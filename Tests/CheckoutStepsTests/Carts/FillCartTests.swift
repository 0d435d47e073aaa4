import CheckoutSteps
import Testing
import ZerverCore

/// The steps of `add-products` that `add-to-cart` does not have.
@Suite struct FillCartTests {
  static let addition = CartAddition(cartId: "c-1", productId: 1, quantity: 3)

  @Test("each wanted product goes into the cart of the list")
  func names() throws {
    let list = CartList(cartId: "c-1", products: [WantedProduct(productId: 1, quantity: 3)])
    #expect(try NameAddition.run(list: list, wanted: list.products[0]) == .continue(Self.addition))
  }

  @Test("what was put in is taken out again, and a line goes with its last piece")
  func takesOut() throws {
    let statements = try #require(transaction(try TakeFromCart.run(addition: Self.addition)))
    #expect(statements.map(\.requiredRows) == [1, nil, nil])
    #expect(statements.map(\.parameters) == [["c-1"], ["c-1", 1, 3], ["c-1", 1, 3]])
    let done = Resumption(.rows([.oneChanged, .oneChanged, .oneChanged]))
    #expect(try TakeFromCart.resume(done, addition: Self.addition) == .continue(NoOutput()))
  }

  @Test("a cart that was ordered meanwhile stays as it was ordered, and a database that is away is told")
  func guards() throws {
    #expect(
      try TakeFromCart.resume(refused(.conditionNotMet(statement: 0)), addition: Self.addition) == .continue(NoOutput()))
    #expect(throws: FlowFailure.self) { try TakeFromCart.resume(refused(.unavailable), addition: Self.addition) }
  }

  @Test("the last change is what the customer sees")
  func last() throws {
    let carts = [Cart.sample(lines: [.sample(quantity: 1)]), .sample(lines: [.sample(quantity: 1), .sample(productId: 2)])]
    #expect(try RenderLastCart.run(carts: carts) == (try RenderCart.run(cart: carts[1])))
    #expect(throws: FlowFailure.self) { try RenderLastCart.run(carts: []) }
  }
}
