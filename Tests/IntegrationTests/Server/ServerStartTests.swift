import Glibc
import ReferenceRoutes
import Testing
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

@Suite struct ServerStartTests {
  @Test("two modules that claim one path are refused with the path")
  func collision() throws {
    let shop = try SmallShop(.sqlite, carts: 1, stock: 1)
    do {
      _ = try Server(catalogs: [Routes.catalog, Routes.catalog], capabilities: .standard(database: shop.database))
      Issue.record("the server took two flows of one path")
    } catch {
      #expect(error.code == .catalogsCollide)
      #expect(error.description.contains("/flow/v1/add-to-cart"), "\(error)")
    }
  }

  @Test("a flow that needs a database is refused by a server that has none")
  func noDatabase() throws {
    do {
      _ = try Server(catalogs: [Routes.catalog])
      Issue.record("the server took a flow that it cannot serve")
    } catch {
      #expect(error.code == .capabilityMissing && error.description.contains("db"), "\(error)")
    }
  }

  @Test("without its database a server starts, answers what needs none, and 503 to the rest", arguments: Shop.Kind.allCases, proactors)
  func databaseAway(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    // Nobody else can take the port, and nobody listens on it.
    let held = try HeldPort()
    let database =
      switch kind {
      case .sqlite: try Database.sqlite(path: "/nonexistent/shop.sqlite")
      case .postgres: try Database.postgres(url: "postgresql://shop:shop@127.0.0.1:\(held.port)/shop")
      }
    try serveReferenceCatalog(database, proactor) { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<3 {
        #expect(try client.ask("GET", "/flow/v1/say-hello").status == 200)
        #expect(try client.ask("GET", "/flow/v1/catalog").status == 200)
        for answer in [
          try client.ask("GET", "/flow/v1/show-product?product-id=1"), try client.checkout("c-1", user: 1),
          try client.ask("GET", "/flow/v1/search-products?text=oak"),
        ] {
          #expect(answer.status == 503 && answer.problem == "dependency-unavailable", "\(answer.response.text)")
          #expect(answer.response["retry-after"] == "1")
        }
        #expect(try client.ask("GET", "/flow/v1/show-product?product-id=0").status == 422)
      }
    }
  }

  @Test("metrics count the requests of each flow by its slug, also those that failed", arguments: proactors)
  func metrics(_ proactor: ProactorChoice) throws {
    let shop = try SmallShop(.sqlite, carts: 2, stock: 1)
    try shop.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<3 { _ = try client.ask("GET", "/flow/v1/say-hello") }
      for product in 1...4 { _ = try client.ask("GET", "/flow/v1/show-product?product-id=\(product)") }
      for product in 100...104 { _ = try client.ask("GET", "/flow/v1/show-product?product-id=\(product)") }
      _ = try client.checkout("c-1", user: 1)
      _ = try client.ask("POST", "/flow/v1/checkout-cart", "{")
      // A client on the other worker, to see that all of them are summed up.
      let metrics = try TestClient(port: server.port).request("GET", "/metrics").text
      func count(_ slug: String, _ version: Int, _ status: String) -> Int? {
        let line = metrics.split(separator: "\n").first {
          $0.hasPrefix("http_server_requests_total{") && $0.contains(#"slug="\#(slug)",version="\#(version)""#)
            && $0.contains(#"status="\#(status)""#)
        }
        return line?.split(separator: " ").last.flatMap { Int($0) }
      }
      #expect(count("say-hello", 1, "2xx") == 3)
      #expect(count("show-product", 1, "2xx") == 4 && count("show-product", 1, "4xx") == 5)
      #expect(count("checkout-cart", 2, "2xx") == 1 && count("checkout-cart", 1, "4xx") == 1)
      #expect(count("checkout-cart", 1, "2xx") == 0 && count("show-cart", 1, "2xx") == 0)
      #expect(metrics.contains(#"http_server_request_duration_seconds_count{"#))
    }
  }
}

/// A TCP port of the loopback interface that is taken.
final class HeldPort {
  let port: Int
  private let descriptor: Int32

  /// - Parameter listens: whether connections are accepted. Otherwise they are refused.
  init(listens: Bool = false) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard isBound, !listens || listen(descriptor, 1) == 0 else { throw Overdue(description: "no free port: errno \(errno)") }
  }

  deinit { close(descriptor) }
}
