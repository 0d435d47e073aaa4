import Synchronization
import Testing
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

@Suite struct PostgresOutageTests {
  @Test("PostgreSQL killed under load costs 503s, and no order that was acknowledged", arguments: proactors)
  func killed(_ proactor: ProactorChoice) throws {
    let cluster = try PostgresCluster()
    defer { cluster.stop() }
    let clients = 8
    let cartsEach = 250
    var limits = DatabaseLimits()
    limits.reconnectBackoffMax = .milliseconds(500)
    // Connections of the tests' own sessions must not wait for the server's.
    limits.connectionsPerWorker = 4
    let shop = try SmallShop(.postgres(url: cluster.url, limits: limits), carts: clients * cartsEach, stock: 100_000)
    let log = OutageLog()

    try shop.serve(proactor) { server in
      let port = server.port
      let crew = Crew(clients) { number in
        let client = try TestClient(port: port)
        var next = 0
        while !log.isOver, next < cartsEach {
          let cart = number * cartsEach + next + 1
          let answer = try client.checkout("c-\(cart)", user: SmallShop.user(ofCart: cart))
          log.record(answer)
          // What was not acknowledged is tried again. A cart that has become an order is answered with it.
          if answer.status == 201 { next += 1 }
        }
      }
      defer {
        log.end()
        _ = try? crew.join()
      }

      try until("orders are acknowledged") { log.acknowledged >= 50 }
      for outage in 1...2 {
        cluster.kill()
        let refusedBefore = log.unavailable
        try until("outage \(outage) is noticed") { log.unavailable >= refusedBefore + 50 }
        let bystander = try TestClient(port: port)
        #expect(try bystander.ask("GET", "/flow/v1/say-hello").status == 200)
        let refused = try bystander.ask("GET", "/flow/v1/show-product?product-id=1")
        #expect(refused.status == 503 && refused.response["retry-after"] == "1", "\(refused.response.text)")
        try cluster.start()
        let acknowledgedBefore = log.acknowledged
        try until("orders are acknowledged after outage \(outage)") { log.acknowledged >= acknowledgedBefore + 50 }
        // Its worker has a pool of its own, which may still wait before it connects again.
        try until("the bystander is served after outage \(outage)") {
          try bystander.ask("GET", "/flow/v1/show-product?product-id=1").status == 200
        }
      }
      log.end()
      _ = try crew.join()
    }

    #expect(log.surprises == [])
    let stored = try shop.orderIDs()
    let missing = log.orders.filter { !stored.contains($0) }
    #expect(missing.isEmpty, "\(missing.count) of \(log.orders.count) acknowledged orders are missing")
    #expect(
      try shop.number(
        "SELECT COUNT(*) AS number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)") == 0)
  }
}

/// What the clients of an outage have seen, for the test to follow.
private final class OutageLog: Sendable {
  private struct State {
    var orders: [String] = []
    var unavailable = 0
    var surprises: [String] = []
    var isOver = false
  }
  private let state = Mutex(State())

  var orders: [String] { state.withLock { $0.orders } }
  var acknowledged: Int { state.withLock { $0.orders.count } }
  var unavailable: Int { state.withLock { $0.unavailable } }
  var surprises: [String] { state.withLock { $0.surprises } }
  var isOver: Bool { state.withLock { $0.isOver } }
  func end() { state.withLock { $0.isOver = true } }

  func record(_ answer: Answer) {
    let order = answer.text("order-id")
    let description = "\(answer.status) \(answer.response.text)"
    let isPatient = answer.response["retry-after"] != nil
    let (status, problem) = (answer.status, answer.problem)
    state.withLock { state in
      switch (status, problem) {
      case (201, _):
        if let order { state.orders.append(order) } else { state.surprises.append(description) }
      case (503, "dependency-unavailable"), (503, "outcome-unknown"):
        state.unavailable += 1
        if !isPatient { state.surprises.append("without Retry-After: \(description)") }
      // A machine that is busy with other things.
      case (504, "deadline-exceeded"), (504, "step-timed-out"), (504, "dependency-timed-out"): break
      default: state.surprises.append(description)
      }
    }
  }
}
