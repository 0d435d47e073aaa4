public import ZerverCore

public enum LoadUser: LoadUserStep {
  public static func run(userId: Int) throws(FlowFailure) -> Decision<User> {
    .need(.query("SELECT id, name, tier, credit_limit_cents FROM users WHERE id = $1", .int(userId)))
  }

  public static func resume(_ resumption: Resumption, userId: Int) throws(FlowFailure) -> Decision<User> {
    guard let row = try resumption.rows().first else { return .fail(.userNotFound(userId: userId)) }
    return .continue(
      User(
        userId: try row.int("id"), name: try row.text("name"), tier: try row.choice("tier"),
        creditLimitCents: try row.int("credit_limit_cents")))
  }
}
