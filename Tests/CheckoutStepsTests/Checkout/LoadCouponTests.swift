import CheckoutSteps
import Testing
import ZerverCore

@Suite struct LoadCouponTests {
  @Test("a row becomes a coupon, and no row a failure that names what was asked for")
  func rows() throws {
    let columns = ["code", "percent_off", "minimum_cents", "ends_at"]
    let request = CheckoutRequest.sample(coupon: "SPRING10")
    let row = Rows(columns: columns, values: ["SPRING10", 10, 20_00, 1_800_000_000_000])
    #expect(
      try LoadCoupon.resume(Resumption(.rows([row])), request: request)
        == .continue(.sample(percentOff: 10, minimumCents: 20_00, endsAt: 1_800_000_000_000)))
    let none = Rows(columns: columns, values: [])
    #expect(
      try LoadCoupon.resume(Resumption(.rows([none])), request: request) == .fail(.couponNotValid(coupon: "SPRING10")))
  }
}
