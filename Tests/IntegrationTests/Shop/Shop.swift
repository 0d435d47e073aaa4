import CheckoutData
import Foundation
import ReferenceRoutes
import Testing
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// The reference shop, served on a free port over a freshly seeded database: one for each kind and test run.
///
/// Tests share it, so each test orders and changes carts of its own.
struct Shop: Sendable {
  enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres
    var testDescription: String { rawValue }
  }

  let database: Database
  let running: RunningServer

  /// The shop of this kind. Opens with the first call.
  static func open(_ kind: Kind) throws -> Shop {
    switch kind {
    case .sqlite: try onSQLite.get()
    case .postgres: try onPostgres.get()
    }
  }

  private static let onSQLite = Result {
    try Shop(Database.sqlite(path: TemporaryDirectory.fresh() + "/shop.sqlite"))
  }

  private static let onPostgres = Result { try Shop(Database.postgres(url: SharedCluster.freshURL())) }

  private init(_ database: Database) throws {
    self.database = database
    try ShopDatabase.prepare(database)
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.workers = 2
    let server = try Server(
      catalogs: [Routes.catalog], capabilities: .standard(database: database), configuration: configuration)
    running = try server.start()
  }

  // MARK: Asking it

  func get(_ target: String, headers: [String] = []) throws -> Answer {
    Answer(try TestClient(port: running.port).request("GET", target, headers: headers))
  }

  func post(_ target: String, _ body: String) throws -> Answer {
    Answer(try TestClient(port: running.port).request("POST", target, body: body))
  }

  /// Orders a cart of the seed for the user that it belongs to.
  func checkout(cart: Int, version: Int = 2, more: String = "") throws -> Answer {
    try post(
      "/flow/v\(version)/checkout-cart", #"{"cart-id":"c-\#(cart)","user-id":\#(ShopSeed.user(ofCart: cart))\#(more)}"#)
  }

  func query(_ sql: String, _ parameters: DatabaseValue...) throws -> Rows {
    try DatabaseAdmin.query(sql, parameters, on: database)
  }

  func number(_ sql: String, _ parameters: DatabaseValue...) throws -> Int? {
    guard let row = try DatabaseAdmin.query(sql, parameters, on: database).first else { return nil }
    return try row.optionalInt("number")
  }
}

/// A response with its body read as JSON.
struct Answer {
  let response: TestClient.Response
  let json: [String: Any]

  init(_ response: TestClient.Response) {
    self.response = response
    json = (try? JSONSerialization.jsonObject(with: Data(response.body))) as? [String: Any] ?? [:]
  }

  var status: Int { response.status }
  func text(_ name: String) -> String? { json[name] as? String }
  func int(_ name: String) -> Int? { (json[name] as? NSNumber)?.intValue }
  func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
  func object(_ name: String) -> [String: Any] { json[name] as? [String: Any] ?? [:] }

  /// The last part of a problem's type, when the body is a problem with a title and the status of the response.
  var problem: String? {
    guard response["content-type"] == "application/problem+json", int("status") == status,
      let type = text("type"), type.hasPrefix("urn:zerver:problem:"),
      text("title")?.isEmpty == false
    else { return nil }
    return String(type.dropFirst("urn:zerver:problem:".count))
  }
}
