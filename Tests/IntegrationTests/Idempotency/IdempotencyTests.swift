import Testing
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

@Suite struct IdempotencyTests {
  @Test("a repetition gets the first answer, whole, and nothing is done twice", arguments: Shop.Kind.allCases, proactors)
  func replay(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    let office = try ChargeOffice(kind)
    let first = try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      let first = try client.charge("o-1", key: "k-1")
      #expect(first.status == 201 && first.response.text == #""charged for o-1""#, "\(first.response.text)")
      #expect(try client.charge("o-1", key: "k-1").response.withoutDate == first.response.withoutDate)
      // Without quotes, by another worker perhaps, and by an alias, which says so.
      let bare = try TestClient(port: server.port)
      #expect(
        try bare.charge("o-1", key: nil, headers: ["Idempotency-Key: k-1"]).response.withoutDate == first.response.withoutDate)
      let alias = try bare.charge("o-1", key: "k-1", "pay-order")
      #expect(alias.status == 201 && alias.response["content-location"] == "/flow/v1/charge-card")
      #expect(try client.keyed("claimed") == 1 && client.keyed("stored") == 1 && client.keyed("replayed") == 3)
      return first
    }
    // Another process, or another node.
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.charge("o-1", key: "k-1").response.withoutDate == first.response.withoutDate)
      #expect(try client.charge("o-1", key: "k-2").status == 201)
    }
    #expect(try office.charges("o-1") == 2)
  }

  @Test("of twins that come at once, one runs and the others wait or get its answer", arguments: Shop.Kind.allCases, proactors)
  func twins(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    let office = try ChargeOffice(kind)
    try office.serve(proactor) { server in
      for round in 0..<20 {
        let clients = try (0..<4).map { _ in try TestClient(port: server.port) }
        for client in clients { try client.sendCharge("o-\(round)", key: "k-\(round)") }
        let answers = try clients.map { Answer(try $0.readResponse()) }
        for answer in answers where answer.status != 201 {
          #expect(answer.status == 409 && answer.problem == "idempotency-key-in-flight", "\(answer.response.text)")
          #expect(answer.response["retry-after"] == "1")
        }
        #expect(answers.contains { $0.status == 201 })
        #expect(try office.charges("o-\(round)") == 1)
      }
    }
  }

  @Test("while the first is worked on, a repetition is told to wait, and another request that the key is taken", arguments: Shop.Kind.allCases)
  func inFlight(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve { server in
      let first = try TestClient(port: server.port)
      try first.sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
      let second = try TestClient(port: server.port)
      let conflict = try second.charge("o-1", key: "k", "charge-slowly")
      #expect(conflict.status == 409 && conflict.problem == "idempotency-key-in-flight" && conflict.response["retry-after"] == "1")
      let mismatch = try second.charge("o-2", key: "k", "charge-slowly")
      #expect(mismatch.status == 422 && mismatch.problem == "idempotency-key-reused" && mismatch.response["retry-after"] == nil)
      // The same key of another flow is another key.
      #expect(try second.charge("o-3", key: "k").status == 201)
      office.gate.open()
      #expect(try first.readResponse().status == 201)
      #expect(try second.charge("o-1", key: "k", "charge-slowly").status == 201)
      #expect(try second.charge("o-2", key: "k", "charge-slowly").problem == "idempotency-key-reused")
      #expect(try second.keyed("conflict") == 1 && second.keyed("mismatch") == 2)
    }
    #expect(try office.charges("o-1") == 1 && office.charges("o-2") == 0)
  }

  @Test("a key that is missing or none is refused before the body is asked for", arguments: proactors)
  func noKey(_ proactor: ProactorChoice) throws {
    let office = try ChargeOffice(.sqlite)
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      let missing = try client.charge("o-1", key: nil)
      #expect(missing.status == 400 && missing.problem == "idempotency-key-missing", "\(missing.response.text)")
      #expect(try client.charge("o-1", key: "").problem == "idempotency-key-malformed")
      #expect(try client.charge("o-1", key: String(repeating: "k", count: 256)).problem == "idempotency-key-malformed")
      let twice = try client.charge("o-1", key: "a", headers: ["Idempotency-Key: \"b\""])
      #expect(twice.status == 400 && twice.problem == "idempotency-key-malformed")
      // Where it is optional, a request without one runs as it always did.
      office.gate.open()
      #expect(try client.charge("o-2", key: nil, "charge-slowly").status == 201)
      #expect(try client.charge("o-2", key: nil, "charge-slowly").status == 201)
      #expect(try client.charge("o-2", key: "two words\\", "charge-slowly").status == 400)
      // What cannot be read takes no key.
      try client.send("POST /flow/v1/charge-card HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Length: 1\r\n\r\n{")
      #expect(try client.readResponse().status == 400)
      #expect(try client.charge("o-3", key: "k").status == 201)
      let expecting = try TestClient(port: server.port)
      try expecting.send(
        "POST /flow/v1/charge-card HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
      #expect(try expecting.readResponse().status == 400)
    }
    #expect(try office.charges("o-1") == 0 && office.charges("o-2") == 2 && office.charges("o-3") == 1)
  }

  @Test("a declared error is an answer that is kept, a failure of the server gives the key back", arguments: Shop.Kind.allCases)
  func failures(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve { server in
      let client = try TestClient(port: server.port)
      let refused = try client.charge("refused", key: "k")
      #expect(refused.status == 402 && refused.problem == "card-refused")
      #expect(try client.charge("refused", key: "k").response.withoutDate == refused.response.withoutDate)
      #expect(try office.charges("refused") == 1)
      for _ in 0..<2 { #expect(try client.charge("o-1", key: "k", "charge-vainly").status == 500) }
      #expect(try client.keyed("released") == 2 && client.keyed("replayed") == 1)
      #expect(try office.records() == 1 && office.charges("o-1") == 0)
    }
  }

  @Test("a change whose outcome is open is not made again under the same key", arguments: Shop.Kind.allCases)
  func uncertain(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve { server in
      let client = try TestClient(port: server.port)
      let first = try client.charge("lost", key: "k", "charge-late")
      #expect(first.status == 504 && first.problem == "step-timed-out", "\(first.response.text)")
      #expect(try client.charge("lost", key: "k", "charge-late").response.withoutDate == first.response.withoutDate)
      #expect(try client.keyed("claimed") == 1 && client.keyed("replayed") == 1)
    }
  }

  @Test("a change that was made and not taken back is not made again under the same key", arguments: Shop.Kind.allCases)
  func changed(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve { server in
      let client = try TestClient(port: server.port)
      let first = try client.charge("o-1", key: "k", "charge-and-break")
      #expect(first.status == 500, "\(first.response.text)")
      #expect(try client.charge("o-1", key: "k", "charge-and-break").response.withoutDate == first.response.withoutDate)
      #expect(try client.keyed("stored") == 1 && client.keyed("replayed") == 1)
    }
    #expect(try office.charges("o-1") == 1)
  }

  @Test("a claim whose outcome is unknown is given back when its request is refused", arguments: Shop.Kind.allCases)
  func unknownClaim(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve(workers: 1) { server in
      let client = try TestClient(port: server.port)
      // Creates the table.
      #expect(try client.charge("o-1", key: "k-1").status == 201)
      office.losesClaims = true
      let refused = try client.charge("o-2", key: "k-2")
      #expect(refused.status == 503, "\(refused.response.text)")
      office.losesClaims = false
      try until("the key is given back") { try office.records() == 1 }
      #expect(try client.charge("o-2", key: "k-2").status == 201)
    }
    #expect(try office.charges("o-2") == 1)
  }

  @Test("a lease is put off while compensations run", arguments: Shop.Kind.allCases)
  func renewal(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve(workers: 1, configure: { $0.timeouts.undo = .seconds(60) }) { server in
      let client = try TestClient(port: server.port)
      let watcher = try TestClient(port: server.port)
      // Two compensations of a minute, five seconds to keep an answer, five for clocks, and two for what is cut off.
      let reserve = 132
      try client.sendCharge("o-1", key: "k", "charge-reluctantly")
      try until("the request waits") { office.gate.waiting == 1 }
      #expect(try office.leaseUntil() == office.unixSeconds + 125 + reserve)
      let before = try watcher.request("GET", "/metrics")["date"]
      office.advance(seconds: 1000)
      try until("the worker knows what time it is") { try watcher.request("GET", "/metrics")["date"] != before }
      office.gate.pass()
      try until("the compensation waits") { office.gate.waiting == 1 }
      try until("the lease is put off") { try office.leaseUntil() == office.unixSeconds + reserve }
      office.gate.open()
      #expect(try client.readResponse().status == 500)
    }
  }

  @Test("an answer that is too large is given once, and its repetitions learn that it was", arguments: Shop.Kind.allCases)
  func tooLarge(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve(configure: { $0.idempotency.answerBytesMax = 1024 }) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.charge("large", key: "k").response.body.count > 2000)
      let repeated = try client.charge("large", key: "k")
      #expect(repeated.status == 409 && repeated.problem == "idempotency-answer-not-kept" && repeated.int("answered-status") == 201)
      #expect(repeated.response["retry-after"] == nil)
      #expect(try client.keyed("too-large") == 1)
    }
    #expect(try office.charges("large") == 1)
    #expect(office.log.contains("answer too large to be kept"))
  }

  @Test("keys of two callers are two keys", arguments: Shop.Kind.allCases)
  func callers(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve { server in
      let client = try TestClient(port: server.port)
      for _ in 0..<2 {
        for name in ["ada", "bob"] {
          let token = Array(repeating: name, count: 6).joined(separator: "-")
          #expect(try client.charge("o-1", key: "k", "charge-caller", headers: ["Authorization: Bearer \(token)"]).status == 200)
        }
      }
      // Who may not ask is told that first.
      #expect(try client.charge("o-1", key: nil, "charge-caller").status == 401)
    }
    #expect(try office.charges("o-1") == 2)
  }

  @Test("a client that goes away finds its answer when it comes back", arguments: Shop.Kind.allCases, proactors)
  func clientGone(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    let office = try ChargeOffice(kind)
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      try client.sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
      client.reset()
      let watcher = try TestClient(port: server.port)
      try until("the server has noticed") {
        try watcher.request("GET", "/metrics").text.contains(#"slug="charge-slowly",version="1",status="4xx"} 1"#)
      }
      office.gate.open()
      try until("the answer is kept") { try watcher.keyed("stored") == 1 }
      let second = try watcher.charge("o-1", key: "k", "charge-slowly")
      #expect(second.status == 201 && second.response.text == #""charged for o-1""#)
    }
    #expect(try office.charges("o-1") == 1)
  }

  @Test("an answer is kept for as long as the flow says, and expired ones are removed", arguments: Shop.Kind.allCases)
  func expiry(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve(workers: 1) { server in
      let client = try TestClient(port: server.port)
      for number in 0..<40 { #expect(try client.charge("o-1", key: "k-\(number)").status == 201) }
    }
    office.advance(seconds: 3599)
    try office.serve { server in
      let client = try TestClient(port: server.port)
      #expect(try client.charge("o-1", key: "k-1").status == 201)
    }
    #expect(try office.charges("o-1") == 40 && office.records() == 40)
    office.advance(seconds: 1)
    try office.serve(workers: 1) { server in
      let client = try TestClient(port: server.port)
      // Another request may have the key now.
      #expect(try client.charge("o-2", key: "k-1").status == 201)
      #expect(try client.charge("o-2", key: "k-1").status == 201)
      #expect(try client.keyed("taken-over") == 0)
      try until("the expired records are gone") { try office.records() == 1 }
    }
    #expect(try office.charges("o-2") == 1)
  }

  @Test("a server that dies between the claim and the answer blocks the key for a while, and not for ever", arguments: Shop.Kind.allCases, proactors)
  func crash(_ kind: Shop.Kind, _ proactor: ProactorChoice) throws {
    let office = try ChargeOffice(kind)
    try office.serve(proactor, configure: { $0.timeouts.drain = .milliseconds(10) }) { server in
      try TestClient(port: server.port).sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
    }
    #expect(try office.charges("o-1") == 1)
    office.gate.open()
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.charge("o-1", key: "k", "charge-slowly").problem == "idempotency-key-in-flight")
    }
    // The deadline of two minutes, five seconds to keep an answer, five for clocks, and two for what is cut off.
    office.advance(seconds: 131)
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      #expect(try client.charge("o-1", key: "k", "charge-slowly").problem == "idempotency-key-in-flight")
    }
    office.advance(seconds: 1)
    try office.serve(proactor) { server in
      let client = try TestClient(port: server.port)
      // The lease is over, and the key still stands for one request.
      #expect(try client.charge("o-2", key: "k", "charge-slowly").problem == "idempotency-key-reused")
      #expect(try client.charge("o-1", key: "k", "charge-slowly").status == 201)
      #expect(try client.charge("o-1", key: "k", "charge-slowly").status == 201)
      #expect(try client.keyed("taken-over") == 1 && client.keyed("replayed") == 1)
    }
    #expect(office.log.contains("a request runs again whose first run has not come to its end"))
    #expect(try office.charges("o-1") == 2)
  }

  @Test("an answer that comes after another request has taken over says so in the log", arguments: Shop.Kind.allCases)
  func lost(_ kind: Shop.Kind) throws {
    let office = try ChargeOffice(kind)
    try office.serve(workers: 1) { server in
      let first = try TestClient(port: server.port)
      try first.sendCharge("o-1", key: "k", "charge-slowly")
      try until("the request waits") { office.gate.waiting == 1 }
      try office.serve(workers: 1, configure: { $0.timeouts.drain = .milliseconds(10) }) { other in
        office.advance(seconds: 132)
        // Its clock is the one that the other server reads.
        let second = try TestClient(port: other.port)
        try until("the key is free") {
          try second.sendCharge("o-1", key: "k", "charge-slowly")
          try until("there is an answer, or another request that waits") {
            office.gate.waiting == 2 || second.hasInput
          }
          if office.gate.waiting == 2 { return true }
          #expect(try second.readResponse().status == 409)
          return false
        }
        office.gate.open()
        #expect(try second.readResponse().status == 201)
      }
      #expect(try first.readResponse().status == 201)
      #expect(try first.keyed("failed") == 1)
    }
    #expect(office.log.contains("both have run"))
  }

  @Test("a server whose flows keep their answers needs a database")
  func noDatabase() throws {
    do {
      _ = try Server(catalogs: [FlowCatalog(ChargeFlows.waiting)])
      Issue.record("the server took a flow that it cannot serve")
    } catch {
      #expect(error.code == .capabilityMissing)
      #expect(error.description.contains("v1/wait-only") && error.description.contains("`idempotency`"), "\(error)")
    }
  }
}

extension TestClient.Response {
  /// Two answers of one content differ in when they were given, and their fields in the order.
  var withoutDate: TestClient.Response {
    var response = self
    response.headers = headers.filter { $0.name != "date" }.sorted { $0.name < $1.name }
    return response
  }
}
