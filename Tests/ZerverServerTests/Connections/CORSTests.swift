import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// What browsers are told about pages of other origins.
@Suite struct CORSTests {
  private func withCORS(
    _ proactor: ProactorChoice, _ configure: (inout ServerConfiguration.CORS) -> Void, _ body: (TestClient) throws -> Void
  ) throws {
    try withServer(proactor) { configure(&$0.cors) } _: { server in try body(TestClient(port: server.port)) }
  }

  private static let shop = "https://shop.example"

  @Test("a page of an origin that is named may read every answer, problems as well", arguments: proactors)
  func named(_ proactor: ProactorChoice) throws {
    try withCORS(proactor, { $0.origins = [Self.shop, "http://localhost:3000"] }) { client in
      let paths = [
        "/flow/v1/say-hello", "/flow/v1/no-such-flow", "/flow/v1/catalog", "/flow/v1/sleep-long", "/flow/v1/greet-world",
        "/flow/v1/need-undeclared",
      ]
      for path in paths {
        for origin in [Self.shop, "http://localhost:3000"] {
          let response = try client.request("GET", path, headers: ["Origin: \(origin)"])
          #expect(response["access-control-allow-origin"] == origin, "\(path)")
          #expect(response["access-control-expose-headers"]?.contains("Deprecation") == true)
          #expect(response["access-control-allow-credentials"] == nil)
          #expect(response["vary"] == "Origin")
        }
        // Another page, and a client without a page: caches have to keep them apart.
        for headers in [["Origin: https://evil.example"], ["Origin: null"], ["Origin: https://shop.example.evil"], []] {
          let response = try client.request("GET", path, headers: headers)
          #expect(response["access-control-allow-origin"] == nil && response["vary"] == "Origin", "\(path) \(headers)")
        }
      }
    }
  }

  @Test("a preflight is told what may be sent, and to a page that may not it says nothing", arguments: proactors)
  func preflight(_ proactor: ProactorChoice) throws {
    try withCORS(proactor, { cors in
      cors.origins = [Self.shop]
      cors.credentials = .include
      cors.requestHeaders = ["Authorization", "X-Trace"]
      cors.maxAge = .seconds(60)
    }) { client in
      let ask = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization"]
      let response = try client.request("OPTIONS", "/flow/v1/join-texts", headers: ["Origin: \(Self.shop)"] + ask)
      #expect(response.status == 204)
      #expect(response["access-control-allow-origin"] == Self.shop)
      #expect(response["access-control-allow-credentials"] == "true")
      #expect(response["access-control-allow-methods"] == "POST, OPTIONS")
      #expect(response["access-control-allow-headers"] == "Authorization, X-Trace")
      #expect(response["access-control-max-age"] == "60")
      // An alias that redirects answers itself: browsers follow no redirect here.
      let alias = try client.request("OPTIONS", "/flow/v1/greet-world", headers: ["Origin: \(Self.shop)"] + ask)
      #expect(alias.status == 204 && alias["access-control-allow-methods"] == "GET, HEAD, OPTIONS")
      let other = try client.request("OPTIONS", "/flow/v1/join-texts", headers: ["Origin: https://evil.example"] + ask)
      #expect(other.status == 204 && other["access-control-allow-origin"] == nil && other["access-control-allow-methods"] == nil)
    }
  }

  @Test("all origins have one answer, which caches need not keep apart", arguments: proactors)
  func open(_ proactor: ProactorChoice) throws {
    try withCORS(proactor, { $0.origins = ["*"] }) { client in
      let response = try client.request("GET", "/flow/v1/say-hello", headers: ["Origin: https://anybody.example"])
      #expect(response["access-control-allow-origin"] == "*" && response["vary"] == nil)
      #expect(try client.request("GET", "/flow/v1/say-hello")["access-control-allow-origin"] == nil)
    }
  }

  @Test("a server without origins says nothing", arguments: proactors)
  func closed(_ proactor: ProactorChoice) throws {
    try withCORS(proactor, { _ in }) { client in
      let response = try client.request("GET", "/flow/v1/say-hello", headers: ["Origin: \(Self.shop)"])
      #expect(response["access-control-allow-origin"] == nil && response["vary"] == nil)
    }
  }

  static let problems: [(origins: [String], credentials: ServerConfiguration.CORSCredentials, word: String?)] = [
    (["https://shop.example"], .include, nil), (["http://localhost:3000", "https://a.b"], .omit, nil), (["*"], .omit, nil),
    (["*"], .include, "named"), (["*", "https://a.b"], .omit, "every origin"), (["shop.example"], .omit, "no origin"),
    (["https://shop.example/"], .omit, "no origin"), (["https://Shop.example"], .omit, "no origin"), (["null"], .omit, "no origin"),
  ]

  @Test("a configuration that no browser would follow is refused at the start", arguments: problems)
  func refused(_ row: (origins: [String], credentials: ServerConfiguration.CORSCredentials, word: String?)) {
    var configuration = ServerConfiguration()
    configuration.cors.origins = row.origins
    configuration.cors.credentials = row.credentials
    if let word = row.word {
      #expect(configuration.problem?.contains(word) == true)
    } else {
      #expect(configuration.problem == nil)
    }
  }
}
