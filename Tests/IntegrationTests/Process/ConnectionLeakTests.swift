import Glibc
import Testing
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// Connections that end in every way a client can think of, against a server in a process of its own, so that what it
/// holds can be counted from outside.
@Suite struct ConnectionLeakTests {
  @Test("20,000 connections that come and go leave no descriptor and no memory behind", arguments: proactors)
  func comeAndGo(_ proactor: ProactorChoice) throws {
    let path = try TemporaryDirectory.fresh() + "/shop.sqlite"
    _ = try SmallShop(.sqlite(path: path), carts: 200, stock: 100_000)
    let (server, port) = try CheckoutProcess.serve(
      ["--database-url", "sqlite:///" + path.drop { $0 == "/" }, "--workers", "2", "--proactor", proactor.rawValue],
      environment: Self.patience.merging(["ZERVER_LOG_LEVEL": "error"]) { $1 })
    let watcher = try TestClient(port: port)

    // Warm: pools, slots and prepared statements are there.
    try comeAndGo(4_000, port: port)
    try until("only the watcher is connected") { try open(watcher) == 1 }
    let descriptors = server.descriptorsCount
    let memory = server.residentKiB

    try comeAndGo(20_000, port: port)
    try until("only the watcher is connected") { try open(watcher) == 1 }
    // The kernel closes a moment after the server has said so.
    try until("no descriptor is left of \(server.descriptorsCount) over \(descriptors)", seconds: 30) {
      server.descriptorsCount <= descriptors
    }
    let growth = server.residentKiB - memory
    #expect(growth < 20 << 10, "memory grew by \(growth) KiB from \(memory) KiB")
    print("\(proactor.rawValue): \(descriptors) descriptors, memory grew by \(growth) KiB from \(memory) KiB")

    // Nothing hangs on: a request in flight counts until it is answered or given up.
    try until("no request is in flight but the one that asks") { try metric("http_server_active_requests", watcher) <= 1 }
    #expect(try watcher.ask("GET", "/flow/v1/show-product?product-id=1").status == 200)
    server.send(SIGTERM)
    #expect(try server.waitForEnd() == 0)
  }

  @Test("out of descriptors, it serves those who are connected, and takes others as soon as it can", arguments: proactors)
  func outOfDescriptors(_ proactor: ProactorChoice) throws {
    let path = try TemporaryDirectory.fresh() + "/shop.sqlite"
    _ = try SmallShop(.sqlite(path: path), carts: 1, stock: 1)
    let limit = 100
    let (server, port) = try CheckoutProcess.serve(
      ["--database-url", "sqlite:///" + path.drop { $0 == "/" }, "--workers", "2", "--proactor", proactor.rawValue],
      environment: Self.patience, descriptorsMax: limit)
    let watcher = try TestClient(port: port)
    // Before its first answer it might be one of those that wait: its worker may be the slower one.
    #expect(try open(watcher) == 1)
    for _ in 0..<3 {
      // The kernel takes the connections; the server cannot accept all of them.
      let crowd = try (0..<(2 * limit)).map { _ in try TestClient(port: port) }
      try until("the limit is reached") { server.descriptorsCount >= limit }
      let answer = try watcher.ask("GET", "/flow/v1/show-product?product-id=1")
      #expect(answer.status == 200, "\(answer.response.text)")
      for client in crowd { client.close() }
      try until("only the watcher is connected") { try open(watcher) == 1 }
      #expect(try TestClient(port: port).ask("GET", "/flow/v1/show-product?product-id=1").status == 200)
    }
    #expect(server.errors.contains("accepting again later"))
  }

  /// The server closes nothing by itself: neither the watcher, which may be silent for long, nor anybody of the crowd.
  private static let patience = ["ZERVER_TIMEOUTS_HEADER": "1h", "ZERVER_TIMEOUTS_IDLE": "1h"]

  private func open(_ watcher: TestClient) throws -> Int { try metric("zerver_connections_open", watcher) }

  private func metric(_ name: String, _ watcher: TestClient) throws -> Int {
    let text = try watcher.request("GET", "/metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    guard let value = line?.split(separator: " ").last.flatMap({ Int($0) }) else { throw Overdue(description: "no metric \(name)") }
    return value
  }

  // MARK: The clients

  /// How a connection ends.
  private enum Ending: Int, CaseIterable {
    case answered, silent, inHead, resetInHead, resetInBody, resetInFlight, halfClosed
  }

  private func comeAndGo(_ count: Int, port: Int) throws {
    // As many at once as the limit of descriptors that shells set by default has room for.
    let together = 250
    for start in stride(from: 0, to: count, by: together) {
      let numbers = start..<min(start + together, count)
      let clients = try numbers.map { number in
        (try TestClient(port: port), Ending(rawValue: number % Ending.allCases.count) ?? .silent)
      }
      for (client, ending) in clients {
        switch ending {
        case .answered: try client.send("GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n")
        case .silent: break
        case .inHead, .resetInHead: try client.send("GET /flow/v1/say-hello HTTP/1.1\r\nHo")
        case .resetInBody:
          try client.send(
            "POST /flow/v2/checkout-cart HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{\"user")
        case .resetInFlight, .halfClosed:
          try client.send("GET /flow/v1/show-cart?cart-id=c-7 HTTP/1.1\r\nHost: x\r\n\r\n")
        }
      }
      for (client, ending) in clients {
        switch ending {
        case .answered: #expect(try client.readResponse().text == "Hello, world!")
        case .silent, .inHead: break
        case .resetInHead, .resetInBody, .resetInFlight: client.reset()
        case .halfClosed:
          client.finishSending()
          #expect(try client.readResponse().status == 200)
        }
        client.close()
      }
    }
  }
}
