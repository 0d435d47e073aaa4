public import ZerverCore

public enum IssueIdentity: IssueIdentityStep {
  public static func run() throws(FlowFailure) -> Decision<OrderIdentity> { .need(Need([.crypto(.uuid), .time(.now)])) }

  public static func resume(_ resumption: Resumption) throws(FlowFailure) -> Decision<OrderIdentity> {
    let (seconds, attoseconds) = try resumption.instant(1).components
    return .continue(
      OrderIdentity(orderId: try resumption.text(0), placedAt: Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)))
  }
}
