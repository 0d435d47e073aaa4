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
  static let describeCart = Flow(
    "describe-cart", .v1, method: .get, owner: "support", input: CartQuery.self,
    output: .json().header("X-Message", .field(\.message)).header("Link", "</said/", .field(\.message), ">; rel=self")
  ) { input in
    let cart = step(LoadCart.self, input.cartId).timeout(.seconds(5))
    let (user, view) = parallel {
      step(LoadUser.self, cart.userId).timeout(.seconds(5))
      step(RenderCart.self, cart)
    }
    when(!view.isOpen) { done(step(SayOrdered.self, user)) }
    step(SayOpen.self, user, view)
  }
  .alias("tell-cart")
  .bind(.get, "/support/carts/{cart-id}")
  .on(.cartNotFound, 404)
  .on(.userNotFound, 404)

  static let countUnits = Flow(
    "count-units", .v1, method: .post, owner: "support", input: .body(CartQuery.self), output: .json(status: 201)
  ) { input in
    let cart = step(LoadCart.self, input.cartId).timeout(.seconds(5)).on(.cartNotFound) { done(step(SayNothing.self, input)) }
    let units = forEach(cart.lines, max: 9) { line in step(CountLine.self, line) }
    let user = step(LoadUser.self, cart.userId).timeout(.seconds(5))
    choose(user.tier) {
      arm(.free) { done(step(SayUnits.self, units)) }
      otherwise { done(step(SayTooMuch.self, units)) }
    }
  }
  .bind(.put, "/support/units/{cart-id}")
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
      catalogs: [Routes.catalog, FlowCatalog(Self.describeCart, Self.countUnits)], capabilities: .standard(database: shop.database, logger: logger),
      configuration: configuration, logger: logger)
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    let client = try TestClient(port: running.port)
    let open = Answer(try client.request("GET", "/flow/v1/describe-cart?cart-id=c-1"))
    #expect(open.status == 200 && open.text("message") == "Somebody has 2 pieces in c-1.", "\(open.response.text)")
    let bound = try client.request("GET", "/support/carts/c-1")
    #expect(bound.text == open.response.text)
    #expect(bound["x-message"] == "Somebody has 2 pieces in c-1.")
    #expect(bound["link"]?.contains("</said/Somebody%20has%202%20pieces%20in%20c-1.>; rel=self") == true)
    #expect(bound["content-location"] == "/flow/v1/describe-cart?cart-id=c-1")
    let units = Answer(try client.request("PUT", "/support/units/c-1"))
    #expect(units.status == 201 && units.text("message")?.hasPrefix("2 pieces") == true, "\(units.response.text)")
    #expect(Answer(try client.request("PUT", "/support/units/c-99")).text("message") == "no c-99")
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

enum CountLine: Step {
  static func run(_ line: CartLine) throws(FlowFailure) -> Decision<Int> { .continue(line.quantity) }
}

enum SayUnits: Step {
  static func run(_ units: [Int]) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(units.reduce(0, +)) pieces"))
  }
}

enum SayTooMuch: Step {
  static func run(_ units: [Int]) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(units.reduce(0, +)) pieces, and a good customer"))
  }
}

enum SayNothing: Step {
  static func run(_ query: CartQuery) throws(FlowFailure) -> Decision<Message> { .continue(Message(message: "no \(query.cartId)")) }
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
