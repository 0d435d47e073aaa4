import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadProductTests {
  @Test("one row is read by the primary key")
  func query() throws {
    guard case .need(let need) = try LoadProduct.run(productId: 5), case .database(.query(let statement)) = need.effects[0]
    else {
      Issue.record("a product comes from the database")
      return
    }
    #expect(need.effects.count == 1 && statement.parameters == [5])
  }

  @Test("a row becomes a product, and no row a failure")
  func rows() throws {
    #expect(try LoadProduct.resume(Resumption(.rows([.products(.sample)])), productId: 1) == .continue(.sample))
    #expect(
      try LoadProduct.resume(Resumption(.rows([.noRows])), productId: 9) == .fail(.productNotFound(productId: 9)))
  }
}
