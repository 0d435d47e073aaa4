import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@testable import ZerverDatabase

@Suite struct LockedDatabaseTests {
  @Test("rows that are locked for too long cost 504s, and everything goes on when they are free", arguments: Shop.Kind.allCases, proactors)
  func locked(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    let carts = 24
    let stock = 1_000
    let shop = try SmallShop(kind, carts: carts, stock: stock)
    let holder = try shop.openSession()
    try holder.begin()
    _ = try holder.run("UPDATE products SET name = name", [])
    try shop.serve(proactor) { server in
      let port = server.port
      let late = try onThreads(carts) { number in
        let client = try TestClient(port: port)
        let answer = try client.checkout("c-\(number + 1)", user: SmallShop.user(ofCart: number + 1))
        // Who needs no database notices nothing.
        let other = try client.ask("GET", "/flow/v1/say-hello")
        return (answer.status, answer.problem ?? answer.response.text, other.status)
      }
      #expect(late.allSatisfy { $0.0 == 504 || $0.1 == "outcome-unknown" }, "\(late)")
      #expect(late.allSatisfy { $0.2 == 200 })

      try holder.commit()
      let client = try TestClient(port: port)
      for cart in 1...carts {
        // An attempt of before may go through only now, in which case this one finds the cart changed, and the next one the order.
        try until("cart \(cart) has been ordered") {
          try client.checkout("c-\(cart)", user: SmallShop.user(ofCart: cart)).status == 201
        }
      }
    }
    #expect(try shop.number("SELECT COUNT(*) AS number FROM orders") == carts)
    #expect(try shop.number(SmallShop.unbalancedShelves, .int(stock)) == 0)
  }
}

extension SmallShop {
  /// A connection of the test's own.
  fileprivate func openSession() throws -> any AdminSession {
    switch database.kind {
    case .postgres(let url): try PostgresAdminSession(url: url, limits: database.limits)
    case .sqlite(let path): try SQLiteAdminSession(path: path, limits: database.limits)
    }
  }
}
