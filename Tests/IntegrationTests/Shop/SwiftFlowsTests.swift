import CheckoutSteps
import Logging
import ReferenceRoutes
import Testing
import Zerver
import ZerverCore
import ZerverServer
import ZerverTesting

/// A flow in Swift beside those of the shop's files.
@Suite struct SwiftFlowsTests {
  static let describeCart = Flow("describe-cart", .v1, method: .get, owner: "support", input: CartQuery.self) { input in
    let cart = step(LoadCart.self, input.cartId).timeout(.seconds(5))
    let (user, view) = parallel {
      step(LoadUser.self, cart.userId).timeout(.seconds(5))
      step(RenderCart.self, cart)
    }
    when(!view.isOpen) { done(step(SayOrdered.self, user)) }
    step(SayOpen.self, user, view)
  }
  .alias("tell-cart")
  .on(.cartNotFound, 404)
  .on(.userNotFound, 404)

  @Test("a flow in Swift is served beside the others, with aliases, errors and a place in the catalog", arguments: proactors)
  func serves(_ proactor: ProactorChoice) throws {
    let shop = try SmallShop(.sqlite, carts: 3, stock: 5)
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.proactor = proactor
    configuration.workers = 2
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try Server(
      catalogs: [Routes.catalog, FlowCatalog(Self.describeCart)], capabilities: .standard(database: shop.database, logger: logger),
      configuration: configuration, logger: logger)
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    let client = try TestClient(port: running.port)
    let open = Answer(try client.request("GET", "/flow/v1/describe-cart?cart-id=c-1"))
    #expect(open.status == 200 && open.text("message") == "Somebody has 2 pieces in c-1.", "\(open.response.text)")
    _ = try client.checkout("c-2", user: 2)
    let ordered = Answer(try client.request("GET", "/flow/v1/describe-cart?cart-id=c-2"))
    #expect(ordered.text("message") == "Somebody has ordered.", "\(ordered.response.text)")
    let missing = Answer(try client.request("GET", "/flow/v1/describe-cart?cart-id=c-99"))
    #expect(missing.status == 404 && missing.problem == "cart-not-found")
    #expect(try client.request("GET", "/flow/v1/describe-cart").status == 422)
    let alias = try client.request("GET", "/flow/v1/tell-cart?cart-id=c-1")
    #expect(alias.status == 308 && alias["location"] == "/flow/v1/describe-cart?cart-id=c-1")
    // The search of the shop has its plan in Swift, too.
    #expect(try client.request("GET", "/flow/v1/search-products?text=thing").status == 200)
    let flows = Answer(try client.request("GET", "/flow/v1/catalog")).list("flows")
    #expect(flows.contains { $0["path"] as? String == "/flow/v1/describe-cart" && $0["owner"] as? String == "support" })
  }

  @Test("a flow in Swift that takes a path of the shop is refused with both places")
  func collision() throws {
    let flow = Flow("find-products", .v1, method: .get, owner: "support", output: .json(), line: 5) { step(WriteMessage.self) }
    do {
      _ = try Server(catalogs: [Routes.catalog, FlowCatalog(flow)])
      Issue.record("the server took two flows of one path")
    } catch {
      #expect(error.code == .catalogsCollide)
      #expect(error.description.contains("IntegrationTests/SwiftFlowsTests.swift:5: error: path that is taken [alias-collision]"))
      #expect(error.description.contains("ReferenceRoutes/v1/search-products.flow:4"), "\(error)")
    }
  }

  @Test("a flow in Swift with a mistake is refused with what is wrong")
  func mistake() throws {
    let flow = Flow("read-cart", .v1, method: .get, owner: "support", input: CartQuery.self) { input in
      step(LoadCart.self, input.cartId, line: 7)
    }
    do {
      _ = try Server(catalogs: [FlowCatalog(flow)])
      Issue.record("the server took a flow whose error has no status")
    } catch {
      #expect(error.code == .flowsInvalid)
      #expect(error.description.contains("SwiftFlowsTests.swift:7: error: error without a status [unmapped-error]"), "\(error)")
    }
  }
}

enum SayOpen: Step {
  static func run(_ reads: (User, CartView)) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(reads.0.name) has \(reads.1.pieces) pieces in \(reads.1.cartId)."))
  }
}

enum SayOrdered: Step {
  static func run(_ user: User) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(user.name) has ordered."))
  }
}
