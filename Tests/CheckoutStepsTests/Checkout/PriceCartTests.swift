import CheckoutSteps
import Testing
import ZerverCore

@Suite struct PriceCartTests {
  /// One cart and what it must come to, in cents.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var tier = Tier.free
    var delivery = Delivery.standard
    var coupon: Coupon?
    var lines: [CartLine]
    let subtotal, discount, tax, deliveryCents, total: Int
  }

  static let cases = [
    Case(
      testDescription: "goods, tax, and delivery", lines: [.sample()],
      subtotal: 20_00, discount: 0, tax: 3_80, deliveryCents: 4_90, total: 28_70),
    Case(
      testDescription: "express delivery costs more", delivery: .express, lines: [.sample()],
      subtotal: 20_00, discount: 0, tax: 3_80, deliveryCents: 12_90, total: 36_70),
    Case(
      testDescription: "standard delivery is free from 50 euros of goods", lines: [.sample(quantity: 5)],
      subtotal: 50_00, discount: 0, tax: 9_50, deliveryCents: 0, total: 59_50),
    Case(
      testDescription: "nine pieces have no quantity discount", lines: [.sample(quantity: 9)],
      subtotal: 90_00, discount: 0, tax: 17_10, deliveryCents: 0, total: 107_10),
    Case(
      testDescription: "ten pieces have 5 %", lines: [.sample(quantity: 10)],
      subtotal: 100_00, discount: 5_00, tax: 18_05, deliveryCents: 0, total: 113_05),
    Case(
      testDescription: "25 pieces have 10 %", lines: [.sample(quantity: 25)],
      subtotal: 250_00, discount: 25_00, tax: 42_75, deliveryCents: 0, total: 267_75),
    Case(
      testDescription: "plus has 3 %", tier: .plus, lines: [.sample(quantity: 5)],
      subtotal: 50_00, discount: 1_50, tax: 9_22, deliveryCents: 4_90, total: 62_62),
    Case(
      testDescription: "pro has 5 % and free delivery", tier: .pro, lines: [.sample()],
      subtotal: 20_00, discount: 1_00, tax: 3_61, deliveryCents: 0, total: 22_61),
    Case(
      testDescription: "a coupon comes after the tier", tier: .pro, coupon: .sample(percentOff: 10), lines: [.sample()],
      subtotal: 20_00, discount: 2_90, tax: 3_25, deliveryCents: 0, total: 20_35),
    Case(
      testDescription: "each rate taxes its own goods",
      lines: [.sample(productId: 1, quantity: 1), .sample(productId: 2, quantity: 1, taxBasisPoints: 7_00)],
      subtotal: 20_00, discount: 0, tax: 2_60, deliveryCents: 4_90, total: 27_50),
    Case(
      testDescription: "an odd cent of discount goes to one line",
      coupon: .sample(percentOff: 10),
      lines: [
        .sample(productId: 1, quantity: 1, unitPriceCents: 5, taxBasisPoints: 0),
        .sample(productId: 2, quantity: 1, unitPriceCents: 5, taxBasisPoints: 0),
      ],
      subtotal: 10, discount: 1, tax: 0, deliveryCents: 4_90, total: 4_99),
  ]

  @Test("a cart costs what its terms say", arguments: cases)
  func price(_ expected: Case) throws {
    let decision = try PriceCart.run(
      request: .sample(delivery: expected.delivery), user: .sample(tier: expected.tier),
      cart: .sample(lines: expected.lines), coupon: expected.coupon, identity: .sample)
    guard case .continue(let quote) = decision else {
      Issue.record("\(decision)")
      return
    }
    #expect(quote.subtotalCents == expected.subtotal)
    #expect(quote.discountCents == expected.discount)
    #expect(quote.taxCents == expected.tax)
    #expect(quote.deliveryCents == expected.deliveryCents)
    #expect(quote.totalCents == expected.total)
    #expect(quote.lines.reduce(0) { $0 + $1.totalCents + $1.discountCents } == expected.subtotal)
    #expect(quote.lines.reduce(0) { $0 + $1.discountCents } == expected.discount)
  }

  @Test(
    "a cart of 500 euros and more is held against the customer's credit",
    arguments: [(unitPriceCents: 487_09, isChecked: false), (487_10, true)])
  func creditCheck(unitPriceCents: Int, isChecked: Bool) throws {
    let decision = try PriceCart.run(
      request: .sample(delivery: .express), user: .sample(),
      cart: .sample(lines: [.sample(quantity: 1, unitPriceCents: unitPriceCents, taxBasisPoints: 0)]), coupon: nil,
      identity: .sample)
    let quote = Quote(
      lines: [
        OrderLine(
          productId: 1, sku: "KIT-00001", name: "Teapot 1", quantity: 1, unitPriceCents: unitPriceCents,
          discountCents: 0, totalCents: unitPriceCents)
      ],
      subtotalCents: unitPriceCents, discountCents: 0, taxCents: 0, deliveryCents: 12_90,
      totalCents: unitPriceCents + 12_90)
    #expect(decision == (isChecked ? .insert(.creditCheck, quote) : .continue(quote)))
  }

  @Test(
    "a coupon counts until it ends, and only for a cart that is large enough",
    arguments: [
      (Coupon.sample(minimumCents: 20_00), true), (.sample(minimumCents: 20_01), false),
      (.sample(endsAt: OrderIdentity.sample.placedAt + 1), true), (.sample(endsAt: OrderIdentity.sample.placedAt), false),
    ])
  func coupon(_ coupon: Coupon, isValid: Bool) throws {
    let decision = try PriceCart.run(
      request: .sample(), user: .sample(), cart: .sample(), coupon: coupon, identity: .sample)
    #expect((decision == .fail(.couponNotValid(coupon: "SPRING10"))) == !isValid)
  }
}
