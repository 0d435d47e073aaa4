public import ZerverCore

public enum CheckCredit: CheckCreditStep {
  public static func run(user: User, quote: Quote) throws(FlowFailure) -> Decision<NoOutput> {
    .need(
      .query(
        """
        SELECT CAST(COALESCE(SUM(total_cents), 0) AS BIGINT) AS open_cents
        FROM orders WHERE user_id = $1 AND status = 'placed'
        """, .int(user.userId)))
  }

  public static func resume(_ resumption: Resumption, user: User, quote: Quote) throws(FlowFailure) -> Decision<NoOutput> {
    guard let row = try resumption.rows().first else { throw .internalError("a sum has one row") }
    let openCents = try row.int("open_cents")
    guard openCents + quote.totalCents <= user.creditLimitCents else {
      return .fail(
        .creditLimitExceeded(limitCents: user.creditLimitCents, openCents: openCents, totalCents: quote.totalCents))
    }
    return .continue(NoOutput())
  }
}
