public import ZerverCore

public enum PriceCart: PriceCartStep {
  public static func run(
    request: CheckoutRequest, user: User, cart: Cart, coupon: Coupon?, identity: OrderIdentity
  ) throws(FlowFailure) -> Decision<Quote> {
    let gross = cart.lines.map { $0.unitPriceCents * $0.quantity }
    let forQuantity = zip(cart.lines, gross).map { line, cents in
      Cents.share(of: cents, basisPoints: PriceList.quantityBasisPoints(pieces: line.quantity))
    }
    let goods = zip(gross, forQuantity).map { $0 - $1 }
    let goodsCents = goods.reduce(0, +)
    if let coupon, goodsCents < coupon.minimumCents || identity.placedAt >= coupon.endsAt {
      return .fail(.couponNotValid(coupon: coupon.code))
    }

    let forTier = Cents.share(of: goodsCents, basisPoints: PriceList.tierBasisPoints(user.tier))
    let forCoupon = Cents.share(of: goodsCents - forTier, basisPoints: (coupon?.percentOff ?? 0) * 100)
    let onOrder = Cents.split(forTier + forCoupon, byWeights: goods)
    let lines = cart.lines.indices.map { index in
      OrderLine(
        productId: cart.lines[index].productId, sku: cart.lines[index].sku, name: cart.lines[index].name,
        quantity: cart.lines[index].quantity, unitPriceCents: cart.lines[index].unitPriceCents,
        discountCents: forQuantity[index] + onOrder[index], totalCents: goods[index] - onOrder[index])
    }

    let netCents = goodsCents - forTier - forCoupon
    let taxCents = tax(on: lines, of: cart)
    let deliveryCents = PriceList.deliveryCents(request.delivery, tier: user.tier, goodsCents: netCents)
    let quote = Quote(
      lines: lines, subtotalCents: gross.reduce(0, +), discountCents: forQuantity.reduce(0, +) + forTier + forCoupon,
      taxCents: taxCents, deliveryCents: deliveryCents, totalCents: netCents + taxCents + deliveryCents)
    return quote.totalCents >= PriceList.creditCheckFromCents ? .insert(.creditCheck, quote) : .continue(quote)
  }

  /// Tax is rounded once for each rate, not once for each line: so it is what the rate says of the sum on the receipt.
  private static func tax(on lines: [OrderLine], of cart: Cart) -> Int {
    var centsByRate: [Int: Int] = [:]
    for (line, source) in zip(lines, cart.lines) { centsByRate[source.taxBasisPoints, default: 0] += line.totalCents }
    return centsByRate.reduce(0) { $0 + Cents.share(of: $1.value, basisPoints: $1.key) }
  }
}
