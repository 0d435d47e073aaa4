import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadUserTests {
  @Test("a row becomes a user, and no row a failure")
  func rows() throws {
    let columns = ["id", "name", "tier", "credit_limit_cents"]
    let row = Rows(columns: columns, values: [1, "Ada Berg", "pro", 1_000_00])
    #expect(try LoadUser.resume(Resumption(.rows([row])), userId: 1) == .continue(.sample(tier: .pro)))
    let none = Rows(columns: columns, values: [])
    #expect(try LoadUser.resume(Resumption(.rows([none])), userId: 9) == .fail(.userNotFound(userId: 9)))
  }

  @Test("a tier that the shop does not know is an error of the server")
  func unknownTier() {
    let row = Rows(columns: ["id", "name", "tier", "credit_limit_cents"], values: [1, "Ada Berg", "gold", 0])
    #expect { try LoadUser.resume(Resumption(.rows([row])), userId: 1) } throws: { ($0 as? FlowFailure)?.status == 500 }
  }
}
