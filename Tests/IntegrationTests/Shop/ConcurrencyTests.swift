import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

/// Many clients at once, on rows that they share.
@Suite struct ConcurrencyTests {
  @Test("of many checkouts of the last piece one wins, and the others hear that there is none", arguments: Shop.Kind.allCases)
  func lastPiece(_ kind: Shop.Kind) throws {
    let shop = try SmallShop(kind, carts: 1, stock: 1)
    let clients = 12
    try shop.serve { server in
      let port = server.port
      for round in 1...5 {
        // Taken from the shelf before the last piece is missed: those that lose must put it back.
        let common = 1_000 + 2 * round
        let product = common + 1
        try shop.addProducts(common...common, stock: 100)
        try shop.addProducts(product...product, stock: 1)
        try shop.addCarts((1...clients).map { ("last-\(round)-\($0)", $0, [common, product]) })
        let answers = try onThreads(clients) { number in
          let answer = try TestClient(port: port).checkout("last-\(round)-\(number + 1)", user: number + 1)
          return (status: answer.status, problem: answer.problem, sku: answer.text("sku"))
        }
        let refused = answers.filter { $0.status != 201 }
        #expect(refused.count == clients - 1)
        #expect(refused.allSatisfy { $0.status == 409 && $0.problem == "out-of-stock" && $0.sku == SmallShop.sku(product) })
        #expect(try shop.number("SELECT stock AS number FROM products WHERE id = $1", .int(product)) == 0)
        #expect(try shop.number("SELECT stock AS number FROM products WHERE id = $1", .int(common)) == 99)
        #expect(try shop.number("SELECT COUNT(*) AS number FROM order_lines WHERE product_id = $1", .int(product)) == 1)
        // Those that lost have kept their carts open.
        #expect(
          try shop.number(
            "SELECT COUNT(*) AS number FROM carts WHERE id LIKE $1 AND order_id IS NULL", .text("last-\(round)-%"))
            == clients - 1)
      }
    }
  }

  @Test("under a mixed load every answer is one that its flow may give, and no piece gets lost", arguments: Shop.Kind.allCases)
  func mixedLoad(_ kind: Shop.Kind) throws {
    let clients = 32
    let roundsEach = 6
    let stock = 15
    let shop = try SmallShop(kind, carts: clients * roundsEach, stock: stock)
    let orders = try shop.serve { server in
      let port = server.port
      return try onThreads(clients) { number in
        let client = try TestClient(port: port)
        var visitor = Visitor(client: client)
        for round in 0..<roundsEach { try visitor.visit(cart: number * roundsEach + round + 1, cancels: round % 3 == 2) }
        return visitor
      }
    }

    let stored = try shop.orderIDs()
    let acknowledged = orders.flatMap(\.acknowledged)
    #expect(acknowledged.count >= 20 && Set(acknowledged).count == acknowledged.count)
    #expect(stored.isSuperset(of: acknowledged))
    #expect(orders.flatMap(\.surprises) == [])
    // What has left a shelf is in an order, and what was cancelled is back.
    let lost = try shop.number(
      """
      SELECT COUNT(*) AS number FROM products p WHERE p.stock < 0 OR p.stock + (
        SELECT COALESCE(SUM(l.quantity), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id
        WHERE l.product_id = p.id AND o.status <> 'cancelled') <> $1
      """, .int(stock))
    #expect(lost == 0)
    #expect(
      try shop.number(
        """
        SELECT COUNT(*) AS number FROM orders o
        WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)
          OR NOT EXISTS (SELECT 1 FROM carts c WHERE c.id = o.cart_id AND c.order_id = o.id)
        """) == 0)
  }

  /// One customer with a connection of its own, who looks around, buys, and sometimes cancels.
  private struct Visitor: @unchecked Sendable {
    // Used by one thread at a time: the client's own, then the test's.
    let client: TestClient
    var acknowledged: [String] = []
    /// Answers that the flow may not give.
    var surprises: [String] = []

    init(client: TestClient) { self.client = client }

    mutating func visit(cart: Int, cancels: Bool) throws {
      let user = SmallShop.user(ofCart: cart)
      let product = SmallShop.products(inCart: cart)[0]
      try ask("GET", "/flow/v1/say-hello", allowed: ["200"])
      try ask("GET", "/flow/v1/show-product?product-id=\(product)", allowed: ["200"])
      try ask("GET", "/flow/v1/search-products?text=thing&limit=5", allowed: ["200"])
      try ask(
        "POST", "/flow/v1/add-to-cart", #"{"cart-id":"c-\#(cart)","product-id":\#(product)}"#, allowed: ["200"])
      try ask("GET", "/flow/v1/show-cart?cart-id=c-\(cart)", allowed: ["200"])
      let receipt = try ask(
        "POST", "/flow/v\(cart % 2 + 1)/checkout-cart", #"{"cart-id":"c-\#(cart)","user-id":\#(user)}"#,
        allowed: ["201", "409 out-of-stock"])
      try ask("GET", "/flow/v1/report-sales", allowed: ["200"])
      try ask("GET", "/flow/v1/show-product?product-id=999999", allowed: ["404 product-not-found"])
      guard receipt.status == 201, let order = receipt.text("order-id") else { return }
      acknowledged.append(order)
      try ask("GET", "/flow/v1/show-order?order-id=\(order)", allowed: ["200"])
      guard cancels else { return }
      try ask("POST", "/flow/v1/cancel-order", #"{"order-id":"\#(order)","user-id":\#(user)}"#, allowed: ["200"])
    }

    /// A machine that is busy with other things may let a deadline pass, which is an answer that every flow may give.
    @discardableResult
    private mutating func ask(_ method: String, _ target: String, _ body: String? = nil, allowed: Set<String>) throws -> Answer {
      let answer = try client.ask(method, target, body)
      let name = ([String(answer.status)] + (answer.problem.map { [$0] } ?? [])).joined(separator: " ")
      let late: Set = ["504 deadline-exceeded", "504 step-timed-out", "504 dependency-timed-out"]
      if !allowed.union(late).contains(name) { surprises.append("\(method) \(target): \(name) \(answer.response.text)") }
      return answer
    }
  }
}
