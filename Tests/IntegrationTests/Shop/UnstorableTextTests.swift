import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

/// U+0000 has no place in PostgreSQL's text, so it is refused where a request is read, whatever database there is.
@Suite struct UnstorableTextTests {
  static let requests: [(method: String, target: String, body: String?, field: String)] = [
    ("POST", "/flow/v2/checkout-cart", #"{"user-id":1,"cart-id":"c-1\u0000"}"#, "cart-id"),
    ("POST", "/flow/v1/checkout-cart", #"{"user-id":1,"cart-id":"\u0000"}"#, "cart-id"),
    ("POST", "/flow/v2/checkout-cart", #"{"user-id":1,"cart-id":"c-1","gift-note":"a\u0000b"}"#, "gift-note"),
    ("POST", "/flow/v2/checkout-cart", #"{"user-id":1,"cart-id":"c-1","coupon":"A\u0000"}"#, "coupon"),
    ("POST", "/flow/v1/add-to-cart", #"{"cart-id":"\u0000c-1","product-id":1}"#, "cart-id"),
    ("GET", "/flow/v1/search-products?text=%00", nil, "text"),
    ("GET", "/flow/v1/search-products?text=oak%00lamp&limit=3", nil, "text"),
    ("GET", "/flow/v1/show-cart?cart-id=c-1%00", nil, "cart-id"),
    ("GET", "/flow/v1/search-products?category=toys%00", nil, "category"),
  ]

  @Test("the character U+0000 is refused with its field, and the connection goes on", arguments: Shop.Kind.allCases)
  func zero(_ kind: Shop.Kind) throws {
    let client = try TestClient(port: try Shop.open(kind).running.port)
    for request in Self.requests {
      let answer = try client.ask(request.method, request.target, request.body)
      #expect(answer.status == 422 && answer.problem == "constraint-violated", "\(request.target) \(answer.response.text)")
      #expect(answer.text("field") == request.field)
      #expect(try client.ask("GET", "/flow/v1/show-product?product-id=1").status == 200)
    }
  }

  @Test("what looks like SQL is text and nothing else", arguments: Shop.Kind.allCases)
  func injection(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let client = try TestClient(port: shop.running.port)
    let texts = [
      "';%20DROP%20TABLE%20products;%20--", "'%20OR%20'1'='1", "%25", "_", "%5C", "%5C%25", "$1", "%22", "%F0%9F%98%80", "%01",
    ]
    for text in texts {
      let answer = try client.ask("GET", "/flow/v1/search-products?text=\(text)")
      #expect(answer.status == 200 && answer.int("total") == 0, "\(text): \(answer.response.text)")
    }
    let order = String(("' OR id = id OR id = '" + String(repeating: "x", count: 36)).prefix(36))
    let encoded = order.map { $0 == " " ? "+" : $0 == "=" ? "%3D" : String($0) }.joined()
    let shown = try client.ask("GET", "/flow/v1/show-order?order-id=\(encoded)")
    #expect(shown.status == 404 && shown.problem == "order-not-found" && shown.text("order-id") == order)
    let added = try client.ask("POST", "/flow/v1/add-to-cart", #"{"cart-id":"' OR 1=1 --","product-id":1}"#)
    #expect(added.status == 404 && added.text("cart-id") == "' OR 1=1 --")
    #expect(try shop.number("SELECT COUNT(*) AS number FROM products") == 5_000)
  }

  @Test("text of every script comes back as it was stored", arguments: Shop.Kind.allCases)
  func scripts(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let note = #"Grüße, 好, 😀 "quoted" \ and 'single', tab\t"#
    let order = try shop.checkout(cart: 160, more: #","gift-note":"Grüße, 好, 😀 \"quoted\" \\ and 'single', tab\\t""#)
    #expect(order.status == 201, "\(order.response.text)")
    let row = try shop.query("SELECT gift_note FROM orders WHERE id = $1", .text(try #require(order.text("order-id")))).first
    #expect(try row?.text("gift_note") == note)
  }
}
