import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore

@testable import ZerverServer

@Suite struct RouteTrieTests {
  private static let templates: [(FlowMethod, String)] = [
    (.get, "/"), (.get, "/orders"), (.get, "/orders/{id}"), (.post, "/orders/open"), (.get, "/orders/{id}/lines/{line}"),
    (.get, "/orders/open/lines/first"), (.put, "/{kind}/{id}"), (.head, "/orders"), (.delete, "/a-b/c.d"),
  ]

  private func match(_ path: String, _ method: HTTPMethod) throws -> RouteTrie.Match {
    let trie = RouteTrie(try Self.templates.map { try RouteBinding(method: $0.0, template: $0.1) })
    return Array(path.utf8).withUnsafeBytes { trie.match($0, method) }
  }

  @Test("a path finds its binding, literals before fields, whatever stands deeper", arguments: [
    ("/", .get, 0), ("/orders", .get, 1), ("/orders", .head, 7), ("/orders/7", .get, 2), ("/orders/7", .head, 2),
    // `open` has no GET of its own, so it is an id.
    ("/orders/open", .get, 2), ("/orders/open", .post, 3), ("/orders/open/lines/first", .get, 5),
    ("/orders/open/lines/2", .get, 4), ("/orders/7", .put, 6), ("/carts/7", .put, 6), ("/a-b/c.d", .delete, 8),
    ("/order%73/%37", .get, 2), ("/orders/a%2Fb", .get, 2),
  ] as [(String, HTTPMethod, Int)])
  func finds(path: String, method: HTTPMethod, number: Int) throws {
    #expect(try match(path, method) == .binding(number))
  }

  @Test("a path that is known by other methods says which", arguments: [
    ("/orders", .delete, "GET, HEAD, OPTIONS"), ("/orders/open", .delete, "GET, HEAD, POST, PUT, OPTIONS"),
    ("/carts/7", .get, "PUT, OPTIONS"), ("/orders", .options, "GET, HEAD, OPTIONS"),
  ] as [(String, HTTPMethod, String)])
  func otherMethods(path: String, method: HTTPMethod, allowed: String) throws {
    guard case .otherMethods(let methods) = try match(path, method) else {
      Issue.record("no other methods of \(path)")
      return
    }
    #expect(methods.allowed == allowed)
  }

  @Test("what no binding has is nothing", arguments: ["", "orders", "/orders/", "//", "/orders//lines/1", "/carts", "/order%7", "/a/b/c"])
  func nothing(path: String) throws {
    #expect(try match(path, .get) == .none)
  }

  @Test("a server without bindings has none")
  func empty() {
    let trie = RouteTrie([])
    #expect(Array("/orders".utf8).withUnsafeBytes { trie.match($0, .get) } == .none)
  }
}
