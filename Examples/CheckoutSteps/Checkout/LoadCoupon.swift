public import ZerverCore

public enum LoadCoupon: LoadCouponStep {
  public static func run(request: CheckoutRequest) throws(FlowFailure) -> Decision<Coupon> {
    guard let code = request.coupon else { throw .internalError("the plan loads a coupon only when there is one") }
    return .need(.query("SELECT code, percent_off, minimum_cents, ends_at FROM coupons WHERE code = $1", .text(code)))
  }

  public static func resume(_ resumption: Resumption, request: CheckoutRequest) throws(FlowFailure) -> Decision<Coupon> {
    guard let row = try resumption.rows().first else { return .fail(.couponNotValid(coupon: request.coupon ?? "")) }
    return .continue(
      Coupon(
        code: try row.text("code"), percentOff: try row.int("percent_off"), minimumCents: try row.int("minimum_cents"),
        endsAt: try row.int("ends_at")))
  }
}
