import CheckoutData
import Testing
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// Receipts against the rows that they come from.
@Suite struct ReceiptTests {
  @Test("the amounts of a receipt are what the rows of the cart come to", arguments: Shop.Kind.allCases, [1, 2])
  func amounts(_ kind: Shop.Kind, version: Int) throws {
    let shop = try Shop.open(kind)
    for cart in [150 + version, 152 + version] {
      let user = ShopSeed.user(ofCart: cart)
      // The cart as it stands before the checkout.
      let rows = try shop.query(
        """
        SELECT p.id, p.sku, p.unit_price_cents, p.tax_basis_points, l.quantity
        FROM cart_lines l JOIN products p ON p.id = l.product_id WHERE l.cart_id = $1 ORDER BY p.id
        """, .text("c-\(cart)"))
      let tier = try #require(try shop.query("SELECT tier FROM users WHERE id = $1", .int(user)).first?.text("tier"))
      let answer = try shop.checkout(cart: cart, version: version)
      #expect(answer.status == 201, "\(answer.response.text)")
      let orderID = try #require(answer.text("order-id"))
      let order = try #require(try shop.query("SELECT * FROM orders WHERE id = $1", .text(orderID)).first)
      let lines = try shop.query("SELECT * FROM order_lines WHERE order_id = $1 ORDER BY line", .text(orderID))

      let subtotal = try rows.reduce(0) { try $0 + $1.int("unit_price_cents") * $1.int("quantity") }
      let net = try lines.reduce(0) { try $0 + $1.int("total_cents") }
      var netByRate: [Int: Int] = [:]
      for (row, line) in zip(rows, lines) { netByRate[try row.int("tax_basis_points"), default: 0] += try line.int("total_cents") }
      let tax = netByRate.reduce(0) { $0 + ($1.value * $1.key + 5_000) / 10_000 }
      let delivery = tier == "pro" || net >= 50_00 ? 0 : 4_90
      #expect(try order.int("subtotal_cents") == subtotal)
      #expect(try order.int("discount_cents") == subtotal - net)
      #expect(try order.int("tax_cents") == tax)
      #expect(try order.int("delivery_cents") == delivery)
      #expect(try order.int("total_cents") == net + tax + delivery)
      #expect(try order.int("user_id") == user)
      #expect(try order.text("cart_id") == "c-\(cart)")
      #expect(try order.text("status") == "placed")
      #expect(try shop.query("SELECT order_id FROM carts WHERE id = $1", .text("c-\(cart)")).first?.text("order_id") == orderID)

      #expect(lines.count == rows.count)
      for (row, line) in zip(rows, lines) {
        #expect(try line.int("product_id") == row.int("id"))
        #expect(try line.int("quantity") == row.int("quantity"))
        #expect(
          try line.int("total_cents")
            == row.int("unit_price_cents") * row.int("quantity") - line.int("discount_cents"))
      }

      let told = version == 1 ? answer.list("items") : answer.list("lines")
      #expect(told.compactMap { $0["sku"] as? String } == (try rows.map { try $0.text("sku") }))
      #expect(told.compactMap { $0["quantity"] as? Int } == (try rows.map { try $0.int("quantity") }))
      if version == 1 {
        #expect(answer.int("total-cents") == net + tax + delivery)
        #expect(told.compactMap { $0["total-cents"] as? Int } == (try lines.map { try $0.int("total_cents") }))
      } else {
        func cents(_ name: String) -> Int? { answer.object(name)["cents"] as? Int }
        #expect(cents("subtotal") == subtotal && cents("discount") == subtotal - net && cents("tax") == tax)
        #expect(cents("delivery-charge") == delivery && cents("total") == net + tax + delivery)
        #expect(answer.object("customer")["tier"] as? String == tier)
      }
    }
  }

  @Test("a checkout that is refused changes nothing in the database", arguments: Shop.Kind.allCases)
  func refused(_ kind: Shop.Kind) throws {
    let shop = try SmallShop(kind, carts: 1, stock: 5)
    try shop.addProducts(500...500, stock: 5)
    try shop.addProducts(501...501, stock: 0)
    try shop.addCarts([("c-short", 1, [500, 501])])
    let before = try state(of: shop)
    try shop.serve { server in
      let answer = try TestClient(port: server.port).checkout("c-short", user: 1)
      #expect(answer.status == 409 && answer.problem == "out-of-stock" && answer.text("sku") == SmallShop.sku(501))
    }
    #expect(try state(of: shop) == before)
  }

  @Test("an order whose last write fails is rolled back to the first", arguments: Shop.Kind.allCases)
  func rollback(_ kind: Shop.Kind) throws {
    let shop = try SmallShop(kind, carts: 1, stock: 5)
    // The cart is open and has an order all the same. No request makes such rows: they let every check pass, and the
    // unique cart of an order refuse the insert, behind the writes that closed the cart and took from the shelves.
    let columns = [
      "id", "user_id", "cart_id", "status", "placed_at", "delivery", "subtotal_cents", "discount_cents", "tax_cents",
      "delivery_cents", "total_cents",
    ]
    try DatabaseAdmin.insert(
      into: "orders", columns: columns, rows: [["earlier", 1, "c-1", "placed", 0, "standard", 1, 0, 0, 0, 1]], on: shop.database)
    let before = try state(of: shop)
    try shop.serve { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<3 {
        let answer = try client.checkout("c-1", user: 1)
        #expect(answer.status == 409 && answer.problem == "cart-changed" && answer.text("cart-id") == "c-1")
      }
    }
    #expect(try state(of: shop) == before)
  }

  private func state(of shop: SmallShop) throws -> [Int?] {
    [
      try shop.number("SELECT COUNT(*) AS number FROM orders"), try shop.number("SELECT COUNT(*) AS number FROM order_lines"),
      try shop.number("SELECT CAST(SUM(stock) AS BIGINT) AS number FROM products"),
      try shop.number("SELECT CAST(SUM(revision) AS BIGINT) AS number FROM carts"),
      try shop.number("SELECT COUNT(*) AS number FROM carts WHERE order_id IS NULL"),
    ]
  }
}
