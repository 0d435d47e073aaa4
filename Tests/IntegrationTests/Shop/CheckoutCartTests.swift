import CheckoutData
import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@Suite struct CheckoutCartTests {
  @Test("an order comes out of the rows of the cart, and is in the database afterwards", arguments: Shop.Kind.allCases)
  func order(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let stock = "SELECT CAST(SUM(p.stock) AS BIGINT) AS number FROM products p JOIN cart_lines l ON l.product_id = p.id WHERE l.cart_id = $1"
    let before = try #require(try shop.number(stock, "c-101"))
    let pieces = try #require(
      try shop.number("SELECT CAST(SUM(quantity) AS BIGINT) AS number FROM cart_lines WHERE cart_id = $1", "c-101"))

    let answer = try shop.checkout(cart: 101, more: #","delivery":"express","gift-note":" For you ""#)
    #expect(answer.status == 201, "\(answer.response.text)")
    let orderID = try #require(answer.text("order-id"))
    let total = try #require(answer.object("total")["cents"] as? Int)

    #expect(try shop.number("SELECT total_cents AS number FROM orders WHERE id = $1", .text(orderID)) == total)
    #expect(try shop.query("SELECT gift_note FROM orders WHERE id = $1", .text(orderID)).first?.text("gift_note") == "For you")
    #expect(
      try shop.number("SELECT COUNT(*) AS number FROM order_lines WHERE order_id = $1", .text(orderID))
        == answer.list("lines").count)
    #expect(try shop.number(stock, "c-101") == before - pieces)

    let shown = try shop.get("/flow/v1/show-order?order-id=\(orderID)")
    #expect(shown.status == 200)
    #expect(shown.int("total-cents") == total && shown.int("pieces") == pieces && shown.text("delivery") == "express")
  }

  @Test("ordering a cart again answers with the order that it became", arguments: Shop.Kind.allCases)
  func again(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let first = try shop.checkout(cart: 102)
    let second = try shop.checkout(cart: 102)
    #expect(first.status == 201 && second.status == 201)
    #expect(first.response.body == second.response.body)
    #expect(try shop.number("SELECT COUNT(*) AS number FROM orders WHERE cart_id = $1", "c-102") == 1)
  }

  @Test("a checkout under a key is answered once more, and the key stands for that cart", arguments: Shop.Kind.allCases)
  func keyed(_ kind: Shop.Kind) throws {
    let client = try TestClient(port: Shop.open(kind).running.port)
    func checkout(_ cart: Int) throws -> Answer {
      Answer(
        try client.request(
          "POST", "/flow/v2/checkout-cart", headers: [#"Idempotency-Key: "order-105""#],
          body: #"{"cart-id":"c-\#(cart)","user-id":\#(ShopSeed.user(ofCart: cart))}"#))
    }
    let first = try checkout(105)
    #expect(first.status == 201 && first.response["location"] != nil, "\(first.response.text)")
    let second = try checkout(105)
    #expect(second.response.body == first.response.body && second.response["location"] == first.response["location"])
    let other = try checkout(106)
    #expect(other.status == 422 && other.problem == "idempotency-key-reused")
  }

  @Test("of two checkouts at once, one makes the order", arguments: Shop.Kind.allCases)
  func atOnce(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    for cart in 110..<120 {
      let body = #"{"cart-id":"c-\#(cart)","user-id":\#(ShopSeed.user(ofCart: cart))}"#
      let clients = try (0..<4).map { _ in try TestClient(port: shop.running.port) }
      for client in clients {
        try client.send(
          "POST /flow/v2/checkout-cart HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
      }
      let answers = try clients.map { Answer(try $0.readResponse()) }
      let orders = Set(answers.compactMap { $0.text("order-id") })
      #expect(orders.count == 1)
      #expect(answers.allSatisfy { $0.status == 201 || $0.problem == "cart-changed" })
      #expect(try shop.number("SELECT COUNT(*) AS number FROM orders WHERE cart_id = $1", .text("c-\(cart)")) == 1)
    }
  }

  @Test("version 1 answers in cents, is deprecated, and says so on success and on failure", arguments: Shop.Kind.allCases)
  func version1(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let answer = try shop.checkout(cart: 103, version: 1)
    #expect(answer.status == 201 && answer.int("total-cents") != nil && !answer.list("items").isEmpty)
    let path = "/flow/v1/checkout-cart"
    let answers = [
      answer, try shop.checkout(cart: 3, version: 1), try shop.post(path, #"{"user-id":1,"cart-id":"c-0"}"#),
      try shop.post(path, #"{"user-id":1,"#), try shop.post(path, "{}"), try shop.get(path),
      try shop.post("/flow/v1/pay-cart", "{}"),
    ]
    #expect(answers.map(\.status) == [201, 409, 404, 400, 422, 405, 308])
    for response in answers.map(\.response) {
      #expect(response["deprecation"] == "@1790812800")
      #expect(response["sunset"] == "Thu, 01 Apr 2027 00:00:00 GMT")
      #expect(response["link"]?.contains(#"</flow/v2/checkout-cart>; rel="successor-version""#) == true)
    }
    #expect(try shop.checkout(cart: 3, version: 2).response["deprecation"] == nil)
  }

  @Test("one alias redirects, another is answered in place", arguments: Shop.Kind.allCases)
  func aliases(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let redirect = try shop.post("/flow/v2/pay-cart?from=mail", "{}")
    // 308 tells the client to repeat the same method with the same body (RFC 9110 §15.4.9).
    #expect(redirect.status == 308)
    #expect(redirect.response["location"] == "/flow/v2/checkout-cart?from=mail")
    let served = try shop.post("/flow/v2/checkout-now", #"{"cart-id":"c-104","user-id":104}"#)
    #expect(served.status == 201)
    #expect(served.response["content-location"] == "/flow/v2/checkout-cart")
    #expect(served.response["link"] == #"</flow/v2/checkout-cart>; rel="canonical""#)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: String
    let status: Int
    let code: String
    var member: (name: String, value: String)?
  }

  static let refusals = [
    Refusal(
      testDescription: "unknown cart", body: #"{"user-id":1,"cart-id":"c-0"}"#, status: 404, code: "cart-not-found",
      member: ("cart-id", "c-0")),
    Refusal(
      testDescription: "somebody else's cart", body: #"{"user-id":1,"cart-id":"c-2"}"#, status: 404, code: "cart-not-found"),
    Refusal(
      testDescription: "unknown user", body: #"{"user-id":999999,"cart-id":"c-1"}"#, status: 404, code: "user-not-found",
      member: ("user-id", "999999")),
    Refusal(testDescription: "empty cart", body: #"{"user-id":3,"cart-id":"c-3"}"#, status: 409, code: "cart-empty"),
    Refusal(
      testDescription: "out of stock", body: #"{"user-id":4,"cart-id":"c-4"}"#, status: 409, code: "out-of-stock",
      member: ("sku", "OFF-01454")),
    Refusal(
      testDescription: "over the credit limit", body: #"{"user-id":5,"cart-id":"c-5"}"#, status: 402,
      code: "credit-limit-exceeded"),
    Refusal(
      testDescription: "unknown coupon", body: #"{"user-id":1,"cart-id":"c-1","coupon":"nothing"}"#, status: 422,
      code: "coupon-not-valid", member: ("coupon", "NOTHING")),
    Refusal(
      testDescription: "a coupon that has ended", body: #"{"user-id":1,"cart-id":"c-1","coupon":"PAST20"}"#, status: 422,
      code: "coupon-not-valid"),
    Refusal(testDescription: "malformed JSON", body: #"{"user-id":1,"cart-id":"#, status: 400, code: "malformed-json"),
    Refusal(
      testDescription: "missing field", body: #"{"cart-id":"c-1"}"#, status: 422, code: "missing-field",
      member: ("field", "user-id")),
    Refusal(
      testDescription: "out of range", body: #"{"user-id":0,"cart-id":"c-1"}"#, status: 422, code: "constraint-violated",
      member: ("field", "user-id")),
    Refusal(
      testDescription: "too long", body: #"{"user-id":1,"cart-id":"\#(String(repeating: "c", count: 65))"}"#, status: 422,
      code: "constraint-violated", member: ("field", "cart-id")),
    Refusal(
      testDescription: "pattern", body: #"{"user-id":1,"cart-id":"c-1","coupon":"10 %"}"#, status: 422,
      code: "constraint-violated", member: ("field", "coupon")),
    Refusal(
      testDescription: "no case of the enum", body: #"{"user-id":1,"cart-id":"c-1","delivery":"drone"}"#, status: 422,
      code: "constraint-violated", member: ("field", "delivery")),
    Refusal(
      testDescription: "wrong type", body: #"{"user-id":"1","cart-id":"c-1"}"#, status: 422, code: "wrong-type",
      member: ("field", "user-id")),
    Refusal(
      testDescription: "unknown member", body: #"{"user-id":1,"cart-id":"c-1","price":1}"#, status: 422,
      code: "unknown-field", member: ("field", "price")),
  ]

  @Test("what cannot be ordered is refused with its cause", arguments: Shop.Kind.allCases, refusals)
  func refusal(_ kind: Shop.Kind, _ refusal: Refusal) throws {
    let shop = try Shop.open(kind)
    for version in 1...2 {
      let answer = try shop.post("/flow/v\(version)/checkout-cart", refusal.body)
      #expect(answer.status == refusal.status, "\(answer.response.text)")
      #expect(answer.problem == refusal.code)
      if let (name, value) = refusal.member { #expect(answer.json[name].map { "\($0)" } == value) }
    }
  }

  @Test("an expensive cart within the credit limit is ordered", arguments: Shop.Kind.allCases)
  func expensive(_ kind: Shop.Kind) throws {
    #expect(try Shop.open(kind).checkout(cart: 6).status == 201)
  }

  @Test("what a client marks as sensitive stays out of a problem", arguments: Shop.Kind.allCases)
  func sensitive(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let secret = String(repeating: "secret ", count: 40)
    let answer = try shop.post("/flow/v2/checkout-cart", #"{"user-id":1,"cart-id":"c-1","gift-note":"\#(secret)"}"#)
    #expect(answer.status == 422 && answer.text("field") == "gift-note")
    #expect(!answer.response.text.contains("secret"))
  }
}
