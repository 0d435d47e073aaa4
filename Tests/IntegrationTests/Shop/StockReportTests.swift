import Testing
import ZerverServer
import ZerverTesting

/// An answer in parts, with a database behind it.
@Suite struct StockReportTests {
  @Test("the stock of every product comes part by part, in order", arguments: Shop.Kind.allCases)
  func everything(_ kind: Shop.Kind) throws {
    let shop = try Shop.open(kind)
    let count = try shop.number("SELECT COUNT(*) AS number FROM products")
    let last = try #require(try shop.number("SELECT MAX(id) AS number FROM products"))
    let client = try TestClient(port: shop.running.port)
    let response = try client.request("GET", "/flow/v1/report-stock")
    #expect(response.status == 200 && response["content-type"] == "application/x-ndjson")
    #expect(response["transfer-encoding"] == "chunked")
    let lines = response.text.split(separator: "\n")
    #expect(lines.count == count)
    #expect(lines.first?.hasPrefix(#"{"product-id":1,"#) == true)
    #expect(lines.last?.hasPrefix("{\"product-id\":\(last),") == true)
    // The connection serves on.
    #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
  }

  @Test("as events for a client that asks for them", arguments: Shop.Kind.allCases)
  func events(_ kind: Shop.Kind) throws {
    let client = try TestClient(port: Shop.open(kind).running.port)
    let response = try client.request(
      "GET", "/flow/v1/report-stock?most-pieces=0", headers: ["Accept: text/event-stream"])
    #expect(response["content-type"] == "text/event-stream")
    for event in response.text.split(separator: "\n\n") { #expect(event.hasPrefix(#"data: {"product-id":"#)) }
  }

  @Test("what cannot be read of the query is a problem", arguments: Shop.Kind.allCases)
  func refused(_ kind: Shop.Kind) throws {
    #expect(try Shop.open(kind).get("/flow/v1/report-stock?most-pieces=-1").problem == "constraint-violated")
  }
}
