import CheckoutData
import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

/// The flows of the shop but for the checkout.
@Suite struct ShopFlowsTests {
  @Test("the catalog lists every flow with its life cycle", arguments: Shop.Kind.allCases)
  func catalog(_ kind: Shop.Kind) throws {
    let flows = try Shop.open(kind).get("/flow/v1/catalog").list("flows")
    let names = Set(flows.compactMap { $0["path"] as? String })
    func life(_ path: String) -> [String: Any] { flows.first { $0["path"] as? String == path } ?? [:] }
    // What is deprecated says so before the day has come, and is listed as such from that day on.
    #expect(["active", "deprecated", "retired"].contains(life("/flow/v1/checkout-cart")["status"] as? String))
    #expect(life("/flow/v1/checkout-cart")["successor"] as? String == "/flow/v2/checkout-cart")
    #expect(life("/flow/v1/checkout-cart")["deprecated"] as? String == "2026-10-01")
    #expect(life("/flow/v1/checkout-cart")["sunset"] as? String == "2027-04-01")
    #expect(flows.allSatisfy { $0["status"] is String && $0["owner"] is String && $0["method"] is String })
    #expect(life("/flow/v2/checkout-cart")["status"] as? String == "active")
    #expect((life("/flow/v2/checkout-cart")["aliases"] as? [[String: Any]])?.compactMap { $0["mode"] as? String } == ["redirect", "serve"])
    #expect(life("/flow/v1/report-sales")["profile"] as? String == "batch")
    #expect(
      names.isSuperset(of: [
        "/flow/v1/add-products", "/flow/v1/add-to-cart", "/flow/v1/cancel-order", "/flow/v1/checkout-cart", "/flow/v1/report-sales",
        "/flow/v1/say-hello", "/flow/v1/search-products", "/flow/v1/show-cart", "/flow/v1/show-message",
        "/flow/v1/show-order", "/flow/v1/show-product", "/flow/v2/checkout-cart",
      ]))
  }

  @Test("greetings, in text and in JSON", arguments: Shop.Kind.allCases)
  func greetings(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let hello = try shop.get("/flow/v1/say-hello").response
    #expect(hello.status == 200 && hello.text == "Hello, world!" && hello["content-type"] == "text/plain; charset=utf-8")
    let message = try shop.get("/flow/v1/show-message").response
    #expect(message.text == #"{"message":"Hello, world!"}"# && message["content-type"] == "application/json")
  }

  @Test("a product is shown by its number", arguments: Shop.Kind.allCases)
  func product(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let product = try shop.get("/flow/v1/show-product?product-id=42")
    #expect(product.status == 200 && product.int("product-id") == 42 && product.text("sku") == "BOO-00042")
    #expect(try shop.get("/flow/v1/show-product?product-id=5001").problem == "product-not-found")
    #expect(try shop.get("/flow/v1/show-product?product-id=0").problem == "constraint-violated")
    #expect(try shop.get("/flow/v1/show-product").text("field") == "product-id")
  }

  @Test("a search pages through what matches", arguments: Shop.Kind.allCases)
  func search(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let expected = try shop.number(
      "SELECT COUNT(*) AS number FROM products WHERE search_name LIKE '%oak%lamp%' AND category = 'lighting' AND stock > 0")
    var seen: [Int] = []
    var page: Int? = 1
    while let number = page {
      let answer = try shop.get(
        "/flow/v1/search-products?text=Oak%20Lamp&category=lighting&in-stock=true&limit=7&page=\(number)")
      #expect(answer.status == 200 && answer.int("total") == expected)
      seen += answer.list("products").compactMap { $0["product-id"] as? Int }
      page = answer.int("next")
    }
    #expect(seen.count == expected && Set(seen).count == expected && seen.count > 7)
    #expect(try shop.get("/flow/v1/search-products?text=100%25").int("total") == 0)
    #expect(try shop.get("/flow/v1/search-products").int("total") == ShopSeed.productsCount)
    let beyond = try shop.get("/flow/v1/search-products?text=oak&limit=100&page=10000")
    #expect(beyond.status == 200 && beyond.list("products").isEmpty && beyond.int("next") == nil && beyond.int("total") != 0)
    #expect(try shop.get("/flow/v1/search-products?limit=1").list("products").count == 1)
    #expect(try shop.get("/flow/v1/search-products?limit=100").list("products").count == 100)
    #expect(try shop.get("/flow/v1/search-products?limit=0").text("field") == "limit")
    #expect(try shop.get("/flow/v1/search-products?page=10001").text("field") == "page")
    #expect(try shop.get("/flow/v1/search-products?limit=101").text("field") == "limit")
    #expect(try shop.get("/flow/v1/search-products?category=cars").text("field") == "category")
    #expect(try shop.get("/flow/v1/search-products?text=%zz").status == 400)
  }

  @Test("pieces are added to a cart on one line for each product", arguments: Shop.Kind.allCases)
  func addToCart(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let before = try #require(try shop.get("/flow/v1/show-cart?cart-id=c-130").int("pieces"))
    for (quantity, pieces) in [(2, before + 2), (3, before + 5)] {
      let answer = try shop.post(
        "/flow/v1/add-to-cart", #"{"cart-id":"c-130","product-id":4999,"quantity":\#(quantity)}"#)
      #expect(answer.status == 200 && answer.int("pieces") == pieces, "\(answer.response.text)")
    }
    let cart = try shop.get("/flow/v1/show-cart?cart-id=c-130")
    #expect(cart.list("lines").filter { $0["product-id"] as? Int == 4999 }.map { $0["quantity"] as? Int } == [5])

    #expect(try shop.post("/flow/v1/add-to-cart", #"{"cart-id":"c-0","product-id":1}"#).problem == "cart-not-found")
    #expect(try shop.post("/flow/v1/add-to-cart", #"{"cart-id":"c-130","product-id":9999}"#).problem == "product-not-found")
    #expect(try shop.post("/flow/v1/add-to-cart", #"{"cart-id":"c-7","product-id":1}"#).problem == "cart-already-ordered")
    #expect(
      try shop.post("/flow/v1/add-to-cart", #"{"cart-id":"c-130","product-id":1,"quantity":100}"#).text("field")
        == "quantity")
  }

  @Test("several products go into a cart together, or none of them", arguments: Shop.Kind.allCases)
  func addProducts(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let lines = "SELECT COUNT(*) AS number FROM cart_lines WHERE cart_id = $1"
    let pieces = "SELECT CAST(SUM(quantity) AS BIGINT) AS number FROM cart_lines WHERE cart_id = $1"
    let before = (try shop.number(lines, "c-131"), try #require(try shop.number(pieces, "c-131")))
    func add(_ products: String) throws -> Answer {
      try shop.post("/flow/v1/add-products", #"{"cart-id":"c-131","products":[\#(products)]}"#)
    }
    let added = try add(#"{"product-id":4001,"quantity":2},{"product-id":4002},{"product-id":4001,"quantity":3}"#)
    #expect(added.status == 200 && added.int("pieces") == before.1 + 6, "\(added.response.text)")
    // The third one does not exist: the first two are taken out again, the one with its line.
    let failed = try add(#"{"product-id":4001,"quantity":7},{"product-id":4003,"quantity":7},{"product-id":9999}"#)
    #expect(failed.status == 404 && failed.problem == "product-not-found" && failed.int("product-id") == 9999)
    #expect(try shop.number(pieces, "c-131") == before.1 + 6)
    #expect(try shop.number(lines, "c-131") == before.0.map { $0 + 2 })
    #expect(try add("").problem == "constraint-violated")
    #expect(try add((1...11).map { #"{"product-id":\#($0)}"# }.joined(separator: ",")).problem == "constraint-violated")
    // By its REST path the cart comes from there.
    let bound = try shop.post("/carts/c-131/products", #"{"products":[{"product-id":4002}]}"#)
    #expect(bound.status == 200 && bound.int("pieces") == before.1 + 7, "\(bound.response.text)")
  }

  @Test("flows answer by their REST paths as by their own", arguments: Shop.Kind.allCases)
  func restPaths(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let order = try #require(try shop.checkout(cart: 141).text("order-id"))
    let shown = try shop.get("/orders/\(order)")
    #expect(shown.status == 200 && shown.text("order-id") == order, "\(shown.response.text)")
    #expect(shown.response["content-location"] == "/flow/v1/show-order?order-id=\(order)")
    #expect(shown.response.body == (try shop.get("/flow/v1/show-order?order-id=\(order)").response.body))
    let wrong = try shop.get("/orders/no-order")
    #expect(wrong.status == 422 && wrong.text("field") == "order-id")
    // A plan in Swift, behind a path without fields.
    #expect(try shop.get("/products?text=oak&limit=2").response.body == (try shop.get("/flow/v1/search-products?text=oak&limit=2").response.body))
    let cancelled = try shop.post("/orders/\(order)/cancellation", #"{"user-id":141}"#)
    #expect(cancelled.status == 200 && cancelled.text("status") == "cancelled", "\(cancelled.response.text)")
    #expect(try shop.post("/orders/\(order)/cancellation", #"{"user-id":141,"order-id":"x"}"#).status == 422)
  }

  @Test("a cancelled order gives its pieces back, once", arguments: Shop.Kind.allCases)
  func cancel(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let stock = "SELECT CAST(SUM(p.stock) AS BIGINT) AS number FROM products p JOIN cart_lines l ON l.product_id = p.id WHERE l.cart_id = $1"
    let before = try shop.number(stock, "c-140")
    let order = try #require(try shop.checkout(cart: 140).text("order-id"))
    func cancel(user: Int) throws -> Answer {
      try shop.post("/flow/v1/cancel-order", #"{"order-id":"\#(order)","user-id":\#(user)}"#)
    }
    #expect(try cancel(user: 141).problem == "order-not-found")
    let first = try cancel(user: 140)
    #expect(first.status == 200 && first.text("status") == "cancelled" && first.int("returned-pieces") != 0)
    #expect(try shop.number(stock, "c-140") == before)
    // The answer does not wait for the notice.
    try until("the customer's notice is queued") {
      try shop.number("SELECT COUNT(*) AS number FROM notices WHERE order_id = $1", .text(order)) == 1
    }
    let second = try cancel(user: 140)
    #expect(second.status == 200 && second.int("returned-pieces") == 0)
    #expect(try shop.number(stock, "c-140") == before)
    #expect(try shop.get("/flow/v1/show-order?order-id=\(order)").text("status") == "cancelled")
    #expect(
      try shop.post("/flow/v1/cancel-order", #"{"order-id":"\#(ShopSeed.shippedOrderID)","user-id":8}"#).problem
        == "order-not-cancellable")
  }

  @Test("the report of a period is the sum of its order lines", arguments: Shop.Kind.allCases)
  func report(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let answer = try shop.get("/flow/v1/report-sales?from-day=2026-03-01&to-day=2026-08-31")
    #expect(answer.status == 200, "\(answer.response.text)")
    let condition = """
      FROM order_lines l JOIN orders o ON o.id = l.order_id
      WHERE o.status <> 'cancelled' AND o.placed_at >= 1772323200000 AND o.placed_at < 1788220800000
      """
    let totals = answer.object("totals")
    #expect(
      try shop.number("SELECT CAST(SUM(l.total_cents) AS BIGINT) AS number \(condition)") == totals["total-cents"] as? Int)
    #expect(try shop.number("SELECT COUNT(DISTINCT o.id) AS number \(condition)") == totals["orders"] as? Int)
    #expect((totals["best-sellers"] as? [Any])?.count == 10 && (totals["categories"] as? [Any])?.count == 8)

    #expect(try shop.get("/flow/v1/report-sales?from-day=2026-02-30").problem == "day-unknown")
    #expect(try shop.get("/flow/v1/report-sales?from-day=2026-03-02&to-day=2026-03-01").problem == "period-reversed")
    #expect(try shop.get("/flow/v1/report-sales?from-day=yesterday").text("field") == "from-day")
  }

  @Test("a name that is close answers in place, another redirects", arguments: Shop.Kind.allCases)
  func aliases(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let redirect = try shop.get("/flow/v1/find-products?text=oak")
    #expect(redirect.status == 308 && redirect.response["location"] == "/flow/v1/search-products?text=oak")
    let served = try shop.get("/flow/v1/order-status?order-id=\(ShopSeed.placedOrderID)")
    #expect(served.status == 200 && served.response["content-location"] == "/flow/v1/show-order")
  }
}
