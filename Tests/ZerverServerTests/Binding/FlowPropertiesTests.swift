import Logging
import Testing
import ZerverCatalog
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// What flows say about their paths, their callers and their end, over real sockets.
@Suite struct FlowPropertiesTests {
  private static let token = "0123456789abcdef0123456789abcdef"
  private static let beforeSunset = Int64(PropertyFlows.sunset.unixSeconds - 1)
  private static let atSunset = Int64(PropertyFlows.sunset.unixSeconds)

  private func withFlows<Result>(
    _ proactor: ProactorChoice, at seconds: Int64 = beforeSunset, openAPI: String? = nil,
    _ body: (TestClient) throws -> Result
  ) throws -> Result {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.workers = 1
    configuration.proactor = proactor
    configuration.log.requests = .none
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let callers = [
      BearerTokens.Token(Self.token, Caller(subject: "ann", tenant: "acme", roles: ["support"])),
      BearerTokens.Token(Self.token + "1", Caller(subject: "bob", roles: ["support"])),
      BearerTokens.Token(Self.token + "2", Caller(subject: "cay", tenant: "acme")),
    ]
    var server = try Server(
      catalogs: [try PropertyFlows.catalog()], authenticator: try BearerTokens(callers), openAPI: openAPI,
      configuration: configuration, logger: logger)
    server.wallClock = { seconds }
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    return try body(try TestClient(port: running.port))
  }

  // MARK: REST paths

  @Test("a bound path answers like the flow's own, and says where that is", arguments: proactors)
  func query(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      let response = try client.request("GET", "/orders/o%2F1/lines/2?note=a%0D%0Ab")
      #expect(response.status == 200)
      #expect(response.text == "o/1 2 a\r\nb")
      #expect(response["content-location"] == "/flow/v1/show-line?order=o%2F1&line=2&note=a%0D%0Ab")
      #expect(response["location"] == "/orders/o%2F1")
      #expect(response["x-note"] == "a%0D%0Ab")
      #expect(try client.request("GET", "/lines?line=3").text == "all 3 -")
      #expect(try client.request("GET", "/flow/v1/show-line?order=o-1&line=2")["content-location"] == nil)
    }
  }

  @Test("a missing value leaves its header out", arguments: proactors)
  func missingHeader(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      let response = try client.request("GET", "/orders/o-1/lines/2")
      #expect(response["x-note"] == nil)
      #expect(response["location"] == "/orders/o-1")
    }
  }

  @Test("the fields of a path join a JSON body, also one that is not there", arguments: proactors)
  func body(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      let path = "/orders/o-1/lines/2"
      #expect(try client.request("PUT", path, body: #"{"note":"x"}"#).text == "o-1 2 x")
      #expect(try client.request("PUT", path, body: "{}").text == "o-1 2 -")
      #expect(try client.request("PUT", path).text == "o-1 2 -")
      #expect(try client.request("PUT", path)["content-location"] == nil)
    }
  }

  @Test("a field in the path and once more beside it is refused", arguments: proactors)
  func duplicates(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      for response in [
        try client.request("GET", "/orders/o-1/lines/2?order=o-2"),
        try client.request("PUT", "/orders/o-1/lines/2", body: #"{"order":"o-2"}"#),
      ] {
        #expect(response.status == 400)
        #expect(response.text.contains("The path gives this field already."))
        #expect(response.text.contains(#""field":"order""#))
      }
      #expect(try client.request("GET", "/orders/%FF/lines/2").status == 400)
      #expect(try client.request("GET", "/orders/o-1/lines/two").status == 422)
      #expect(try client.request("PUT", "/orders/o-1/lines/two", body: "{}").status == 422)
    }
  }

  @Test("literals go before fields, and methods belong to the path", arguments: proactors)
  func precedence(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      #expect(try client.request("GET", "/orders/open/lines/2").text == "all 2 -")
      #expect(try client.request("PUT", "/orders/open/lines/2").text == "open 2 -")
      let refused = try client.request("DELETE", "/orders/o-1/lines/2")
      #expect(refused.status == 405)
      #expect(refused["allow"] == "GET, HEAD, PUT, OPTIONS")
      let options = try client.request("OPTIONS", "/orders/o-1/lines/2")
      #expect(options.status == 204)
      #expect(options["allow"] == "GET, HEAD, PUT, OPTIONS")
      #expect(try client.request("HEAD", "/orders/o-1/lines/2").status == 200)
      // Another spelling of the same path, and one that leads elsewhere.
      #expect(try client.request("GET", "/order%73/%6f-1/lines/2").text == "o-1 2 -")
      #expect(try client.request("GET", "/orders/x/../open/lines/2").text == "all 2 -")
      #expect(try client.request("GET", "/orders/%252e/lines/2").text == "%2e 2 -")
      #expect(try client.request("HEAD", "/checks/o-1").status == 200)
      #expect(try client.request("GET", "/checks/o-1")["allow"] == "HEAD, OPTIONS")
      #expect(try client.request("GET", "/orders/o-1").status == 404)
    }
  }

  // MARK: The end of a flow

  @Test("a flow that says so answers until the day of its sunset, and 410 from then on", arguments: proactors)
  func sunset(_ proactor: ProactorChoice) throws {
    try withFlows(proactor, at: Self.beforeSunset) { (client: TestClient) throws in
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "hello")
      #expect(try client.request("GET", "/flow/v1/greet-world").status == 308)
    }
    try withFlows(proactor, at: Self.atSunset) { (client: TestClient) throws in
      for path in ["/flow/v1/say-hello", "/flow/v1/greet-world"] {
        let response = try client.request("GET", path)
        #expect(response.status == 410)
        #expect(response["content-type"] == "application/problem+json")
        #expect(response["link"] == "</flow/v2/say-hello>; rel=\"successor-version\"")
        #expect(response["sunset"] == "Thu, 01 Apr 2027 00:00:00 GMT")
        #expect(response.text.contains(#""successor":"/flow/v2/say-hello""#))
      }
    }
  }

  @Test("a retired flow and a tombstone answer 410 to every method", arguments: proactors)
  func retired(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      #expect(try client.request("GET", "/flow/v1/say-never").status == 410)
      for method in ["GET", "POST", "HEAD"] { #expect(try client.request(method, "/flow/v1/pay-cart").status == 410) }
      let response = try client.request("GET", "/flow/v1/pay-cart")
      #expect(response["link"] == "</flow/v2/say-hello>; rel=\"successor-version\"")
      #expect(response.text.contains("Carts are ordered now."))
    }
  }

  // MARK: Documents

  @Test("documents have a tag, answer HEAD, and 304 to a client that has them", arguments: proactors)
  func documents(_ proactor: ProactorChoice) throws {
    try withFlows(proactor, openAPI: #"{"openapi":"3.1.0"}"#) { (client: TestClient) throws in
      let types = [
        "/flow/v1/catalog": "application/json",
        "/.well-known/api-catalog": "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"",
        "/flow/v1/openapi": "application/vnd.oai.openapi+json;version=3.1",
      ]
      for (path, type) in types {
        let response = try client.request("GET", path)
        #expect(response.status == 200)
        #expect(response["content-type"] == type)
        let tag = try #require(response["etag"])
        #expect(try client.request("HEAD", path)["content-length"] == String(response.body.count))
        #expect(try client.request("GET", path, headers: ["If-None-Match: \(tag)"]).status == 304)
        #expect(try client.request("POST", path).status == 405)
      }
      #expect(try client.request("GET", "/flow/v1/openapi").text == #"{"openapi":"3.1.0"}"#)
      #expect(try client.request("HEAD", "/.well-known/api-catalog")["link"] == "</.well-known/api-catalog>; rel=\"api-catalog\"")
    }
    try withFlows(proactor) { (client: TestClient) throws in #expect(try client.request("GET", "/flow/v1/openapi").status == 404) }
  }

  @Test("the catalog tells of paths, callers and tombstones; the link set leaves out what has ended", arguments: proactors)
  func catalog(_ proactor: ProactorChoice) throws {
    try withFlows(proactor, at: Self.atSunset) { (client: TestClient) throws in
      let text = try client.request("GET", "/flow/v1/catalog").text
      #expect(text.contains(#""bindings":[{"method":"PUT","path":"/orders/{order}/lines/{line}"}]"#))
      #expect(text.contains(#""tags":["orders"]"#))
      #expect(text.contains(#""tenant":"required","requires":["role support"]"#))
      #expect(text.contains(#""tombstones":[{"slug":"pay-cart","version":1,"path":"/flow/v1/pay-cart","#))
      #expect(text.contains(#""sunset":"2027-04-01","gone-after-sunset":true"#))
      let links = try client.request("GET", "/.well-known/api-catalog").text
      #expect(links.contains(#"{"href":"/flow/v1/show-line"}"#))
      #expect(!links.contains("say-hello") && !links.contains("say-never"))
    }
  }

  // MARK: Callers

  @Test("a flow runs for callers that have what it requires", arguments: proactors)
  func callers(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      func call(_ path: String, _ token: String?) throws -> TestClient.Response {
        try client.request("POST", path, headers: token.map { ["Authorization: Bearer \($0)"] } ?? [], body: "{}")
      }
      #expect(try call("/flow/v1/cancel-order", Self.token).text == "ann of acme")
      let anonymous = try call("/flow/v1/cancel-order", nil)
      #expect(anonymous.status == 401)
      #expect(anonymous["www-authenticate"] == "Bearer")
      let refused = try call("/flow/v1/cancel-order", "wrong")
      #expect(refused.status == 401)
      #expect(refused["www-authenticate"] == "Bearer error=\"invalid_token\"")
      #expect(try call("/flow/v1/cancel-order", Self.token + "1").status == 403)
      let lacking = try call("/flow/v1/cancel-order", Self.token + "2")
      #expect(lacking.status == 403)
      #expect(lacking.text.contains("The caller lacks the role support."))
      // Optional: anybody, but nobody with wrong credentials.
      #expect(try call("/flow/v1/show-stock", nil).text == "nobody of nothing")
      #expect(try call("/flow/v1/show-stock", Self.token).text == "ann of acme")
      #expect(try call("/flow/v1/show-stock", "wrong").status == 401)
      #expect(try call("/flow/v1/show-stock", nil).text == "nobody of nothing")
    }
  }

  @Test("a caller who may not call is told so before the body is sent", arguments: proactors)
  func beforeTheBody(_ proactor: ProactorChoice) throws {
    try withFlows(proactor) { (client: TestClient) throws in
      try client.send("POST /flow/v1/cancel-order HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{")
      #expect(try client.readResponse().status == 401)
    }
  }

  @Test("a server whose flows ask for their callers needs an authenticator")
  func withoutAuthenticator() throws {
    let error = #expect(throws: ServerError.self) { try Server(catalogs: [try PropertyFlows.catalog()]) }
    #expect(error?.code == .authenticatorMissing)
    #expect(error?.description.contains("v1/cancel-order") == true)
  }

  // MARK: Profiles

  @Test("a profile has as many requests in flight as it may, and the next one is told to come again", arguments: proactors)
  func cap(_ proactor: ProactorChoice) throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.workers = 1
    configuration.proactor = proactor
    let server = try Server(
      catalogs: [try PropertyFlows.catalog()], authenticator: try BearerTokens([]), configuration: configuration, logger: logger)
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    let first = try TestClient(port: running.port)
    try first.send("GET /flow/v1/wait-capped HTTP/1.1\r\nHost: x\r\n\r\n")
    let second = try TestClient(port: running.port)
    // The refusal shows that the first request has been admitted. Flows of other profiles are not concerned.
    while try second.request("GET", "/flow/v1/say-capped").status == 200 {}
    let refused = try second.request("GET", "/flow/v1/say-capped")
    #expect(refused.status == 503)
    #expect(refused["retry-after"] == "1")
    #expect(try second.request("GET", "/lines").status == 200)
    first.reset()
    while try second.request("GET", "/flow/v1/say-capped").status == 503 {}
  }
}
