import CheckoutData
import Logging
import ReferenceRoutes
import Testing
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// The tables of the shop with few rows, in a database of its own: for tests that empty shelves, that stop the database,
/// or that count everything.
///
/// Cart `c-N` belongs to user `(N - 1) % 40 + 1` and holds one piece each of two products.
struct SmallShop: Sendable {
  static let usersCount = 40
  static let productsCount = 20

  let database: Database

  /// A shop in a fresh database.
  init(_ kind: Shop.Kind, carts: Int, stock: Int) throws {
    switch kind {
    case .sqlite: try self.init(.sqlite(path: TemporaryDirectory.fresh() + "/shop.sqlite"), carts: carts, stock: stock)
    case .postgres: try self.init(.postgres(url: SharedCluster.freshURL()), carts: carts, stock: stock)
    }
  }

  init(_ database: Database, carts: Int, stock: Int) throws {
    self.database = database
    try DatabaseAdmin.run(script: ShopSchema.script, on: database)
    // Keeps the server from adding the seed.
    try insert("shop_seeds", ["version"], [[.int(ShopSeed.version)]])
    try insert(
      "users", ["id", "name", "email", "tier", "credit_limit_cents"],
      (1...Self.usersCount).map { [.int($0), "Somebody", .text("\($0)@example.com"), "free", .int(1_000_000_000)] })
    try addProducts(1...Self.productsCount, stock: stock)
    try addCarts((1...carts).map { ("c-\($0)", Self.user(ofCart: $0), Self.products(inCart: $0)) })
  }

  static func user(ofCart cart: Int) -> Int { (cart - 1) % usersCount + 1 }

  /// Two products, in ascending order.
  static func products(inCart cart: Int) -> [Int] {
    let first = cart % productsCount + 1
    let second = (cart / productsCount + cart + 7) % productsCount + 1
    return first == second ? [first] : [min(first, second), max(first, second)]
  }

  func addProducts(_ ids: ClosedRange<Int>, stock: Int) throws {
    try insert(
      "products",
      ["id", "sku", "name", "search_name", "category", "unit_price_cents", "tax_basis_points", "stock"],
      ids.map {
        [.int($0), .text(Self.sku($0)), .text("Thing \($0)"), .text("thing \($0)"), "toys", .int(1_000 + $0), 1_900, .int(stock)]
      })
  }

  static func sku(_ product: Int) -> String { "TOY-\(product)" }

  func addCarts(_ carts: [(id: String, user: Int, products: [Int])]) throws {
    try insert(
      "carts", ["id", "user_id", "revision"], carts.map { [.text($0.id), .int($0.user), .int($0.products.count)] })
    try insert(
      "cart_lines", ["cart_id", "product_id", "quantity"],
      carts.flatMap { cart in cart.products.map { [.text(cart.id), .int($0), 1] } })
  }

  private func insert(_ table: String, _ columns: [String], _ rows: [[DatabaseValue]]) throws {
    try DatabaseAdmin.insert(into: table, columns: columns, rows: rows, on: database)
  }

  // MARK: Asking the database

  func number(_ sql: String, _ parameters: DatabaseValue...) throws -> Int? {
    try DatabaseAdmin.query(sql, parameters, on: database).first?.optionalInt("number")
  }

  func orderIDs() throws -> Set<String> {
    Set(try DatabaseAdmin.query("SELECT id FROM orders", on: database).map { try $0.text("id") })
  }

  // MARK: Serving it

  /// Serves the reference catalog on a free port for as long as `body` takes.
  func serve<Result>(
    _ proactor: ProactorChoice = .automatic, workers: Int = 2, _ body: (RunningServer) throws -> Result
  ) throws -> Result { try serveReferenceCatalog(database, proactor, workers: workers, body) }
}

/// Serves the reference catalog over any database, also over one that is not there.
func serveReferenceCatalog<Result>(
  _ database: Database, _ proactor: ProactorChoice = .automatic, workers: Int = 2, _ body: (RunningServer) throws -> Result
) throws -> Result {
  var configuration = ServerConfiguration()
  configuration.port = 0
  configuration.workers = workers
  configuration.proactor = proactor
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let server = try Server(
    catalogs: [Routes.catalog], capabilities: .standard(database: database, logger: logger), configuration: configuration,
    logger: logger)
  let running = try server.start()
  defer {
    running.stop()
    try? running.waitUntilStopped()
  }
  return try body(running)
}

extension TestClient {
  /// A request whose answer is read as JSON.
  func ask(_ method: String, _ target: String, _ body: String? = nil) throws -> Answer {
    Answer(try request(method, target, body: body))
  }

  func checkout(_ cart: String, user: Int) throws -> Answer {
    try ask("POST", "/flow/v2/checkout-cart", #"{"cart-id":"\#(cart)","user-id":\#(user)}"#)
  }
}
