import CheckoutData
import Testing
import ZerverCore

/// A loop with compensations, and a detached step, on real databases.
@Suite struct HoldCartTests {
  /// A cart of its own with these products, one piece each.
  private func cart(_ id: String, _ products: [Int], in shop: Shop) throws {
    _ = try shop.query("INSERT INTO carts (id, user_id, revision) VALUES ($1, 1, 1)", .text(id))
    for product in products {
      _ = try shop.query(
        "INSERT INTO cart_lines (cart_id, product_id, quantity) VALUES ($1, $2, 1)", .text(id), .int(product))
    }
  }

  private func product(_ id: Int, stock: Int, in shop: Shop) throws {
    _ = try shop.query(
      """
      INSERT INTO products (id, sku, name, search_name, category, unit_price_cents, tax_basis_points, stock)
      VALUES ($1, $2, 'Hold', 'hold', 'toys', 100, 1900, $3)
      """, .int(id), .text("HOLD-\(id)"), .int(stock))
  }

  private func stock(_ id: Int, in shop: Shop) throws -> Int? {
    try shop.number("SELECT stock AS number FROM products WHERE id = $1", .int(id))
  }

  @Test("all lines are laid aside, in their order", arguments: Shop.Kind.allCases)
  func holds(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    for id in [900_001, 900_002] { try product(id, stock: 5, in: shop) }
    try cart("hold-all", [900_001, 900_002], in: shop)
    let answer = try shop.post("/flow/v1/hold-cart", #"{"cart-id":"hold-all"}"#)
    #expect(answer.status == 200 && answer.int("pieces") == 2)
    #expect(answer.list("holds").compactMap { $0["sku"] as? String } == ["HOLD-900001", "HOLD-900002"])
    #expect(try stock(900_001, in: shop) == 4)
    #expect(try stock(900_002, in: shop) == 4)
    // What lies aside is not laid aside again, and what the attempt has done so far is taken back.
    #expect(try shop.post("/flow/v1/hold-cart", #"{"cart-id":"hold-all"}"#).problem == "already-held")
    #expect(try stock(900_001, in: shop) == 4)
  }

  @Test("when a line is sold out, the lines before it go back to the shelf", arguments: Shop.Kind.allCases)
  func takesBack(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    for (id, stock) in [(900_011, 5), (900_012, 5), (900_013, 0), (900_014, 5)] { try product(id, stock: stock, in: shop) }
    try cart("hold-none", [900_011, 900_012, 900_013, 900_014], in: shop)
    let answer = try shop.post("/flow/v1/hold-cart", #"{"cart-id":"hold-none"}"#)
    #expect(answer.status == 409 && answer.problem == "out-of-stock" && answer.text("sku") == "HOLD-900013")
    for id in [900_011, 900_012, 900_014] { #expect(try stock(id, in: shop) == 5) }
    #expect(try shop.number("SELECT COUNT(*) AS number FROM holds WHERE cart_id = 'hold-none'") == 0)
  }

  @Test("a cart with more lines than the loop may have is refused, and nothing is laid aside", arguments: Shop.Kind.allCases)
  func tooMany(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let ids = Array(900_100..<900_151)
    for id in ids { try product(id, stock: 1, in: shop) }
    try cart("hold-many", ids, in: shop)
    let answer = try shop.post("/flow/v1/hold-cart", #"{"cart-id":"hold-many"}"#)
    #expect(answer.status == 422 && answer.problem == "too-many-elements" && answer.int("limit") == 50)
    #expect(try shop.number("SELECT COUNT(*) AS number FROM holds WHERE cart_id = 'hold-many'") == 0)
  }

  @Test("the receipt is asked for behind the answer", arguments: Shop.Kind.allCases)
  func receipt(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    try product(900_200, stock: 3, in: shop)
    try cart("mail-me", [900_200], in: shop)
    let answer = try shop.post("/flow/v2/checkout-cart", #"{"cart-id":"mail-me","user-id":1}"#)
    #expect(answer.status == 201)
    let order = try #require(answer.text("order-id"))
    try until("the receipt is asked for") {
      try shop.number("SELECT COUNT(*) AS number FROM receipt_mails WHERE order_id = $1", .text(order)) == 1
    }
  }
}
