import CheckoutSteps
import Testing
import ZerverCore

@Suite struct CheckCreditTests {
  @Test("open orders and this one may reach the limit, and not pass it", arguments: [(400_00, true), (400_01, false)])
  func limit(openCents: Int, passes: Bool) throws {
    let rows = Rows(columns: ["open_cents"], values: [.int(openCents)])
    let decision = try CheckCredit.resume(
      Resumption(.rows([rows])), user: .sample(creditLimitCents: 1_000_00), quote: .sample(totalCents: 600_00))
    let failure = FlowFailure.creditLimitExceeded(limitCents: 1_000_00, openCents: openCents, totalCents: 600_00)
    #expect(decision == (passes ? .continue(NoOutput()) : .fail(failure)))
  }
}
