import CheckoutSteps
import ZerverCore

/// The shop as it opens: the same people, goods, carts and orders on every machine.
///
/// Cart `c-N` belongs to user `(N - 1) % 2500 + 1`. Some carts are of known state, for tests and for trying things out:
///
/// | cart | user | state |
/// |---|---|---|
/// | `c-1`, `c-2` | 1, 2 | can be ordered: three products each, all on the shelf |
/// | `c-3` | 3 | empty |
/// | `c-4` | 4 | asks for more of its second product than the shelf holds |
/// | `c-5` | 5 | costs more than the user's credit limit |
/// | `c-6` | 6 | expensive, within the user's credit limit |
/// | `c-7` | 7 | was ordered as ``placedOrderID``, which is not shipped yet |
/// | `c-8` | 8 | was ordered as ``shippedOrderID`` |
/// | `c-9` … `c-10000` | | can be ordered as long as the shelves last |
/// | `c-10001` … `c-12000` | | were ordered in the first nine months of 2026 |
public struct ShopSeed: Sendable {
  public static let usersCount = 2_500
  public static let productsCount = 5_000
  public static let openCartsCount = 10_000
  public static let orderedCartsCount = 2_000

  /// The order that cart `c-7` became.
  public static let placedOrderID = "6f9c1c1e-52c4-4b7a-9a53-2f0f0c7d8e01"
  /// The order that cart `c-8` became.
  public static let shippedOrderID = "6f9c1c1e-52c4-4b7a-9a53-2f0f0c7d8e02"

  /// Grows when the seed changes. The database keeps the version that it was seeded with.
  public static let version = 1

  /// The user that a cart belongs to: `cart` is the number in `c-12`.
  public static func user(ofCart cart: Int) -> Int { (cart - 1) % usersCount + 1 }

  private var random = SeedGenerator(seed: 20_260_101)
  private var users: [User] = []
  private var products: [Product] = []
  private var script = SQLScript()

  /// One script that fills the tables of ``ShopSchema``: all of it, or nothing when it is run in one transaction.
  public static func makeScript() throws -> String {
    var seed = ShopSeed()
    seed.addUsers()
    seed.addProducts()
    seed.addCoupons()
    try seed.addCarts()
    seed.script.insert(into: "shop_seeds", columns: ["version"], [.int(version)])
    // Fresh statistics: the planner would otherwise take the tables for empty until it looks by itself.
    return seed.script.finish() + "ANALYZE;\n"
  }

  private mutating func addUsers() {
    for id in 1...Self.usersCount {
      let first = random.pick(ShopWords.firstNames)
      let last = random.pick(ShopWords.lastNames)
      // Users 5 and 6 have one cart in common: the same goods, and a limit that makes the difference.
      let tier: Tier = id == 5 ? .free : id == 6 ? .pro : random.pick([.free, .free, .free, .plus, .plus, .pro])
      let limit =
        switch tier {
        case .free: 2_000_00
        case .plus: 5_000_00
        case .pro: 20_000_00
        }
      users.append(User(userId: id, name: "\(first) \(last)", tier: tier, creditLimitCents: limit))
      script.insert(
        into: "users", columns: ["id", "name", "email", "tier", "credit_limit_cents"],
        [
          .int(id), .text("\(first) \(last)"), .text("\(first).\(last).\(id)@example.com".lowercased()),
          .text(tier.rawValue), .int(limit),
        ])
    }
  }

  private mutating func addProducts() {
    for id in 1...Self.productsCount {
      let shelf = ShopWords.shelves[(id - 1) % ShopWords.shelves.count]
      let thing = random.pick(shelf.things)
      let name = "\(random.pick(ShopWords.styles)) \(random.pick(shelf.materials)) \(thing.name)"
      // Cheap things are more common than dear ones, and prices end in 90 cents or in whole euros.
      let cents =
        min(random.int(thing.cents), random.int(thing.cents), random.int(thing.cents)) / 100 * 100
        + (random.chance(percent: 70) ? 90 : 0)
      let digits = String(id)
      let stock = random.chance(percent: 3) ? 0 : random.int(40...400)
      products.append(
        Product(
          productId: id, sku: "\(shelf.prefix)-\(String(repeating: "0", count: 5 - digits.count))\(digits)", name: name,
          category: shelf.category, unitPriceCents: cents, taxBasisPoints: shelf.taxBasisPoints, stock: stock))
      script.insert(
        into: "products",
        columns: ["id", "sku", "name", "search_name", "category", "unit_price_cents", "tax_basis_points", "stock"],
        [
          .int(id), .text(products[id - 1].sku), .text(name), .text(name.lowercased()), .text(shelf.category.rawValue),
          .int(cents), .int(shelf.taxBasisPoints), .int(stock),
        ])
    }
  }

  private mutating func addCoupons() {
    let endOf2099 = 4_102_444_800_000
    let endOf2025 = 1_767_225_600_000
    let coupons = [
      ("WELCOME5", 5, 0, endOf2099), ("SPRING10", 10, 20_00, endOf2099), ("BULK15", 15, 200_00, endOf2099),
      ("PAST20", 20, 0, endOf2025),
    ]
    for (code, percentOff, minimumCents, endsAt) in coupons {
      script.insert(
        into: "coupons", columns: ["code", "percent_off", "minimum_cents", "ends_at"],
        [.text(code), .int(percentOff), .int(minimumCents), .int(endsAt)])
    }
  }

  // MARK: Carts and orders

  private mutating func addCarts() throws {
    for number in 1...Self.openCartsCount + Self.orderedCartsCount {
      let lines = lines(ofCart: number)
      let order = order(ofCart: number)
      script.insert(
        into: "carts", columns: ["id", "user_id", "revision", "order_id"],
        [
          .text("c-\(number)"), .int(Self.user(ofCart: number)), .int(lines.count + (order == nil ? 1 : 2)),
          order.map { .text($0.id) } ?? .null,
        ])
      for line in lines {
        script.insert(
          into: "cart_lines", columns: ["cart_id", "product_id", "quantity"],
          [.text("c-\(number)"), .int(line.productId), .int(line.quantity)])
      }
      if let order { try addOrder(order, cart: number, lines: lines) }
    }
  }

  private mutating func lines(ofCart number: Int) -> [CartLine] {
    switch number {
    case 3: return []
    case 4:
      var lines = pickLines(count: 3)
      lines[1].quantity = lines[1].stock + 1
      return lines
    case 5, 6:
      // 30 of the most expensive chairs that are there.
      let chairs = products.filter { $0.name.hasSuffix("Office Chair") && $0.stock >= 100 }
      return chairs.max { $0.unitPriceCents < $1.unitPriceCents }.map { [line($0, quantity: 30)] } ?? []
    default: return pickLines(count: number < 3 ? 3 : random.int(1...5))
    }
  }

  /// Lines of products that are on the shelf, in the order of their numbers.
  private mutating func pickLines(count: Int) -> [CartLine] {
    var picked: [Int: CartLine] = [:]
    while picked.count < count {
      let product = random.pick(products)
      guard product.stock > 0 else { continue }
      // Few buy many of one thing.
      picked[product.productId] = line(product, quantity: random.chance(percent: 2) ? random.int(10...30) : random.int(1...2))
    }
    return picked.values.sorted { $0.productId < $1.productId }
  }

  private func line(_ product: Product, quantity: Int) -> CartLine {
    CartLine(
      productId: product.productId, sku: product.sku, name: product.name, quantity: quantity,
      unitPriceCents: product.unitPriceCents, taxBasisPoints: product.taxBasisPoints, stock: product.stock)
  }

  private mutating func order(ofCart number: Int) -> (id: String, status: OrderStatus)? {
    switch number {
    case 7: return (Self.placedOrderID, .placed)
    case 8: return (Self.shippedOrderID, .shipped)
    case ...Self.openCartsCount: return nil
    default:
      let status: OrderStatus = random.chance(percent: 85) ? .shipped : random.chance(percent: 60) ? .placed : .cancelled
      return (random.uuid(), status)
    }
  }

  /// Seeded orders cost what the shop's own pricing says.
  private mutating func addOrder(_ order: (id: String, status: OrderStatus), cart number: Int, lines: [CartLine]) throws {
    let startOf2026 = 1_767_225_600_000
    let nineMonths = 273 * 86_400_000
    let user = users[Self.user(ofCart: number) - 1]
    let delivery: Delivery = random.chance(percent: 20) ? .express : .standard
    let identity = OrderIdentity(orderId: order.id, placedAt: startOf2026 + random.int(0...nineMonths - 1))
    let decision = try PriceCart.run(
      request: CheckoutRequest(
        userId: user.userId, cartId: "c-\(number)", coupon: nil, delivery: delivery, giftNote: nil),
      user: user,
      cart: Cart(cartId: "c-\(number)", userId: user.userId, revision: 1, orderId: nil, lines: lines),
      coupon: nil, identity: identity)
    guard let quote = quote(decision) else { return }
    script.insert(
      into: "orders",
      columns: [
        "id", "user_id", "cart_id", "status", "placed_at", "delivery", "coupon", "gift_note", "subtotal_cents",
        "discount_cents", "tax_cents", "delivery_cents", "total_cents",
      ],
      [
        .text(order.id), .int(user.userId), .text("c-\(number)"), .text(order.status.rawValue), .int(identity.placedAt),
        .text(delivery.rawValue), .null, .null, .int(quote.subtotalCents), .int(quote.discountCents),
        .int(quote.taxCents), .int(quote.deliveryCents), .int(quote.totalCents),
      ])
    for (index, line) in quote.lines.enumerated() {
      script.insert(
        into: "order_lines",
        columns: [
          "order_id", "line", "product_id", "sku", "name", "quantity", "unit_price_cents", "discount_cents", "total_cents",
        ],
        [
          .text(order.id), .int(index + 1), .int(line.productId), .text(line.sku), .text(line.name), .int(line.quantity),
          .int(line.unitPriceCents), .int(line.discountCents), .int(line.totalCents),
        ])
    }
  }

  private func quote(_ decision: Decision<Quote>) -> Quote? {
    switch decision {
    case .continue(let quote), .insert(_, let quote): quote
    case .replace, .need, .done, .fail, .yield, .emit, .take: nil
    }
  }
}
