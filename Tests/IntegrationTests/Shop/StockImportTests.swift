import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

/// A body in parts, with a database behind it.
@Suite struct StockImportTests {
  private func send(_ body: String, to shop: Shop) throws -> Answer {
    let client = try TestClient(port: shop.running.port)
    try client.send(
      "POST /flow/v1/import-stock HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
    try client.send(body)
    return Answer(try client.readResponse())
  }

  /// Products that no other test buys.
  private func lastProducts(_ count: Int, of shop: Shop) throws -> [String] {
    try shop.query("SELECT sku FROM products ORDER BY id DESC LIMIT $1", .int(count)).map { try $0.text("sku") }
  }

  @Test("a count of many parts is written to its end", arguments: Shop.Kind.allCases)
  func everything(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let products = try lastProducts(4, of: shop)
    // Each product is counted again and again; the last count stays.
    let lines = (1...5000).map { number in #"{"sku":"\#(products[number % 4])","pieces":\#(number)}"# }
    let body = lines.joined(separator: "\n")
    #expect(body.utf8.count > 2 * 64 << 10)
    let answer = try send(body, to: shop)
    #expect(answer.status == 200)
    #expect(answer.int("products") == 5000)
    #expect(answer.int("pieces") == 5000 * 5001 / 2)
    for number in 4997...5000 {
      #expect(try shop.number("SELECT stock AS number FROM products WHERE sku = $1", .text(products[number % 4])) == number)
    }
  }

  @Test("what cannot be written is named, and its part is not written", arguments: Shop.Kind.allCases)
  func unknown(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let product = try #require(try lastProducts(5, of: shop).last)
    let stock = try shop.number("SELECT stock AS number FROM products WHERE sku = $1", .text(product))
    let answer = try send("{\"sku\":\"\(product)\",\"pieces\":999999}\n{\"sku\":\"no such\",\"pieces\":1}\n", to: shop)
    #expect(answer.status == 422 && answer.problem == "sku-unknown")
    #expect(answer.text("sku") == "no such")
    #expect(try shop.number("SELECT stock AS number FROM products WHERE sku = $1", .text(product)) == stock)
  }

  @Test("a line that breaks a rule is named by its number", arguments: Shop.Kind.allCases)
  func badLine(_ kind: Shop.Kind) throws {
    let answer = try send("{\"sku\":\"a\",\"pieces\":1}\n{\"sku\":\"a\",\"pieces\":-1}\n", to: try Shop.open(kind))
    #expect(answer.problem == "constraint-violated")
    #expect(answer.int("line") == 2 && answer.text("field") == "pieces")
  }
}
