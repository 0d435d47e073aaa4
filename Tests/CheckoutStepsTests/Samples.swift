import CheckoutSteps
import ZerverCore

// Values that tests vary: each has every field, and a test names what it is about.

extension CheckoutRequest {
  static func sample(
    coupon: String? = nil, delivery: Delivery = .standard, giftNote: String? = nil
  ) -> CheckoutRequest {
    CheckoutRequest(userId: 1, cartId: "c-1", coupon: coupon, delivery: delivery, giftNote: giftNote)
  }
}

extension User {
  static func sample(tier: Tier = .free, creditLimitCents: Int = 1_000_00) -> User {
    User(userId: 1, name: "Ada Berg", tier: tier, creditLimitCents: creditLimitCents)
  }
}

extension Cart {
  static func sample(userId: Int = 1, orderId: String? = nil, lines: [CartLine] = [.sample()]) -> Cart {
    Cart(cartId: "c-1", userId: userId, revision: 7, orderId: orderId, lines: lines)
  }
}

extension CartLine {
  static func sample(
    productId: Int = 1, quantity: Int = 2, unitPriceCents: Int = 10_00, taxBasisPoints: Int = 19_00, stock: Int = 100
  ) -> CartLine {
    CartLine(
      productId: productId, sku: "KIT-0000\(productId)", name: "Teapot \(productId)", quantity: quantity,
      unitPriceCents: unitPriceCents, taxBasisPoints: taxBasisPoints, stock: stock)
  }
}

extension Coupon {
  static func sample(percentOff: Int = 10, minimumCents: Int = 0, endsAt: Int = .max) -> Coupon {
    Coupon(code: "SPRING10", percentOff: percentOff, minimumCents: minimumCents, endsAt: endsAt)
  }
}

extension OrderIdentity {
  static let sample = OrderIdentity(orderId: "0f8fad5b-d9cb-469f-a165-70867728950e", placedAt: 1_772_600_767_000)
}

extension OrderLine {
  static func sample(productId: Int = 1, quantity: Int = 2, totalCents: Int = 20_00) -> OrderLine {
    OrderLine(
      productId: productId, sku: "KIT-0000\(productId)", name: "Teapot \(productId)", quantity: quantity,
      unitPriceCents: 10_00, discountCents: 0, totalCents: totalCents)
  }
}

extension Quote {
  static func sample(lines: [OrderLine] = [.sample()], totalCents: Int = 28_70) -> Quote {
    Quote(
      lines: lines, subtotalCents: 20_00, discountCents: 0, taxCents: 3_80, deliveryCents: 4_90, totalCents: totalCents)
  }
}

extension Order {
  static func sample(status: OrderStatus = .placed, userId: Int = 1, lines: [OrderLine] = [.sample()]) -> Order {
    Order(
      orderId: OrderIdentity.sample.orderId, userId: userId, cartId: "c-1", status: status,
      placedAt: OrderIdentity.sample.placedAt, delivery: .standard, coupon: nil, subtotalCents: 20_00, discountCents: 0,
      taxCents: 3_80, deliveryCents: 4_90, totalCents: 28_70, lines: lines)
  }
}

extension Product {
  static let sample = Product(
    productId: 1, sku: "KIT-00001", name: "Teapot 1", category: .kitchen, unitPriceCents: 10_00, taxBasisPoints: 19_00,
    stock: 100)
}

extension Rows {
  static func products(_ products: Product...) -> Rows {
    Rows(
      columns: ["id", "sku", "name", "category", "unit_price_cents", "tax_basis_points", "stock"],
      values: products.flatMap { product -> [DatabaseValue] in
        [
          .int(product.productId), .text(product.sku), .text(product.name), .text(product.category.rawValue),
          .int(product.unitPriceCents), .int(product.taxBasisPoints), .int(product.stock),
        ]
      })
  }

  /// What the cart query returns.
  static func cart(_ cart: Cart) -> Rows {
    let head: [DatabaseValue] = [
      .text(cart.cartId), .int(cart.userId), .int(cart.revision), cart.orderId.map { .text($0) } ?? .null,
    ]
    let lines: [[DatabaseValue]] = cart.lines.map { line in
      [
        .int(line.productId), .int(line.quantity), .text(line.sku), .text(line.name), .int(line.unitPriceCents),
        .int(line.taxBasisPoints), .int(line.stock),
      ]
    }
    return Rows(
      columns: [
        "cart_id", "user_id", "revision", "order_id", "product_id", "quantity", "sku", "name", "unit_price_cents",
        "tax_basis_points", "stock",
      ],
      values: (lines.isEmpty ? [Array(repeating: .null, count: 7)] : lines).flatMap { head + $0 })
  }

  /// What the order queries return.
  static func order(_ order: Order) -> Rows {
    Rows(
      columns: [
        "order_id", "user_id", "cart_id", "status", "placed_at", "delivery", "coupon", "subtotal_cents",
        "order_discount_cents", "tax_cents", "delivery_cents", "order_total_cents", "product_id", "sku", "name",
        "quantity", "unit_price_cents", "discount_cents", "total_cents",
      ],
      values: order.lines.flatMap { line -> [DatabaseValue] in
        [
          .text(order.orderId), .int(order.userId), .text(order.cartId), .text(order.status.rawValue),
          .int(order.placedAt), .text(order.delivery.rawValue), order.coupon.map { .text($0) } ?? .null,
          .int(order.subtotalCents), .int(order.discountCents), .int(order.taxCents), .int(order.deliveryCents),
          .int(order.totalCents), .int(line.productId), .text(line.sku), .text(line.name), .int(line.quantity),
          .int(line.unitPriceCents), .int(line.discountCents), .int(line.totalCents),
        ]
      })
  }

  /// What a write without `RETURNING` returns.
  static let oneChanged = Rows(columns: [], values: [], affected: 1)
  static let noRows = Rows(columns: ["id"], values: [])
}

/// The statements of a decision that needs one transaction.
func transaction<Output>(_ decision: Decision<Output>) -> [Statement]? {
  guard case .need(let need) = decision, need.effects.count == 1,
    case .database(.transaction(let statements)) = need.effects[0]
  else { return nil }
  return statements
}

/// A resumption whose only effect was refused.
func refused(_ reason: EffectFailure.Reason) -> Resumption { Resumption(.failed(EffectFailure(reason, detail: ""))) }
