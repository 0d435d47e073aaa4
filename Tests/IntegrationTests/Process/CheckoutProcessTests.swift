import Foundation
import Glibc
import Testing
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// The program from the outside: its flags, its signals, its exit status.
@Suite struct CheckoutProcessTests {
  private func database() throws -> String {
    let path = try TemporaryDirectory.fresh() + "/shop.sqlite"
    _ = try SmallShop(.sqlite(path: path), carts: 200, stock: 1_000)
    return "sqlite:///" + path.drop { $0 == "/" }
  }

  @Test("SIGTERM and SIGINT let it answer what is in flight, then end with 0", arguments: [SIGTERM, SIGINT], proactors)
  func drains(_ signal: Int32, _ proactor: ProactorChoice) throws {
    let (server, port) = try CheckoutProcess.serve(
      ["--database-url", try database(), "--workers", "1", "--proactor", proactor.rawValue])
    let idle = try TestClient(port: port)
    #expect(try idle.ask("GET", "/flow/v1/say-hello").status == 200)
    let busy = try TestClient(port: port)
    for cart in 1...20 {
      let body = #"{"cart-id":"c-\#(cart)","user-id":\#(SmallShop.user(ofCart: cart))}"#
      try busy.send("POST /flow/v2/checkout-cart HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
      try busy.send("Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
    // The requests have arrived when one on a connection that came later has been answered.
    #expect(try TestClient(port: port).ask("GET", "/flow/v1/say-hello").status == 200)
    server.send(signal)
    // The first may have been in flight; those behind it are answered, or told that the server ends.
    let first = try Answer(busy.readResponse())
    #expect(first.status == 201 || first.status == 503, "\(first.response.text)")
    #expect(try idle.isAtEnd())
    #expect(try server.waitForEnd() == 0)
    #expect(server.errors.contains("draining") && server.errors.contains("stopped"), "\(server.errors)")
    #expect(throws: TestClient.Failure.self) { try TestClient(port: port) }
  }

  @Test("every mistake in the configuration is named, and it ends with 78")
  func mistakes() throws {
    let file = try TemporaryDirectory.fresh() + "/checkout.json"
    try #"{ "prot": 8080, "http": { "body-bytes-max": "much" } }"#.write(toFile: file, atomically: true, encoding: .utf8)
    let process = try CheckoutProcess(
      ["serve", "--config", file, "--port", "eighty", "--set", "timeouts.drian=1s"],
      environment: ["ZERVER_WORKERS": "many", "ZERVER_LOG_LEVLE": "info"])
    #expect(try process.waitForEnd() == 78)
    for name in ["prot", "body-bytes-max", "port", "timeouts.drian", "ZERVER_WORKERS", "ZERVER_LOG_LEVLE", "checkout.json:1"] {
      #expect(process.errors.contains(name), "\(name) is missing in: \(process.errors)")
    }
  }

  @Test(
    "one mistake is enough",
    arguments: [
      (["--port", "65536"], [:], "port"), (["--proactor", "kqueue"], [:], "proactor"),
      ([], ["ZERVER_PORT": "x"], "ZERVER_PORT"), (["--config", "/nonexistent.json"], [:], "/nonexistent.json"),
      (["--database-url", "mysql://localhost/shop"], [:], "mysql"),
    ] as [([String], [String: String], String)])
  func mistake(_ flags: [String], _ environment: [String: String], _ name: String) throws {
    let process = try CheckoutProcess(["serve"] + flags, environment: environment)
    #expect(try process.waitForEnd() == 78)
    #expect(process.errors.contains(name), "\(process.errors)")
  }

  @Test("a flag that does not exist is refused with the usage")
  func unknownFlag() throws {
    let process = try CheckoutProcess(["serve", "--prot", "1"])
    // EX_USAGE of sysexits.h.
    #expect(try process.waitForEnd() == 64)
    #expect(process.errors.contains("--prot"))
  }

  @Test("a port that another process has is said to be in use")
  func busyPort() throws {
    let held = try HeldPort(listens: true)
    let process = try CheckoutProcess(["serve", "--port", "\(held.port)", "--database-url", try database()])
    let status = try process.waitForEnd()
    #expect(status == 1)
    #expect(process.errors.contains("127.0.0.1:\(held.port)") && process.errors.contains("already in use"), "\(process.errors)")
  }

  @Test("it starts without its database, and says so")
  func databaseAway() throws {
    let held = try HeldPort()
    let (server, port) = try CheckoutProcess.serve(
      [], environment: ["ZERVER_DATABASE_URL": "postgresql://shop:secret-word@127.0.0.1:\(held.port)/shop"])
    let client = try TestClient(port: port)
    #expect(try client.ask("GET", "/flow/v1/say-hello").status == 200)
    #expect(try client.ask("GET", "/flow/v1/show-product?product-id=1").status == 503)
    server.send(SIGTERM)
    #expect(try server.waitForEnd() == 0)
    #expect(server.errors.contains("could not prepare the database"))
    #expect(!server.errors.contains("secret-word"))
  }
}
