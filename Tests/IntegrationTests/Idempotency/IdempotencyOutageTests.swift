import Testing
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// The database goes between the claim and the answer.
@Suite struct IdempotencyOutageTests {
  private func office(_ cluster: PostgresCluster) throws -> ChargeOffice {
    var limits = DatabaseLimits()
    limits.reconnectBackoffMax = .milliseconds(200)
    return try ChargeOffice(.postgres(url: cluster.url, limits: limits))
  }

  @Test("an answer waits for a database that comes back, and is kept", arguments: proactors)
  func comesBack(_ proactor: ProactorChoice) throws {
    let cluster = try PostgresCluster()
    defer { cluster.stop() }
    let office = try office(cluster)
    try office.serve(proactor, configure: { $0.idempotency.storeTimeout = .seconds(100) }) { server in
      let client = try TestClient(port: server.port)
      try client.sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
      cluster.kill()
      office.gate.open()
      try cluster.start()
      let first = Answer(try client.readResponse())
      #expect(first.status == 201, "\(first.response.text)")
      #expect(try client.keyed("stored") == 1)
      #expect(try client.charge("o-1", key: "k", "charge-slowly").response.withoutDate == first.response.withoutDate)
    }
    #expect(try office.charges("o-1") == 1)
  }

  @Test("an answer that no database takes is given, and logged; a repetition waits for the lease", arguments: proactors)
  func staysAway(_ proactor: ProactorChoice) throws {
    let cluster = try PostgresCluster()
    defer { cluster.stop() }
    let office = try office(cluster)
    try office.serve(proactor, configure: { $0.idempotency.storeTimeout = .milliseconds(200) }) { server in
      let client = try TestClient(port: server.port)
      try client.sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
      cluster.kill()
      office.gate.open()
      #expect(try client.readResponse().status == 201)
      #expect(try client.keyed("failed") == 1)
      #expect(office.log.contains("an answer was given and not kept"))
      // Without its database, the flow does not run: nobody could say whether it had.
      let away = try client.charge("o-2", key: "l", "charge-slowly")
      #expect(away.status == 503 && away.response["retry-after"] == "1", "\(away.response.text)")
      try cluster.start()
      try until("the server has a connection") { try client.charge("o-3", key: "m").status == 201 }
      #expect(try client.charge("o-1", key: "k", "charge-slowly").problem == "idempotency-key-in-flight")
    }
    #expect(try office.charges("o-1") == 1 && office.charges("o-2") == 0)
  }
}
